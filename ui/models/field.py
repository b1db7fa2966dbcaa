"""One property as the window holds it: what was asked for and what is confirmed, apart."""

from __future__ import annotations

import enum
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QObject, Signal

from app.errors import InterlockError
from app.handles import Reading
from things.errors import ThingError
from ui.models.merging import merged
from ui.models.numbers import PLAIN, NumberStyle, format_value, span_in_words
from ui.models.refusals import faults_in, place_in_words, sentence, why
from ui.models.schema import DataSchema, Kind, same
from ui.models.validation import Fault, first_fault


class FieldState(enum.Enum):
    """How a field stands, and the word it is said with."""

    CONFIRMED = ""
    EDITED = "Not sent."
    PENDING = "Pending."
    REFUSED = "Refused."
    STALE = "Stale."
    READ_ONLY = " "

    @property
    def word(self) -> str:
        """The word that stands in bold before the reason; '' where nothing need be said."""
        word = self.value.strip()
        return QCoreApplication.translate("FieldState", word) if word else ""


class _Unset:
    """The value of nothing at all; None is a value."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Any = _Unset()
"""Where no value is known or asked for."""


def _never() -> bool:
    return False


class FieldModel(QObject):
    """A property: its schema, its confirmed value, and what the operator asks of it.

    A confirmed value from outside never overwrites what is being typed, and a refused one stays
    to be edited. All members belong to the Qt thread.

    Attributes:
        name: The property.
        schema: Its data schema.
        typed: What was typed that is no value, as its editor keeps it; None otherwise.
        interlock: Why a write would be refused now, in words; '' otherwise.
        is_typed_in: Whether a text of the operator's own stands in the field right now, which is
            not to be written anew. Told by whoever shows the field.
    """

    changed = Signal()
    """Anything about the field changed."""

    def __init__(
        self,
        name: str,
        schema: DataSchema,
        write: Callable[[Any], Awaitable[Reading]],
        thing_title: str = "",
        style: NumberStyle = PLAIN,
        parent: QObject | None = None,
    ) -> None:
        """Begin with nothing known.

        Args:
            name: The property.
            schema: Its data schema.
            write: Sends a value to the Thing and gives what it is afterwards.
            thing_title: Who is said to keep or to have refused a value; '' for the device.
            style: How numbers are written in sentences.
            parent: The owner.
        """
        super().__init__(parent)
        self.name = name
        self.schema = schema
        self._write = write
        self._thing_title = thing_title or self.tr("The device")
        self._style = style
        self._confirmed: Any = UNSET
        self._confirmed_at: float | None = None
        self._draft: Any = UNSET
        self._draft_fault = ""
        self.typed: Any = None
        self._sent: Any = UNSET
        self._sent_over: Any = UNSET
        self._sent_at = 0.0
        self._turn = 0
        self._refusal: str | None = None
        self._missed = ""
        self._refused_by_thing = False
        self._refused_value: Any = UNSET
        self._refusal_faults: tuple[Fault, ...] = ()
        self._stale: str | None = None
        self._away = False
        self.interlock = ""
        self.is_typed_in: Callable[[], bool] = _never
        self._refused_by_interlock = False

    # What is shown.

    @property
    def title(self) -> str:
        """What the field is called."""
        return self.schema.title

    @property
    def known(self) -> bool:
        """Whether a value was ever confirmed."""
        return self._confirmed is not UNSET

    @property
    def confirmed(self) -> Any:
        """What the Thing said last; None where it never said anything."""
        return self._confirmed if self.known else None

    @property
    def requested(self) -> Any:
        """What the operator asks for: typed, refused, under way, or simply what is confirmed."""
        if self._draft is not UNSET:
            return self._draft
        if self._sent is not UNSET:
            return self._sent
        return self.confirmed

    @property
    def state(self) -> FieldState:
        """How the field stands."""
        if self._refusal is not None:
            return FieldState.REFUSED
        if self.editing and not self._as_confirmed:
            return FieldState.EDITED
        if self._sent is not UNSET:
            return FieldState.PENDING
        if self._stale is not None:
            return FieldState.STALE
        if self.schema.read_only:
            return FieldState.READ_ONLY
        return FieldState.CONFIRMED

    @property
    def reason(self) -> str:
        """The sentence that follows the state's word; '' where nothing need be said."""
        match self.state:
            case FieldState.EDITED:
                return " ".join(filter(None, (self._missed, self._edited_reason())))
            case FieldState.PENDING:
                if not self.known:
                    return self.tr("{0} has not answered yet.").format(self._thing_title)
                return self._still_says()
            case FieldState.REFUSED:
                return " ".join(filter(None, (sentence(self._refusal or ""), self._still())))
            case FieldState.STALE:
                return self._stale_reason()
        return ""

    @property
    def only_unsent(self) -> bool:
        """Whether nothing is to be said of it but that it is not sent, and how to."""
        if self.state is not FieldState.EDITED or self._missed or self.interlock:
            return False
        return not self._draft_fault and first_fault(self._draft, self.schema, self._style) is None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Where in a composed value the refusal is, so that the very part can be marked."""
        return self._refusal_faults

    @property
    def editing(self) -> bool:
        """Whether the operator's own text stands in the field."""
        return self._draft is not UNSET or bool(self._draft_fault)

    @property
    def has_fault(self) -> bool:
        """Whether what was typed is no value at all."""
        return bool(self._draft_fault)

    @property
    def _as_confirmed(self) -> bool:
        """Whether what was typed is what the Thing says anyway."""
        return not self._draft_fault and self.known and same(self._draft, self._confirmed)

    @property
    def age_s(self) -> float | None:
        """Seconds since the value was confirmed; None where it never was."""
        return None if self._confirmed_at is None else time.monotonic() - self._confirmed_at

    def age_text(self, *, short: bool = False) -> str:
        """How old the value is, as 'everything' shows it.

        Args:
            short: Leave out that it is confirmed, where room is short.
        """
        if self._sent is not UNSET or self._refusal is not None:
            span = span_in_words(time.monotonic() - self._sent_at)
            return self.tr("asked {0} ago").format(span)
        if self.age_s is None:
            return self.tr("never read")
        ago = self.tr("just now")
        if self.age_s >= 1:
            ago = self.tr("{0} ago").format(span_in_words(self.age_s))
        if self.schema.read_only or short:
            return ago
        return self.tr("confirmed {0}").format(ago)

    @property
    def asked_for_s(self) -> float:
        """Seconds since the value on its way was sent; 0 where none is."""
        return 0.0 if self._sent is UNSET else time.monotonic() - self._sent_at

    def text(self, value: Any) -> str:
        """A value of this field in a few words, with its unit."""
        return format_value(value, self.schema, self._style)

    # What the operator does.

    def edit(self, value: Any, fault: str = "", typed: Any = None) -> None:
        """The operator changed the value and has not sent it.

        One that is what the Thing says anyway is no draft: it would stay unseen in the way of
        what the Thing says next.

        Args:
            value: The new value, not yet sent.
            fault: What is wrong with what was typed, in words, where it is no value at all.
            typed: What was typed then, as its editor keeps it.
        """
        self.typed = typed
        self._draft, self._draft_fault = value, fault
        self._refusal, self._refusal_faults = None, ()
        self._drop_equal()
        self.changed.emit()

    def revert(self) -> None:
        """Go back to what is confirmed."""
        self._draft, self._draft_fault, self._missed = UNSET, "", ""
        self._refusal, self._refusal_faults = None, ()
        self.changed.emit()

    async def commit(self) -> bool:
        """Send what was typed; True when the Thing took it."""
        if self._draft_fault:
            self._refuse(self._draft_fault, (), self._draft)
            return False
        if self._draft is UNSET:
            return False
        value = self._draft
        fault = first_fault(value, self.schema, self._style)
        if fault is not None:
            self._refuse(self._said(fault), (fault,), value)
            return False
        return await self.send(value)

    async def send(self, value: Any) -> bool:
        """Write a value, whatever stands in the field; True when the Thing took it."""
        self._turn += 1
        turn = self._turn
        self._draft, self._draft_fault, self._refusal = UNSET, "", None
        self._missed = ""
        self._refusal_faults = ()
        self._sent, self._sent_at = value, time.monotonic()
        self._sent_over = self._confirmed
        self.changed.emit()
        return await self._outcome(turn, value, self._write(value))

    async def reset(self, ask: Awaitable[Reading]) -> bool:
        """Follow a reset to the default, as a write is followed; True when it worked."""
        self._turn += 1
        self._draft, self._draft_fault, self._refusal = UNSET, "", None
        self._missed = ""
        self._sent, self._sent_at = self.schema.raw.get("default"), time.monotonic()
        self._sent_over = UNSET
        self.changed.emit()
        return await self._outcome(self._turn, self._sent, ask)

    async def _outcome(self, turn: int, value: Any, answer: Awaitable[Reading]) -> bool:
        try:
            reading = await answer
        except ThingError as error:
            # A newer write of this field has taken over what is shown.
            if turn == self._turn:
                self._sent = UNSET
                self._refused(why(error), faults_in(error), value, error)
            return False
        except Exception as error:
            # A mistake of ours or of a driver: said here and, raised on, in the log.
            if turn == self._turn:
                self._sent = UNSET
                self._refused(f"{type(error).__name__}: {error}", (), value, error)
            raise
        finally:
            if turn == self._turn:
                self._sent = UNSET
                self.changed.emit()
        self.confirm(reading)
        return True

    # What comes from the Thing.

    def confirm(self, reading: Reading) -> None:
        """The Thing said what the value is.

        Of a vector being edited, the components that nobody changed follow.
        """
        if self._draft is not UNSET:
            self._drop_equal()
        before = self._confirmed
        self._confirmed, self._confirmed_at = reading.value, reading.monotonic_s
        # An answer that was under way when the Thing went away can be trusted no longer.
        self._stale = "" if self._away else None
        if self._draft is not UNSET:
            self._draft = self._followed(self._draft, before)
        # Of thousands of values a second most are of fields that nobody looks at, and a signal
        # lets go of the interpreter's lock, for which busy threads then make it wait.
        if self.isSignalConnected(_CHANGED):
            self.changed.emit()

    def set_interlock(self, reason: str) -> None:
        """A write would be refused from now on, for this reason; '' where it would not.

        What stands in the field stays there: once nothing stands in its way it can be sent.
        """
        if reason == self.interlock:
            return
        self.interlock = reason
        if self._refused_by_interlock:
            self._refused_by_interlock = False
            self._refusal, self._refusal_faults = None, ()
        self.changed.emit()

    def go_stale(self, reason: str = "") -> None:
        """The value can no longer be trusted.

        Args:
            reason: Why, in words; '' when it simply has not been heard of.
        """
        self._stale = reason
        self.changed.emit()

    def go_away(self) -> None:
        """The Thing is not there: no value can be trusted before `come_back`."""
        self._away = True
        self.go_stale()

    def come_back(self) -> None:
        """The Thing answers again; the value is as good as its age."""
        self._away = False
        if self._stale is not None:
            self._stale = None
            self.changed.emit()

    def _drop_equal(self) -> None:
        """Forget a draft that is what the Thing says, unless it is being typed."""
        calm = self._sent is UNSET and self._refusal is None
        if calm and self._as_confirmed and not self.is_typed_in():
            self._draft, self._missed = UNSET, ""

    def _followed(self, asked: Any, before: Any) -> Any:
        """A vector that was asked for, its untouched components as they are confirmed now.

        Sending y as it was when typing into x began would drive y back.

        Args:
            asked: What is asked for; UNSET where nothing is.
            before: What was confirmed when it was asked for.
        """
        if self.schema.kind is not Kind.VECTOR or UNSET in (asked, before):
            return asked
        return merged(asked, before, self._confirmed)

    # In words.

    def _said(self, fault: Fault) -> str:
        """A fault with the name of the part it is in."""
        return f"{place_in_words(fault.loc, self.schema)}{fault.text}"

    def _refused(
        self, reason: str, faults: tuple[Fault, ...], value: Any, error: Exception
    ) -> None:
        """Take the answer that a value was refused."""
        if self.editing:
            # The operator has typed on: what stands in the field is what Enter must send.
            missed = self.tr("{0} was refused: {1}").format(self.text(value), reason)
            self._missed = sentence(missed)
            return
        self._refuse(reason, faults, self._followed(value, self._sent_over))
        self._refused_by_interlock = isinstance(error, InterlockError)
        self._refused_by_thing = True

    def _refuse(self, reason: str, faults: tuple[Fault, ...], value: Any) -> None:
        self._refusal, self._refusal_faults = reason, faults
        self._refused_by_interlock = self._refused_by_thing = False
        self._refused_value = value
        # A switch that was refused stands where the Thing stands; anything else can be mended.
        self._draft = UNSET if self.schema.kind is Kind.BOOLEAN else value
        if not self._sent_at or self._sent is UNSET:
            self._sent_at = time.monotonic()
        self.changed.emit()

    def _still_says(self) -> str:
        still = self.text(self._confirmed)
        return self.tr("{0} still says {1}.").format(self._thing_title, still)

    def _still(self) -> str:
        """What is so in truth, where a refused choice looks like one that was taken."""
        chosen = self.schema.kind in (Kind.BOOLEAN, Kind.ENUM)
        if not chosen or not self._refused_by_thing or not self.known:
            return ""
        if same(self._refused_value, self._confirmed):
            return ""
        return self._still_says()

    def _edited_reason(self) -> str:
        if self.interlock and not self._draft_fault:
            return self.interlock
        back = self.tr("Esc undoes it.")
        if self.known:
            back = self.tr("Esc goes back to {0}.").format(self.text(self._confirmed))
        if self._draft_fault:
            return f"{sentence(self._draft_fault)} {back}"
        fault = first_fault(self._draft, self.schema, self._style)
        if fault is not None:
            return f"{sentence(self._said(fault))} {back}"
        return self.tr("Enter sends {0}, {1}").format(self.text(self._draft), back)

    def _stale_reason(self) -> str:
        if self._stale:
            return sentence(self._stale)
        if self.age_s is None:
            return self.tr("Never heard of.")
        return self.tr("Not heard for {0}.").format(span_in_words(self.age_s))


_META: Final = FieldModel.staticMetaObject  # type: ignore[attr-defined]  # no stub names it
_CHANGED: Final = _META.method(_META.indexOfSignal("changed()"))
