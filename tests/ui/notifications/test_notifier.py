"""The window tells what ended, and the desktop too while nobody looks at the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.archive.events import ArchiveTroubled
from app.handles import InvocationStatus, Origin, OriginKind
from ui.bridge import Bridge
from ui.main_window import MainWindow
from ui.notices import Notices
from ui.notifications.choice import NotificationChoice, Tell
from ui.notifications.desktop import Desktop, DesktopError
from ui.notifications.message import Message
from ui.notifications.notifier import Notifier
from ui.notifications.popover import NotificationsPopover
from ui.tasks import Tasks
from ui.theme import Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeInvocation

LEFT = Qt.MouseButton.LeftButton


class FakeDesktop(QObject):
    """Keeps what it is asked to show."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Message] = []
        self.asked = 0
        self.absent = False

    async def show(self, message: Message) -> None:
        self.asked += 1
        if self.absent:
            raise DesktopError("there is no desktop session")
        self.shown.append(message)

    async def close(self) -> None:
        pass


def follows_the_protocol(desktop: FakeDesktop) -> Desktop:
    """The type checker's proof that the fake is a desktop."""
    return desktop


class Operator:
    """Whether somebody looks at the window."""

    looks = True


@pytest.fixture
def operator() -> Operator:
    return Operator()


@pytest.fixture
def desktop(qapp: object) -> FakeDesktop:
    return FakeDesktop()


@pytest.fixture
def over(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(800, 600)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def notices(
    over: QWidget,
    theme: Theme,
    bench: FakeBench,
    bridge: Bridge,
    choice: NotificationChoice,
    desktop: FakeDesktop,
    tasks: Tasks,
    operator: Operator,
) -> Notices:
    """The window's messages, with a notifier that puts them there."""
    made = Notices(theme, over)
    Notifier(bench, bridge, choice, made, desktop, tasks, over, lambda: operator.looks)
    return made


def from_network(bench: FakeBench) -> FakeInvocation:
    """A run somebody else asked for."""
    run = bench.start("camera", "snap", origin=Origin(OriginKind.NETWORK, "10.0.0.7"))
    run.run()
    return run


def texts(notices: Notices) -> list[str]:
    return [notice.text for notice in notices.shown]


def test_a_failure_is_told_in_the_window_alone_while_somebody_looks(
    notices: Notices, bench: FakeBench, desktop: FakeDesktop, qtbot: QtBot
) -> None:
    from_network(bench).fail("no light")

    qtbot.waitUntil(lambda: texts(notices) == ["Snap on Camera failed: no light"])
    assert desktop.asked == 0


def test_a_failure_is_told_on_the_desktop_while_nobody_looks(
    notices: Notices, bench: FakeBench, desktop: FakeDesktop, operator: Operator, qtbot: QtBot
) -> None:
    operator.looks = False
    from_network(bench).fail("no light")

    qtbot.waitUntil(lambda: bool(desktop.shown))
    assert desktop.shown == [Message("Snap on Camera failed: no light", trouble=True)]
    assert texts(notices) == ["Snap on Camera failed: no light"]


def test_what_was_done_while_nobody_looked_waits_in_the_window(
    notices: Notices,
    bench: FakeBench,
    operator: Operator,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ui.notices.SHOWN_MS", 1)
    operator.looks = False
    done = from_network(bench)
    done._change(status=InvocationStatus.COMPLETED, elapsed_s=60.0)
    qtbot.waitUntil(lambda: len(notices.shown) == 1)

    # One that goes by itself comes and goes meanwhile.
    notices.say("Copied")
    qtbot.waitUntil(lambda: texts(notices) == ["Snap on Camera is done, after 1 min."])


def test_whoever_ran_it_just_now_is_told_by_its_panel_alone(
    notices: Notices, bench: FakeBench, qtbot: QtBot
) -> None:
    mine = bench.start("camera", "acquire_stack")
    mine.run()
    mine.fail("dark")
    from_network(bench).fail("no light")

    qtbot.waitUntil(lambda: bool(notices.shown))
    assert texts(notices) == ["Snap on Camera failed: no light"]


def test_the_desktop_can_be_left_out(
    notices: Notices,
    bench: FakeBench,
    choice: NotificationChoice,
    desktop: FakeDesktop,
    operator: Operator,
    qtbot: QtBot,
) -> None:
    operator.looks = choice.on_desktop = False
    from_network(bench).fail("no light")

    qtbot.waitUntil(lambda: bool(notices.shown))
    assert desktop.asked == 0


def test_no_desktop_is_no_trouble_and_is_logged_once(
    notices: Notices,
    bench: FakeBench,
    desktop: FakeDesktop,
    operator: Operator,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
) -> None:
    operator.looks, desktop.absent = False, True
    with caplog.at_level("INFO"):
        from_network(bench).fail("no light")
        qtbot.waitUntil(lambda: desktop.asked == 1)
        from_network(bench).fail("no sound")
        qtbot.waitUntil(lambda: desktop.asked == 2)

    assert caplog.text.count("Nothing is told on the desktop: there is no desktop session") == 1
    assert texts(notices) == ["2 actions failed."]


def test_a_ledger_that_cannot_record_is_told_and_when_it_can_again(
    notices: Notices, bench: FakeBench, qtbot: QtBot
) -> None:
    bench.trouble_ledger("the disk is full")
    qtbot.waitUntil(lambda: len(notices.shown) == 1)
    assert "new ones are refused" in notices.shown[0].text
    assert notices.shown[0].details == "the disk is full"

    bench.trouble_ledger("")
    qtbot.waitUntil(lambda: texts(notices)[-1] == "Runs are recorded again.")


def test_an_archive_that_keeps_nothing_is_told_and_when_it_does_again(
    notices: Notices, bench: FakeBench, qtbot: QtBot
) -> None:
    bench.publish(ArchiveTroubled(thing="", reason="its folder can only be read"))
    qtbot.waitUntil(lambda: texts(notices) == ["Files cannot be kept now."])
    assert notices.shown[0].details == "its folder can only be read"

    bench.publish(ArchiveTroubled(thing="", reason=""))
    qtbot.waitUntil(lambda: texts(notices)[-1] == "Files are kept again.")


def test_an_archive_that_was_only_slow_to_open_is_not_told(
    notices: Notices, bench: FakeBench, qtbot: QtBot
) -> None:
    bench.publish(ArchiveTroubled(thing="", reason=""))
    bench.trouble_ledger("the disk is full")

    qtbot.waitUntil(lambda: bool(notices.shown))
    assert "Files are kept again." not in texts(notices)


def test_what_is_told_is_chosen_in_a_popover_of_the_window(
    window: MainWindow, theme: Theme, choice: NotificationChoice, qtbot: QtBot
) -> None:
    popover = NotificationsPopover(theme, choice, window)
    popover.open_below(window.top_bar.menu_button)
    assert popover.tell.hasFocus()
    qtbot.keyClick(popover.tell, Qt.Key.Key_Down)
    assert choice.tell is Tell.FAILED
    qtbot.mouseClick(popover.desktop, LEFT)
    assert choice.on_desktop is False

    qtbot.keyClick(popover.tell, Qt.Key.Key_End)
    assert choice.tell is Tell.NOTHING
    assert not popover.desktop.isEnabled()
    qtbot.keyClick(popover.tell, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def test_failures_nobody_has_looked_at_are_one_message(
    notices: Notices, bench: FakeBench, qtbot: QtBot
) -> None:
    from_network(bench).fail("no light")
    qtbot.waitUntil(lambda: texts(notices) == ["Snap on Camera failed: no light"])
    from_network(bench).fail("no sound")
    qtbot.waitUntil(lambda: texts(notices) == ["2 actions failed."])
    assert notices.shown[0].details.splitlines() == [
        "Snap on Camera failed: no light",
        "Snap on Camera failed: no sound",
    ]

    qtbot.mouseClick(notices.shown[0].close_button, LEFT)
    from_network(bench).fail("dark again")

    qtbot.waitUntil(lambda: texts(notices) == ["Snap on Camera failed: dark again"])
