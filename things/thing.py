"""Thing: an instrument as a Python class."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from things.affordance import Affordance, Scope
from things.context import current_invocation
from things.core import ThingCore
from things.errors import DefinitionError
from things.events import Reading
from things.locks import ThingLock


class Thing:
    """An instrument: properties, actions, events and streams on a class.

    Derive from it, declare what there is, and connect to the device in `__enter__`:

        class Lamp(Thing):
            '''A lamp that can be dimmed.'''

            power: float = property(default=0.0, ge=0, le=100, unit="%")

    `__enter__` and `__exit__` run alone. Getters may run beside an action; setters and exclusive
    actions never run beside each other. Guard the wire to the device by `with self.io:`, or
    declare `class Lamp(Thing, thread="own")` to have all of it run in one thread.

    A method `stop(self)`, where there is one, is called by STOP ALL from another thread, without
    the lock, while an action may run; it must return quickly. A method `reconnect(self)`, where
    there is one, is called to bring a lost device back; otherwise the Thing is left and entered.

    Attributes:
        title: A label for the class; the bench file may give each Thing its own.
    """

    title: ClassVar[str] = ""

    _affordances: ClassVar[Mapping[str, Affordance]] = {}
    _own_thread: ClassVar[bool] = False
    _core: ThingCore

    def __init_subclass__(cls, *, thread: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if thread not in (None, "own"):
            raise DefinitionError(f"{cls.__name__}: thread={thread!r} is not known; use 'own'")
        cls._own_thread = cls._own_thread or thread == "own"
        local_names = dict(sys._getframe(1).f_locals)
        inherited = {
            name: affordance
            for base in reversed(cls.__mro__[1:])
            for name, affordance in base.__dict__.get("_affordances", {}).items()
            if name not in cls.__dict__
        }
        own = {
            name: value
            for name, value in cls.__dict__.items()
            if isinstance(value, Affordance) and value.name == name
        }
        cls._affordances = {**inherited, **own}
        scope = Scope(cls, local_names)
        for affordance in own.values():
            affordance.learn(scope)

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Self:
        """Prepare what every Thing has, so that `super().__init__()` may be forgotten."""
        thing = super().__new__(cls)
        thing._core = ThingCore(cls.__name__.lower(), cls._affordances, own_thread=cls._own_thread)
        return thing

    def __enter__(self) -> Self:
        """Connect to the device. Derived classes do it here, not in `__init__`."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave the device in a safe state."""

    @property
    def name(self) -> str:
        """What the bench calls it; unique there, and part of its address."""
        return self._core.name

    @property
    def logger(self) -> logging.Logger:
        """Where to log: to the running invocation, or to the Thing's own log."""
        invocation = current_invocation()
        return invocation.logger if invocation is not None else self._core.logger

    @property
    def lock(self) -> ThingLock:
        """The right to act on it; held by every exclusive action while it runs."""
        return self._core.lock

    @property
    def io(self) -> threading.RLock:
        """A lock for the wire to the device: `with self.io:` around each exchange."""
        return self._core.io

    @property
    def last_known(self) -> Mapping[str, Reading]:
        """The last known value of each property, without asking the device."""
        return dict(self._core.readings)

    @contextlib.contextmanager
    def settings_in(self, file: Path) -> Iterator[None]:
        """Keep this Thing's settings in `file` for the body of the `with`; for scripts and tests."""
        self._core.open_settings(self, file)
        try:
            yield
        finally:
            self._core.settings = None


def affordances_of(thing: Thing | type[Thing]) -> Mapping[str, Affordance]:
    """Everything declared on a Thing or its class, by name, in order."""
    return thing._affordances
