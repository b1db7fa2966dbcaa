"""Brings what invocations give to the viewer as it arrives, whoever started them."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from PySide6.QtCore import QDateTime, QLocale, QObject
from PySide6.QtGui import QPixmap

from app.actions.events import InvocationChanged
from app.handles import BenchHandle, InvocationSnapshot, InvocationStatus, OutputBlob, Picture
from app.imaging.decoder import ImageDecoder
from app.imaging.errors import ImageError
from app.imaging.previews import kind_of_file
from things.errors import ThingError
from ui.activity.thumbnails import ThumbnailSource
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.viewer import thumbnails as small
from ui.viewer.fetched_file import MOST_BYTES, FetchedFile
from ui.viewer.image_viewer import ImageViewer
from ui.viewer.page import FileNote, SaveTo

MOST_WAITING: Final = 200
"""Invocations whose pictures are still to be fetched; of more, the oldest get no thumbnail."""

MOST_IMAGES: Final = 4
"""Of one invocation, so many images are opened by themselves, each in a tab of its own."""

MOST_NUMBERED: Final = 10_000
"""Invocations whose number ('Snap 41') is remembered."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """An invocation whose blobs are to be fetched; `asked` by the operator, or come by itself."""

    snapshot: InvocationSnapshot
    number: int
    asked: bool = False

    @property
    def title(self) -> str:
        return f"{self.snapshot.title} {self.number}"


class Arrivals(QObject):
    """Fetches the blobs of every invocation that completed.

    The newest is fetched first. What older ones gave is fetched for its thumbnail only. Neither
    blobs nor arrays are kept here: the viewer keeps those of open tabs.
    """

    def __init__(
        self,
        bench: BenchHandle,
        bridge: Bridge,
        viewer: ImageViewer,
        decoder: ImageDecoder,
        tasks: Tasks,
        thumbnails: ThumbnailSource,
        parent: QObject | None = None,
    ) -> None:
        """Listen at once.

        Args:
            bench: Where blobs are fetched.
            bridge: Tells of invocations.
            viewer: Shows what came.
            decoder: For bytes that were not made in this process.
            tasks: Runs the fetching.
            thumbnails: Takes a small picture of each.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._bench = bench
        self._viewer = viewer
        self._decoder = decoder
        self._tasks = tasks
        self._thumbnails = thumbnails
        self._waiting: deque[_Arrival] = deque(maxlen=MOST_WAITING)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._numbers: OrderedDict[UUID, int] = OrderedDict()
        self._newest: dict[str, float] = {}
        self._working = False
        bridge.on(InvocationChanged, self._changed, owner=self)

    def show_again(self, snapshot: InvocationSnapshot) -> None:
        """Show what an invocation gave, as if it had just arrived, over a pinned tab too."""
        if snapshot.blobs:
            self._fetch_soon(_Arrival(snapshot, self._numbered(snapshot), asked=True))

    def _changed(self, event: InvocationChanged) -> None:
        snapshot = event.snapshot
        if snapshot.status is InvocationStatus.COMPLETED and snapshot.blobs:
            self._fetch_soon(_Arrival(snapshot, self._numbered(snapshot)))

    def _numbered(self, snapshot: InvocationSnapshot) -> int:
        """The how-manieth of its action it is, in this session; remembered for the newest few."""
        known = self._numbers.get(snapshot.id)
        if known is not None:
            return known
        self._counts[snapshot.thing, snapshot.action] += 1
        self._numbers[snapshot.id] = self._counts[snapshot.thing, snapshot.action]
        while len(self._numbers) > MOST_NUMBERED:
            self._numbers.popitem(last=False)
        return self._numbers[snapshot.id]

    def _fetch_soon(self, arrival: _Arrival) -> None:
        self._waiting.append(arrival)
        if not self._working:
            task = self._tasks.start(self._work(), self.tr("Fetching a picture"))
            self._working = task is not None

    async def _work(self) -> None:
        try:
            while self._waiting and not self._viewer.closed:
                await self._bring(self._waiting.pop())
        finally:
            self._working = False

    def _is_newest(self, arrival: _Arrival) -> bool:
        """Whether nothing newer of its Thing has been shown; what was asked for always counts."""
        if arrival.asked:
            return True
        snapshot = arrival.snapshot
        moment = snapshot.ended_at.timestamp() if snapshot.ended_at else 0.0
        if moment < self._newest.get(snapshot.thing, 0.0):
            return False
        self._newest[snapshot.thing] = moment
        return True

    async def _bring(self, arrival: _Arrival) -> None:
        """Show one invocation's blobs, unless a newer one of that Thing is shown already."""
        snapshot = arrival.snapshot
        newest = self._is_newest(arrival)
        images = [blob for blob in snapshot.blobs if is_image(blob)][:MOST_IMAGES]
        files = [blob for blob in snapshot.blobs if not is_image(blob)]
        if files and newest:
            notes = [self._note(snapshot, blob) for blob in files]
            self._viewer.show_files(
                snapshot.thing,
                arrival.title,
                notes,
                made_by=snapshot,
                blobs=[blob.path for blob in files],
                asked=arrival.asked,
            )
        for number, blob in enumerate(images):
            if newest or number == 0:
                await self._bring_image(arrival, number, blob, images, newest=newest)

    async def _bring_image(
        self,
        arrival: _Arrival,
        number: int,
        blob: OutputBlob,
        of: Sequence[OutputBlob],
        *,
        newest: bool,
    ) -> None:
        snapshot = arrival.snapshot
        title = arrival.title
        if len(of) > 1 and blob.path:
            title = f"{title}, {blob.path[-1]}"
        tab = snapshot.thing if number == 0 else f"{snapshot.thing} {number}"
        save = self._saver(snapshot, blob)
        try:
            picture = await self._fetch(snapshot, blob)
        except (ImageError, ThingError, LookupError, OSError) as error:
            if newest:
                reason = error.reason if isinstance(error, ImageError) else str(error)
                note = self.tr("{title} cannot be shown: {reason}.").format(
                    title=title, reason=reason
                )
                self._viewer.show_note(
                    snapshot.thing,
                    title,
                    note,
                    tab=tab,
                    file_name=blob.name,
                    save=save,
                    made_by=snapshot,
                    blobs=[blob.path],
                    asked=arrival.asked,
                )
            return
        if newest:
            self._viewer.show_picture(
                snapshot.thing,
                title,
                picture,
                tab=tab,
                tip=self._tip(snapshot),
                file_name=blob.name,
                save=save,
                made_by=snapshot,
                blobs=[blob.path],
                asked=arrival.asked and number == 0,
            )
        if number == 0 and not self._viewer.closed:
            await self._make_thumbnail(snapshot, picture)

    async def _fetch(self, snapshot: InvocationSnapshot, blob: OutputBlob) -> Picture:
        """The pixels: as they were made, or decoded in the image process.

        Raises:
            ImageError: The bytes are no picture that is opened here.
            ThingError: The bench has them no more.
        """
        found = await self._bench.picture(snapshot.id, blob.path)
        if isinstance(found, Picture):
            return found
        return await self._decoder.decode(found, blob.media_type)

    async def _make_thumbnail(self, snapshot: InvocationSnapshot, picture: Picture) -> None:
        image = await asyncio.wrap_future(small.make(self._viewer.workers, picture))
        self._thumbnails.put(snapshot.id, QPixmap.fromImage(image))

    def _note(self, snapshot: InvocationSnapshot, blob: OutputBlob) -> FileNote:
        kind = kind_of_file(blob.media_type, blob.name)
        contents = None
        if kind is not None and (blob.size or 0) <= MOST_BYTES:
            contents = FetchedFile(self._bench, self._decoder, snapshot.id, blob, kind)
        save = self._saver(snapshot, blob)
        return FileNote(blob.name, blob.media_type, blob.size, save, contents)

    def _saver(self, snapshot: InvocationSnapshot, blob: OutputBlob) -> SaveTo:
        """Writes a blob; holds its address, not the blob."""
        invocation, path, bench = snapshot.id, blob.path, self._bench

        async def save(target: Path) -> None:
            await bench.save(invocation, path, target)

        return save

    def _tip(self, snapshot: InvocationSnapshot) -> str:
        thing = self._bench.things.get(snapshot.thing)
        name = snapshot.thing if thing is None else thing.title
        if snapshot.ended_at is None:
            return name
        moment = QDateTime.fromSecsSinceEpoch(round(snapshot.ended_at.timestamp()))
        return f"{name}, {QLocale().toString(moment.time(), QLocale.FormatType.ShortFormat)}"


def is_image(blob: OutputBlob) -> bool:
    """Whether a blob can be shown as a picture."""
    return blob.shape is not None or blob.media_type.startswith("image/")
