"""What a row of the activity list says, in words."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, QTime

from app.handles import InvocationSnapshot, InvocationStatus, Origin, OriginKind
from things.cancelling import WAS_CANCELLED
from ui.models.numbers import format_number, rate_in_words, span_in_words

_LONGEST: Final = 300
"""Characters of a device's own words that fit a row; the rest is in the details."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Activity", text)


def one_line(text: str) -> str:
    """Words of a device on one line: line breaks and control characters become spaces.

    So that no device can forge a line of a log or a row.
    """
    shown = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * _LONGEST])
    shown = " ".join(shown.split())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def sentence(text: str) -> str:
    """One line that begins with a capital letter."""
    text = one_line(text)
    return text[:1].upper() + text[1:]


def asked_by(origin: Origin) -> str:
    """Who asked, as a row says it."""
    if origin.kind is OriginKind.WINDOW:
        return one_line(origin.who) or _tr("you")
    kind = {
        OriginKind.NETWORK: _tr("network"),
        OriginKind.SCHEDULE: _tr("schedule"),
        OriginKind.SCRIPT: _tr("script"),
    }[origin.kind]
    if not origin.who:
        return kind
    # An address says 'network' by itself.
    if origin.kind is OriginKind.NETWORK:
        return one_line(origin.who)
    return f"{kind}, {one_line(origin.who)}"


def moment_in_words(moment: datetime, *, short: bool = False) -> str:
    """A time on this computer's clock, in the manner of the locale."""
    local = moment.astimezone()
    at = QDateTime(
        QDate(local.year, local.month, local.day), QTime(local.hour, local.minute, local.second)
    )
    return QLocale().toString(at, "d MMM, HH:mm" if short else "d MMM yyyy, HH:mm:ss")


def clock_time(moment: datetime, locale: QLocale, now: datetime | None = None) -> str:
    """The time of a moment in the operator's zone; with the date when it was another day.

    Of another year the date alone, with the year.
    """
    local = moment.astimezone()
    today = (now or datetime.now().astimezone()).astimezone().date()
    if local.date() == today:
        return locale.toString(QTime(local.hour, local.minute), "HH:mm")
    date = QDate(local.year, local.month, local.day)
    if local.year != today.year:
        return locale.toString(date, "d MMM yyyy")
    return locale.toString(QDateTime(date, QTime(local.hour, local.minute)), "d MMM HH:mm")


def size_in_words(size: int, locale: QLocale) -> str:
    """A size in bytes with two or three digits, such as '4.6 MB' or '189 MB'."""
    leading = size / 1000 ** max(0, (len(str(size)) - 1) // 3)
    decimals = 1 if leading < 10 and size >= 1000 else 0
    return locale.formattedDataSize(size, decimals, QLocale.DataSizeFormat.DataSizeSIFormat)


def share_done(snapshot: InvocationSnapshot) -> float | None:
    """How much is done, 0..1, over all levels of progress; None where it does not say."""
    share = 0.0
    weight = 1.0
    known = False
    for level in snapshot.progress:
        if not level.total:
            break
        known = True
        share += weight * min(1.0, level.done / level.total)
        weight /= level.total
    return min(1.0, share) if known else None


def step_of(snapshot: InvocationSnapshot) -> str:
    """Which step it is at, such as '31 of 50 planes'; '' where it does not say."""
    if not snapshot.progress:
        return ""
    level = snapshot.progress[0]
    label = one_line(level.label)
    if level.total is None:
        counted = f"{level.done:g}"
    else:
        counted = _tr("{0} of {1}").format(f"{level.done:g}", f"{level.total:g}")
    counted = f"{counted} {label}".strip()
    return counted if level.rate_per_s is None else f"{counted}, {rate_in_words(level.rate_per_s)}"


def remaining(snapshot: InvocationSnapshot) -> str:
    """How long it will take, such as '9 s left'; '' where nobody knows."""
    if not snapshot.progress or snapshot.progress[0].remaining_s is None:
        return ""
    left_s = max(1.0, snapshot.progress[0].remaining_s)
    # Nobody needs the seconds of an estimate of minutes.
    rounded = round(left_s / 60) * 60 if left_s >= 120 else left_s
    return _tr("{0} left").format(span_in_words(rounded))


def outcome(snapshot: InvocationSnapshot, locale: QLocale) -> str:
    """What came of it: the name and size of a file, or the value in short."""
    if snapshot.status is InvocationStatus.ERROR:
        return sentence(snapshot.error.detail if snapshot.error else "")
    if snapshot.status is InvocationStatus.CANCELLED:
        # What everything that is cancelled says is no more than the state's word says already.
        if snapshot.error and snapshot.error.detail not in ("", WAS_CANCELLED):
            return sentence(snapshot.error.detail)
        if snapshot.started_at is None:
            return _tr("before it began")
        return _tr("after {0}").format(span_in_words(snapshot.elapsed_s))
    if snapshot.blobs:
        parts = []
        for blob in snapshot.blobs[:3]:
            parts.append(one_line(blob.name) or blob.media_type)
            if blob.shape is not None and len(blob.shape) >= 3 and blob.shape[-1] != 3:
                parts.append(_tr("{0} planes").format(blob.shape[0]))
            if blob.size is not None:
                parts.append(size_in_words(blob.size, locale))
            elif blob.shape is not None and len(blob.shape) == 2:
                parts.append(f"{blob.shape[1]} × {blob.shape[0]}")
        return ", ".join(parts)
    return value_in_short(snapshot.output)


def value_in_short(value: Any) -> str:
    """A value of any shape on one line; '' for None."""
    if value is None:
        return ""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, float):
        return format_number(float(f"{value:.5g}"))
    if isinstance(value, Mapping):
        return one_line(", ".join(f"{key} {value_in_short(each)}" for key, each in value.items()))
    if isinstance(value, list) and len(value) > 6:
        return _tr("{0} values").format(len(value))
    return one_line(json.dumps(value, ensure_ascii=False, default=str)).replace("-", "−")


def as_json(snapshot: InvocationSnapshot) -> str:
    """The input, as JSON."""
    return json.dumps(dict(snapshot.input), ensure_ascii=False, indent=2, default=str)


def output_as_json(snapshot: InvocationSnapshot) -> str:
    """What it gave, as JSON; each blob is its media type."""
    return json.dumps(snapshot.output, ensure_ascii=False, indent=2, default=str)


def as_curl(snapshot: InvocationSnapshot, server: str) -> str:
    """The same call on a command line."""
    url = f"{server.rstrip('/')}/{snapshot.thing}/{snapshot.action}"
    body = json.dumps(dict(snapshot.input), ensure_ascii=False, default=str)
    return (
        f"curl -X POST {shlex.quote(url)} -H 'Content-Type: application/json' "
        f"-d {shlex.quote(body)}"
    )


def as_python(snapshot: InvocationSnapshot, server: str) -> str:
    """The same call in Python, with nothing but its standard library."""
    url = f"{server.rstrip('/')}/{snapshot.thing}/{snapshot.action}"
    body = json.dumps(dict(snapshot.input), ensure_ascii=False, default=str)
    return (
        "import json\n"
        "import urllib.request\n\n"
        "request = urllib.request.Request(\n"
        f"    {url!r},\n"
        f"    data={body!r}.encode(),\n"
        '    headers={"Content-Type": "application/json"},\n'
        ")\n"
        "print(json.load(urllib.request.urlopen(request)))\n"
    )
