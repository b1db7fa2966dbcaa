"""One Thing on a bench: importing, making, entering, leaving, bringing back.

Whatever a driver does wrong here becomes a state and a reason, never the end of the program.
"""

from __future__ import annotations

import importlib
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.bench_file import ThingSpec
from app.interlocks.rules import Rule, described_with
from app.leaving import leaving
from things.core import Caller
from things.description import RESERVED_AFFORDANCES, thing_description
from things.errors import DefinitionError, NotAvailableError
from things.events import Event, ThingState, ThingStateChanged
from things.locks import LockRegistry
from things.properties import PropertyDescriptor
from things.slots import SlotDescriptor
from things.thing import Thing

_log = logging.getLogger(__name__)


class ClassNotFoundError(NotAvailableError):
    """The bench file names a class that does not exist."""


def import_thing_class(name: str, class_path: str) -> type[Thing]:
    """The class behind 'module:Class'.

    Raises:
        ClassNotFoundError: There is no such module, or no such class in it.
        NotAvailableError: The module is there but cannot be imported, or the class is no Thing.
    """
    module_name, _, class_name = class_path.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is not None and (module_name + ".").startswith(error.name + "."):
            raise ClassNotFoundError(name, f"there is no module {error.name!r}") from error
        raise NotAvailableError(
            name, f"{module_name} needs {error.name!r}, which is not installed"
        ) from error
    except BaseException as error:  # a driver's SystemExit must not end the program
        raise NotAvailableError(name, f"{module_name} cannot be imported: {said(error)}") from error
    found = getattr(module, class_name, None)
    if found is None:
        known = [key for key, value in vars(module).items() if _is_thing_class(value)]
        there = f"; there is {', '.join(sorted(known))}" if known else ""
        raise ClassNotFoundError(name, f"{module_name} has no class {class_name!r}{there}")
    if not _is_thing_class(found):
        raise NotAvailableError(name, f"{class_path} is no Thing; it must derive from things.Thing")
    refused = RESERVED_AFFORDANCES.intersection(found._affordances)
    if refused:
        raise NotAvailableError(name, f"{class_path} uses {sorted(refused)[0]!r}, which is a route")
    cls: type[Thing] = found
    return cls


def _is_thing_class(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, Thing) and value is not Thing


def _note_data(thing: Thing) -> None:
    """Make every value the Thing keeps itself known, so that nobody has to ask for it."""
    for name, affordance in thing._core.affordances.items():
        if isinstance(affordance, PropertyDescriptor) and not affordance.needs_device:
            with thing._core.publishing:
                value = affordance.to_json(affordance.read(thing))
                thing._core.note(name, value, publish=False)


def said(error: BaseException) -> str:
    """An error in a line: what it says, else what it is."""
    text = str(error).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class BenchThing:
    """A Thing of a bench with its state.

    Args:
        spec: What the bench file says of it.
        publish: Where events go.
        registry: Who waits for whom, over the whole bench.
        caller: Carries its calls to other Things.
        settings_file: Where its settings are kept, or None.
        rules: What its actions and writes need, by the bench file.

    Attributes:
        state: What it is doing.
        reason: Why it failed or is disconnected, in words.
        details: The traceback of a failure, for a click; never on the network.
        thing: The Thing while it is open.
        held_for: What is being done to the Thing itself, so that nothing begins on it; '' else.
        entering: Whether its `__enter__` is under way.
    """

    def __init__(
        self,
        spec: ThingSpec,
        publish: Callable[[Event], None],
        registry: LockRegistry,
        caller: Caller,
        settings_file: Path | None,
        rules: Sequence[Rule] = (),
    ) -> None:
        self.spec = spec
        self.name = spec.name
        self.state = ThingState.STARTING
        self.reason = ""
        self.details = ""
        self.thing: Thing | None = None
        self.held_for = ""
        self.changing = threading.RLock()
        self._publish = publish
        self._registry = registry
        self._caller = caller
        self._settings_file = settings_file
        self._rules = rules
        self._description: Mapping[str, Any] = {}
        self.entering = False
        self._entered = False

    @property
    def title(self) -> str:
        """What to call it."""
        described = self._description.get("title")
        return self.spec.title or described or self.name.replace("_", " ").capitalize()

    @property
    def open_thing(self) -> Thing:
        """The Thing, ready to be used.

        Raises:
            NotAvailableError: It failed, or is closed.
        """
        thing = self.thing
        if thing is None or not self._entered:
            raise NotAvailableError(self.name, self.reason or f"it is {self.state.value}")
        return thing

    def uses(self, other: BenchThing) -> bool:
        """Whether another Thing fills one of its slots."""
        thing = self.thing
        if thing is None or other.thing is None:
            return False
        return any(each is other.thing for each in thing._core.slots.values())

    def describe(self, base: str | None = None, prefix: str = "") -> Mapping[str, Any]:
        """Its Thing Description; {} where the class could not even be made.

        Args:
            base: URL the forms are relative to.
            prefix: Path below which the bench is served.
        """
        if base is None and not prefix:
            return self._description
        thing = self.thing
        if thing is None:
            return {}
        return self._described(thing, base, prefix)

    def _described(
        self, thing: Thing, base: str | None = None, prefix: str = ""
    ) -> Mapping[str, Any]:
        described = thing_description(
            thing, title=self.spec.title, group=self.spec.group, base=base, prefix=prefix
        )
        return described_with(described, self.name, self._rules)

    def make(self) -> None:
        """Import the class and make the Thing, without touching the device."""
        try:
            cls = import_thing_class(self.name, self.spec.class_path)
            thing = cls(*self.spec.positional, **self.spec.args)
            thing._core.bind(
                self.name, self.spec.title, self._publish, self._registry, self._caller
            )
            if self._settings_file is not None:
                thing._core.open_settings(thing, self._settings_file)
            _note_data(thing)
            self._description = self._described(thing)
        except BaseException as error:
            self.fail(error, "it could not be made")
        else:
            self.thing = thing

    def fill_slots(self, others: Mapping[str, BenchThing]) -> None:
        """Fill its slots with Things that are there; those that are not leave theirs empty."""
        thing = self.thing
        if thing is None:
            return
        for name, affordance in thing._core.affordances.items():
            if not isinstance(affordance, SlotDescriptor):
                continue
            other = others.get(self.spec.slots.get(name, name))
            if other is None and name not in self.spec.slots and affordance.optional:
                continue
            try:
                affordance.fill(thing, None if other is None else other.thing)
            except Exception as error:
                if not self._entered:
                    self.fail(error, "a slot does not fit")
                    return
                # It runs; only what it does through that slot fails from now on.
                thing._core.slots[name] = None
                _log.error("%s: a slot is empty now: %s", self.name, said(error))

    def enter(self) -> None:
        """Connect to the device."""
        thing = self.thing
        if thing is None or self._entered or self.state is ThingState.FAILED:
            return
        self.entering = True
        try:
            thing._core.run(thing.__enter__)
            self._entered = True
            thing._core.restore_device_settings(thing)
        except BaseException as error:  # a driver's SystemExit must not end the program
            self.leave()
            self.fail(error, "it did not start")
            return
        finally:
            self.entering = False
        self.set_state(ThingState.READY)

    def leave(self) -> None:
        """Leave the device in a safe state and let go of it."""
        thing = self.thing
        if thing is None or not self._entered:
            return
        self._entered = False
        try:
            with leaving():
                thing._core.run(lambda: thing.__exit__(None, None, None))
        except BaseException as error:
            _log.error("%s did not leave cleanly: %s", self.name, said(error), exc_info=error)

    def discard(self) -> None:
        """Forget the Thing; `make` makes a new one."""
        if self.thing is not None:
            self.thing._core.close()
        self.thing = None
        self.set_state(ThingState.STARTING)

    def reload_module(self) -> None:
        """Read the driver's module again."""
        module_name = self.spec.class_path.partition(":")[0]
        module = sys.modules.get(module_name)
        if module is None:
            return
        try:
            importlib.invalidate_caches()
            importlib.reload(module)
        except BaseException as error:
            self.fail(error, "its driver cannot be read again")

    def lost(self, reason: str) -> None:
        """Its device is gone."""
        if self.state is ThingState.READY:
            self.set_state(ThingState.DISCONNECTED, reason)

    def fail(self, error: BaseException, what: str) -> None:
        """It cannot be used; say why."""
        self.details = "".join(traceback.format_exception(error))
        reason = error.reason if isinstance(error, NotAvailableError) else said(error)
        if isinstance(error, DefinitionError):
            reason = str(error)
        _log.error("%s: %s: %s", self.name, what, reason)
        self.set_state(ThingState.FAILED, reason)

    def set_state(self, state: ThingState, reason: str = "") -> None:
        """Change the state and say so."""
        self.state = state
        self.reason = reason
        self._publish(ThingStateChanged(thing=self.name, state=state, reason=reason))
