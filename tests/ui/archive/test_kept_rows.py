"""The rows of the activity say whether what a run gave is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.archive.events import FileRemoved
from app.archive.records import Provenance
from app.handles import OutputBlob
from ui.activity.log_feed import LogFeed
from ui.activity.panel import ActivityPanel, ActivityParts
from ui.activity.row import ActivityRow
from ui.activity.thumbnails import ThumbnailSource
from ui.models.invocations import InvocationListModel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.archive.conftest import FakeArchive
    from tests.ui.conftest import FakeBench, FakeInvocation, RunCoroutine
    from ui.bridge import Bridge
    from ui.tasks import Tasks
    from ui.theme import Theme

PATIENCE_MS = 20_000


@pytest.fixture
def shown(
    theme: Theme, bench: FakeBench, bridge: Bridge, tasks: Tasks, qtbot: QtBot
) -> ActivityPanel:
    model = InvocationListModel()
    made = ActivityPanel(
        theme, ActivityParts(bench, bridge, tasks, model, ThumbnailSource(), LogFeed())
    )
    qtbot.addWidget(made)
    qtbot.addWidget(made.header)
    made.resize(1000, 204)
    with qtbot.waitExposed(made):
        made.show()
    return made


def ended(bench: FakeBench, *blobs: OutputBlob) -> FakeInvocation:
    run = bench.start("camera", "snap")
    run.run()
    run.complete({}, blobs)
    return run


def row_of(shown: ActivityPanel, run: FakeInvocation, qtbot: QtBot) -> ActivityRow:
    def there() -> bool:
        row = shown.list.row_widgets.get(run.snapshot.id)
        return row is not None and row.snapshot is not None and row.snapshot.status.ended

    qtbot.waitUntil(there, timeout=PATIENCE_MS)
    return shown.list.row_widgets[run.snapshot.id]


def test_a_row_is_marked_while_what_it_gave_is_kept(
    shown: ActivityPanel, bench: FakeBench, archive: FakeArchive, qtbot: QtBot
) -> None:
    run = ended(bench, OutputBlob((), "image/png", "snap.png", 2000))
    row = row_of(shown, run, qtbot)
    assert not row.kept
    plain = row.grab().toImage()

    file = archive.add(provenance=Provenance(run=run.snapshot.id, thing="camera"))
    qtbot.waitUntil(lambda: row.kept, timeout=PATIENCE_MS)
    assert row.accessibleName().endswith("kept in the archive")
    assert row.grab().toImage() != plain

    bench.publish(FileRemoved(thing="camera", id=file.id, run=run.snapshot.id))
    qtbot.waitUntil(lambda: not row.kept, timeout=PATIENCE_MS)
    assert row.grab().toImage() == plain


def test_into_the_trash_and_back_the_mark_goes_and_comes(
    shown: ActivityPanel, bench: FakeBench, archive: FakeArchive, run: RunCoroutine, qtbot: QtBot
) -> None:
    made = ended(bench, OutputBlob((), "image/png", "snap.png", 2000))
    row = row_of(shown, made, qtbot)
    file = archive.add(provenance=Provenance(run=made.snapshot.id, thing="camera"))
    qtbot.waitUntil(lambda: row.kept, timeout=PATIENCE_MS)
    run(archive.trash(file.id))
    qtbot.waitUntil(lambda: not row.kept, timeout=PATIENCE_MS)
    run(archive.restore(file.id))
    qtbot.waitUntil(lambda: row.kept, timeout=PATIENCE_MS)


def test_of_two_files_both_have_to_be_kept(
    shown: ActivityPanel, bench: FakeBench, archive: FakeArchive, qtbot: QtBot
) -> None:
    first = OutputBlob(("left",), "image/png", "left.png", 2000)
    made = ended(bench, first, replace(first, path=("right",)))
    row = row_of(shown, made, qtbot)
    for path, kept in ((("left",), False), (("right",), True)):
        archive.add(provenance=Provenance(run=made.snapshot.id, path=path, thing="camera"))

        def marked(path: tuple[str, ...] = path) -> bool:
            blobs = row.snapshot.blobs if row.snapshot is not None else ()
            return any(blob.path == path and blob.kept is not None for blob in blobs)

        qtbot.waitUntil(marked, timeout=PATIENCE_MS)
        assert row.kept is kept
