"""Every way to declare something on a Thing; read by mypy, and run by the tests."""

from __future__ import annotations

import builtins
from typing import Annotated, Literal, Protocol

import numpy as np
from pydantic import BaseModel, Field

from things import (
    CancelHook,
    FloatArray,
    InvocationID,
    InvocationLogger,
    PngBlob,
    Thing,
    action,
    event,
    frame_stream,
    property,
    setting,
    thing_slot,
)


class Position(BaseModel):
    """Where a stage stands."""

    x: float
    y: float


class FocusDrive(Protocol):
    """As much of a stage as the camera needs."""

    @builtins.property
    def height(self) -> float: ...

    def move_to(self, position: Position, speed: float = 1.0) -> Position: ...


class Camera(Thing):
    """A camera."""

    exposure: float = property(default=10.0, gt=0, le=1000, unit="ms")
    modes: list[str] = property(default_factory=list)
    label: str | None = property(default=None)
    mode: Literal["fast", "slow"] = property(default="fast")
    home: Position = property(default_factory=lambda: Position(x=0, y=0))
    spectrum: FloatArray = property(default_factory=lambda: np.zeros(4), read_only=True)

    kept: int = setting(default=3, ge=0)
    kept_list: list[int] = setting(default_factory=list)

    overheated = event(float, unit="°C")
    live = frame_stream()
    focus: FocusDrive = thing_slot()
    spare: FocusDrive | None = thing_slot(optional=True)

    _gain = 1.0
    _offset = 0
    _title = "untitled"
    _depth: int | None = None

    @property
    def gain(self) -> float:
        """A bare decorator."""
        return self._gain

    @gain.setter
    def _set_gain(self, value: float) -> None:
        self._gain = value

    @property(unit="counts", poll_s=1.0)
    def offset(self) -> int | None:
        """A decorator with options."""
        return self._offset

    @offset.setter
    def _set_offset(self, value: int | None) -> None:
        self._offset = value or 0

    @offset.resetter
    def _reset_offset(self) -> None:
        self._offset = 0

    @setting
    def caption(self) -> str:
        """A bare setting."""
        return self._title

    @caption.setter
    def _set_caption(self, value: str) -> None:
        self._title = value

    @setting(title="Bit depth", ge=8)
    def depth(self) -> int:
        """A setting with options."""
        return self._depth or 8

    @depth.setter
    def _set_depth(self, value: int) -> None:
        self._depth = value

    @action
    def snap(self, width: Annotated[int, Field(ge=1)] = 640, *, sharp: bool = False) -> PngBlob:
        """A bare action."""
        return PngBlob.from_array(np.full((2, width), 255 if sharp else 0, np.uint8))

    @action
    def tune(self, /, *, fine: bool = True, **gains: float) -> dict[str, float]:
        """Extra inputs; beside them `self` must be positional only, or one could be called so."""
        return {name: gain / 10 if fine else gain for name, gain in gains.items()}

    @action(title="Wait", exclusive=False)
    def wait(
        self, seconds: float, cancel: CancelHook, id: InvocationID, logger: InvocationLogger
    ) -> None:
        """An action with options and parameters that are filled in."""
        logger.info("%s waits", id)
        cancel.sleep(seconds)
