from __future__ import annotations

import logging

from app.logs import FORMAT, OneLineFormatter


def formatted(message: str, *args: object) -> str:
    record = logging.LogRecord("labwright", logging.INFO, "x.py", 1, message, args, None)
    return OneLineFormatter(FORMAT).format(record)


def test_what_a_device_says_cannot_forge_a_log_line() -> None:
    line = formatted("device says %s", "ok\n2026-01-01 00:00:00 ERROR   labwright: forged\x1b[2J")

    assert "\n" not in line
    assert "\x1b" not in line
    assert "ok\\n2026" in line


def test_ordinary_text_stays_as_it_is() -> None:
    assert formatted("37.0 °C, −3 µm").endswith("37.0 °C, −3 µm")
