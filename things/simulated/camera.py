"""A microscope camera that looks at the slide on the stage."""

from __future__ import annotations

import builtins
import enum
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Annotated, Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from things import (
    PngBlob,
    ThingError,
    TiffBlob,
    ValueRefusedError,
    action,
    cancellable_sleep,
    frame_stream,
    progress,
    property,
    thing_slot,
)
from things.simulated.cells import PIXEL_UM
from things.simulated.focus import peak, sharpness
from things.simulated.instrument import SimulatedInstrument
from things.simulated.optics import Microscope
from things.simulated.sensor import FULL_SCALE, FULL_WELL_E, Sensor, Shot
from things.simulated.specimen import Slide
from things.simulated.thermal import HeatedBlock

Picture = NDArray[np.uint16]

_FRAME_RATE = 30.0
_WITHOUT_STAGE_MM = (12.48, -3.117, 0.842)
_MICROMETRES: JsonDict = {"unit": "µm"}


class Place(Protocol):
    """Where the slide stands, in millimetres; z is the focus."""

    x: float
    y: float
    z: float


class FocusStage(Protocol):
    """What the camera needs of a stage. Any Thing that offers these fits its slot."""

    @builtins.property
    def position(self) -> Place:
        """Where the slide stands now."""

    def move_to(self, *, z: float) -> object:
        """Travel along z, in millimetres, and return on arrival."""


class Binning(enum.Enum):
    """How many pixels of the sensor make one of the picture."""

    ONE = "1x1"
    TWO = "2x2"
    FOUR = "4x4"

    @builtins.property
    def factor(self) -> int:
        """In each direction: 1, 2 or 4."""
        return int(self.value[0])


class FrameSize(BaseModel):
    """Width and height of a picture in pixels."""

    width: int
    height: int


class Focus(BaseModel):
    """What an autofocus found."""

    z: float = Field(
        title="z", description="Where it is sharpest.", json_schema_extra={"unit": "mm"}
    )
    shift: float = Field(description="From where it was.", json_schema_extra=_MICROMETRES)


class NotInFocusError(ThingError):
    """An autofocus found no sharpest plane in its range."""


class Camera(SimulatedInstrument):
    """A cooled 16-bit camera behind a 20x objective that looks at fluorescent cells.

    What it sees depends on where the stage stands, on the focus, the lamp and the exposure.
    """

    title = "Camera"
    has_detector = True

    stage: FocusStage | None = thing_slot()
    """The stage that carries the slide. Without one, the camera looks at one place for ever."""

    live = frame_stream(title="Live")
    """What the camera sees now. Nothing is drawn while nobody watches."""

    exposure: float = property(
        default=25.0, gt=0, le=1000, unit="ms", title="Exposure", group="Acquisition"
    )
    """How long light is collected. Twice as long is twice as bright, until it saturates."""

    gain: float = property(default=0.0, ge=0, le=24, unit="dB", title="Gain", group="Acquisition")
    """Amplification of the signal, and of its noise: 20 dB is ten times the counts."""

    lamp: float = property(default=50.0, ge=0, le=100, unit="%", title="Lamp", group="Illumination")
    """How bright the lamp shines."""

    cooling: bool = property(default=True, title="Cooling", group="Sensor")
    """Whether the sensor is cooled."""

    cooling_target: float = property(
        default=-10.0, ge=-20, le=20, unit="°C", title="Cooling target", group="Sensor"
    )
    """The temperature to cool the sensor to."""

    frame_size: FrameSize = property(
        default=FrameSize(width=1920, height=1200), read_only=True, title="Size", group="Sensor"
    )
    """Width and height of the pictures; follows from the binning."""

    pixel_size: float = property(
        default=PIXEL_UM, read_only=True, unit="µm", title="Pixel size", group="Sensor"
    )
    """Width of a pixel at the sample; follows from the binning."""

    full_well: int = property(
        default=FULL_WELL_E, read_only=True, unit="e−", title="Full well", group="Sensor"
    )
    """How many electrons a pixel holds."""

    def __init__(
        self,
        seed: int = 7,
        width: int = 1920,
        height: int = 1200,
        faults: Mapping[str, Any] | None = None,
    ) -> None:
        """Make a camera and the slide it looks at.

        Args:
            seed: The cells and the noise follow from it.
            width: Of the sensor, in pixels.
            height: Likewise.
            faults: What is wrong with it; see `things.simulated.faults`.
        """
        super().__init__(faults)
        self._microscope = Microscope(Slide(seed), height, width)
        self._sensor = Sensor(seed)
        self._sensor_size = FrameSize(width=width, height=height)
        self._chip = HeatedBlock(
            ambient=24.0, temperature=-9.8, capacity_j_k=30.0, loss_w_k=0.5, sensor_lag_s=2.0
        )
        self._chip_read_s = time.monotonic()
        self._frame_rate = _FRAME_RATE
        self._closing = threading.Event()
        self._streaming: threading.Thread | None = None
        self._binning = Binning.ONE
        self._set_binning(Binning.ONE)

    def __enter__(self) -> Self:
        """Begin to serve the live stream."""
        self._closing.clear()
        self._streaming = threading.Thread(target=self._stream, name=f"{self.name}-live")
        self._streaming.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the live stream."""
        self._closing.set()
        if self._streaming is not None:
            self._streaming.join()

    @property(title="Binning", group="Acquisition")
    def binning(self) -> Binning:
        """How many pixels make one: more give less noise and smaller pictures."""
        return self._binning

    @binning.setter
    def _set_binning(self, value: Binning) -> None:
        self._binning = value
        full = self._sensor_size
        self.frame_size = FrameSize(
            width=full.width // value.factor, height=full.height // value.factor
        )
        self.pixel_size = PIXEL_UM * value.factor

    @binning.resetter
    def _reset_binning(self) -> None:
        self._set_binning(Binning.ONE)

    @property(unit="/s", gt=0, le=60, title="Frame rate", group="Acquisition")
    def frame_rate(self) -> float:
        """Live pictures a second at most. A longer exposure makes them fewer."""
        return self._frame_rate

    @frame_rate.setter
    def _set_frame_rate(self, value: float) -> None:
        longest_ms = 1000 / value
        if self.exposure > longest_ms:
            raise ValueRefusedError("frame_rate", f"Needs an exposure below {longest_ms:.1f} ms.")
        self._frame_rate = value

    @frame_rate.resetter
    def _reset_frame_rate(self) -> None:
        self._set_frame_rate(_FRAME_RATE)

    @property(poll_s=2.0, unit="°C", title="Temperature", group="Sensor")
    def sensor_temperature(self) -> float:
        """Temperature of the sensor."""
        with self.io:
            now_s = time.monotonic()
            aim = self.cooling_target if self.cooling else self._chip.ambient
            self._chip.advance(self._chip.power_to_hold(aim), now_s - self._chip_read_s)
            self._chip_read_s = now_s
            return round(self._chip.measured, 1)

    @action(title="Snap")
    def snap(self) -> PngBlob:
        """Take a picture.

        Returns:
            Shape (height, width), uint16, in counts; 65,535 is saturated.
        """
        picture = self._expose()
        self.logger.info("Mean %.0f counts, highest %d.", picture.mean(), picture.max())
        return PngBlob.from_array(
            picture,
            pixel_size_um=self.pixel_size,
            full_scale=FULL_SCALE,
            metadata=self._circumstances(),
        )

    @action(title="Acquire a stack")
    def acquire_stack(
        self,
        planes: Annotated[int, Field(ge=1, le=200, title="Planes")] = 11,
        step: Annotated[
            float, Field(gt=0, le=50, title="Step", json_schema_extra=_MICROMETRES)
        ] = 1.0,
    ) -> TiffBlob:
        """Take pictures through the focus, then go back to where it was.

        Cancelled or stopped, it leaves the focus where it is: after a stop nothing may move.

        Args:
            planes: How many pictures, centred about the present focus.
            step: How far apart, in micrometres of z.

        Returns:
            Shape (planes, height, width), axes (z, y, x) with z rising, uint16, in counts.

        Raises:
            ThingError: There is no stage, or it refused to move.
            InvocationCancelledError: Between two planes; those so far are dropped.
        """
        stage = self._stage()
        middle_mm = stage.position.z
        offsets_um = (np.arange(planes) - (planes - 1) / 2) * step
        metadata = {**self._circumstances(), "step_um": step}
        stack: list[Picture] = []
        for offset_um in progress(offsets_um, label="planes"):
            stage.move_to(z=middle_mm + float(offset_um) / 1000)
            stack.append(self._expose())
        stage.move_to(z=middle_mm)
        return TiffBlob.from_array(
            np.stack(stack),
            pixel_size_um=self.pixel_size,
            full_scale=FULL_SCALE,
            metadata=metadata,
        )

    @action(title="Autofocus")
    def autofocus(
        self,
        range: Annotated[
            float, Field(gt=0, le=500, title="Range", json_schema_extra=_MICROMETRES)
        ] = 40.0,
        steps: Annotated[int, Field(ge=3, le=200, title="Steps")] = 21,
    ) -> Focus:
        """Drive through the focus, find the sharpest plane and go there.

        Args:
            range: How far to look, in micrometres, centred about the present focus.
            steps: How many pictures to compare.

        Returns:
            Where the focus is now.

        Raises:
            NotInFocusError: The sharpest plane lies at an end of the range. The focus is back
                where it was; a wider range may help.
            ThingError: There is no stage, or it refused to move.
        """
        stage = self._stage()
        before_mm = stage.position.z
        planes_mm = before_mm + np.linspace(-range / 2, range / 2, steps) / 1000
        values = np.zeros(steps)
        for index in progress(np.arange(steps), label="steps"):
            stage.move_to(z=float(planes_mm[index]))
            values[index] = sharpness(self._expose())
        if values.argmax() in (0, steps - 1):
            stage.move_to(z=before_mm)
            raise NotInFocusError(f"No focus within {range:g} µm: try a wider range.")
        found_mm = peak(planes_mm, values)
        stage.move_to(z=found_mm)
        shift_um = (found_mm - before_mm) * 1000
        self.logger.info("In focus at %.4f mm, %+.1f µm from before.", found_mm, shift_um)
        return Focus(z=round(found_mm, 5), shift=round(shift_um, 2))

    def _stage(self) -> FocusStage:
        """The stage, for what cannot be done without."""
        if self.stage is None:
            raise ThingError("The camera has no stage to drive: name one in the bench file.")
        return self.stage

    def _place(self) -> tuple[float, float, float]:
        """Where the slide stands: x, y, z in millimetres."""
        if self.stage is None:
            return _WITHOUT_STAGE_MM
        place = self.stage.position
        return (place.x, place.y, place.z)

    def _expose(self) -> Picture:
        """Take a picture, as long as that takes."""
        cancellable_sleep(self.exposure / 1000)
        return self._grab()

    def _grab(self) -> Picture:
        """A picture of what is before the objective now."""
        place = self._place()
        shot = Shot(self.exposure, self.lamp / 100, self.gain, self._binning.factor)
        self.faults.access()
        # Actions and the live stream share one sensor.
        with self.io:
            picture = self._sensor.expose(self._microscope.look(*place), shot)
        return self.faults.detected(picture, FULL_SCALE)

    def _circumstances(self) -> dict[str, object]:
        """What is written into a picture's file."""
        x_mm, y_mm, z_mm = self._place()
        return {
            "exposure_ms": self.exposure,
            "gain_db": self.gain,
            "lamp_percent": self.lamp,
            "binning": self._binning.value,
            "x_mm": x_mm,
            "y_mm": y_mm,
            "z_mm": z_mm,
        }

    def _stream(self) -> None:
        """Make live pictures while somebody watches; runs in a thread of its own."""
        while not self._closing.is_set():
            if not self.live.wait_until_watched(0.2):
                continue
            began_s = time.monotonic()
            try:
                self.live.push(self._grab(), pixel_size_um=self.pixel_size, full_scale=FULL_SCALE)
            except ThingError as error:
                # The stage may be gone for a while; the stream comes back with it.
                self.logger.warning("No live picture: %s", error)
                self._closing.wait(1.0)
            period_s = max(1 / self._frame_rate, self.exposure / 1000)
            self._closing.wait(max(0.0, began_s + period_s - time.monotonic()))
