"""The interlocks of a bench: what guards what, and judging it when somebody asks.

Every way in comes by here twice: when it is asked, before anything is started, and again with the
Thing's lock held, just before the body runs or the setter is called. What cannot be read refuses.
`stop` is never interlocked.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.errors import InterlockError
from app.event_bus import EventBus
from app.interlocks.errors import CannotJudgeError, ConditionError
from app.interlocks.functions import FunctionCheck
from app.interlocks.judging import missing
from app.interlocks.language import Condition
from app.interlocks.places import (
    Place,
    Standing,
    place_for_class,
    place_on_bench,
    require_place,
    unit_at,
)
from app.interlocks.references import Reference
from app.interlocks.rules import (
    NEVER_INTERLOCKED,
    Check,
    Rule,
    can_be_guarded,
    own_requirement,
    read_check,
)
from app.interlocks.values import BoundedReader, ValueAt, fresh_values, known_values
from app.interlocks.watch import Judgement, Key, Watch
from app.property_desk import PropertyDesk
from things.affordance import Affordance
from things.thing import Thing

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guard:
    """One condition on one affordance.

    Attributes:
        check: What is needed.
        because: Why, in words; may be ''.
        of_class: Whether the class says it, so that names mean its own properties and slots.
    """

    check: Check
    because: str
    of_class: bool


@dataclass(frozen=True)
class Needed:
    """A condition, as people and programs read it.

    Attributes:
        condition: As it was written.
        because: Why, in words; may be ''.
    """

    condition: str
    because: str


@dataclass(frozen=True)
class Interlocked:
    """An action or a property, and what it needs.

    Attributes:
        thing: Name of the Thing.
        name: The action or property.
        needs: All conditions on it.
        reason: Why it would be refused now; '' where it would not.
    """

    thing: str
    name: str
    needs: Sequence[Needed]
    reason: str


class Interlocks:
    """Judges actions and writes by the conditions of classes and of the bench file.

    Args:
        rules: Those of the bench file.
        things: All Things of the bench.
        desk: What values are read through.
        bus: Tells of changes of values, and is told of changes of verdicts.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        things: Mapping[str, Standing],
        desk: PropertyDesk,
        bus: EventBus,
    ) -> None:
        self._rules = rules
        self._things = things
        self._reader = BoundedReader(desk)
        self._guards: dict[Key, tuple[Guard, ...]] = {}
        self._units: dict[tuple[int, Place], str] = {}
        self._learning = threading.Lock()
        self._watch = Watch(things, desk, bus, self._judged_by_known)

    def learn(self, thing: Thing) -> None:
        """Take in what guards a Thing that was made; its slots are filled.

        Raises:
            ConditionError: A condition of its class is wrong.
        """
        found: dict[Key, tuple[Guard, ...]] = {}
        for name, affordance in thing._core.affordances.items():
            guards = (*self._own(thing, affordance), *self._of_bench(thing, affordance))
            if guards:
                found[thing.name, name] = guards
        with self._learning:
            others = {key: each for key, each in self._guards.items() if key[0] != thing.name}
            self._guards = {**others, **found}
        if self._guards:
            self._watch.look(self._guards)

    def check(self, thing: Thing, name: str, held: bool = False) -> None:
        """Whether an action may run, or a property be written. May wait for devices, 2 s at most.

        Args:
            thing: On which Thing.
            name: The action or property.
            held: Whether the Thing's lock is held, so that nothing stands between this and it.

        Raises:
            InterlockError: It may not.
        """
        guards = self._guards.get((thing.name, name))
        if not guards or name == NEVER_INTERLOCKED:
            return
        judged = self._judged(thing, guards, fresh_values(self._things, self._reader, held=held))
        if judged.reason:
            _log.warning("%s.%s is refused: %s", thing.name, name, judged.reason)
            raise InterlockError(judged.condition, judged.reason)

    def refusal(self, thing: str, name: str) -> str:
        """Why an action or a write would be refused now, by what is known; '' where it would not.

        Cheap, from any thread.
        """
        return self._watch.reasons.get((thing, name), "")

    def refusals_of(self, thing: str) -> Mapping[str, str]:
        """All that would be refused now on a Thing, and why."""
        return {
            name: reason
            for (of_thing, name), reason in self._watch.reasons.items()
            if of_thing == thing and reason
        }

    @property
    def all(self) -> Sequence[Interlocked]:
        """Everything that is interlocked, in the order of the bench."""
        order = {name: number for number, name in enumerate(self._things)}
        found = sorted(self._guards.items(), key=lambda each: order.get(each[0][0], len(order)))
        return [
            Interlocked(
                thing,
                name,
                tuple(Needed(guard.check.text, guard.because) for guard in guards),
                self.refusal(thing, name),
            )
            for (thing, name), guards in found
        ]

    def close(self) -> None:
        """Watch no more; what is asked is judged all the same."""
        self._watch.close()

    def _own(self, thing: Thing, affordance: Affordance) -> Sequence[Guard]:
        requires = own_requirement(affordance)
        if not requires:
            return ()
        try:
            if affordance.name == NEVER_INTERLOCKED:
                raise CannotJudgeError("stopping is never interlocked")
            if not can_be_guarded(affordance):
                raise CannotJudgeError("it can only be read, so there is nothing to refuse")
            check = read_check(requires)
            for reference in check.references if isinstance(check, Condition) else ():
                self._require_in_class(thing, reference)
        except CannotJudgeError as error:
            raise ConditionError(requires, f"{affordance.where}: {error}") from None
        except ConditionError as error:
            raise ConditionError(requires, f"{affordance.where}: {error.reason}") from None
        return (Guard(check, "", of_class=True),)

    def _of_bench(self, thing: Thing, affordance: Affordance) -> Sequence[Guard]:
        if not can_be_guarded(affordance):
            return ()
        return tuple(
            Guard(rule.check, rule.because, of_class=False)
            for rule in self._rules
            if rule.guards(thing.name, affordance.name)
        )

    def _judged_by_known(self, key: Key, failures: Mapping[Key, str]) -> Judgement:
        """A judgement without asking a device, for the watch."""
        standing = self._things.get(key[0])
        guards = self._guards.get(key, ())
        if standing is None or standing.thing is None or not guards:
            return Judgement("", "", frozenset())
        return self._judged(standing.thing, guards, known_values(self._things, failures))

    def _judged(self, thing: Thing, guards: Sequence[Guard], value_at: ValueAt) -> Judgement:
        """The first condition that is not met."""
        used: set[Key] = set()
        for guard in guards:
            reason = self._missing(thing, guard, value_at, used)
            if reason:
                words = f"{_sentence(guard.because)} {reason}".strip()
                return Judgement(guard.check.text, words, frozenset(used))
        return Judgement("", "", frozenset(used))

    def _missing(self, thing: Thing, guard: Guard, value_at: ValueAt, used: set[Key]) -> str:
        """What one condition needs and has not got; '' where it is met."""

        def place_of(reference: Reference) -> Place:
            find = self._place_of_class if guard.of_class else self._place_on_bench
            place = find(thing, reference)
            used.add((place.thing, place.name))
            return place

        def lookup(reference: Reference) -> object:
            return value_at(place_of(reference))

        if isinstance(guard.check, FunctionCheck):
            return guard.check.missing(lookup)
        for reference in guard.check.references:
            # All of them, not only those that decide it now: any may decide it next.
            with contextlib.suppress(CannotJudgeError):
                place_of(reference)
        return missing(guard.check, lookup, lambda reference: self._unit(place_of(reference)))

    def _require_in_class(self, thing: Thing, reference: Reference) -> None:
        """See that a reference of a class means something, as far as its slots are filled."""
        slot, name, path = place_for_class(reference, thing._core.affordances)
        other = thing._core.slots.get(slot) if slot else thing
        if other is not None:
            require_place(Place(slot or thing.name, name, path), other._core.affordances)

    def _place_of_class(self, thing: Thing, reference: Reference) -> Place:
        slot, name, path = place_for_class(reference, thing._core.affordances)
        other = thing._core.slots.get(slot) if slot else thing
        if other is None:
            raise CannotJudgeError(f"there is nothing in the slot {slot!r}")
        return Place(other.name, name, path)

    def _place_on_bench(self, thing: Thing, reference: Reference) -> Place:
        affordances = {
            name: None if each.thing is None else each.thing._core.affordances
            for name, each in self._things.items()
        }
        return place_on_bench(reference, thing.name, affordances)

    def _unit(self, place: Place) -> str:
        standing = self._things.get(place.thing)
        if standing is None or standing.thing is None:
            return ""
        affordances = standing.thing._core.affordances
        key = (id(affordances.get(place.name)), place)
        if key not in self._units:  # a schema takes a while to make
            self._units[key] = unit_at(place, affordances)
        return self._units[key]


def _sentence(words: str) -> str:
    words = words.strip()
    return words if not words or words[-1] in ".!?…" else f"{words}."
