"""Thing: an instrument as a Python class."""

from __future__ import annotations

import contextlib
import functools
import logging
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from things.affordance import Affordance, Unfinished
from things.context import current_invocation
from things.core import ThingCore
from things.errors import DefinitionError
from things.events import Reading
from things.locks import ThingLock
from things.scope import Scope, scope_of


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
    the lock, while an action may run, and never in the Thing's own thread; it must return
    quickly. A method `reconnect(self)`, where
    there is one, is called to bring a lost device back; otherwise the Thing is left and entered.

    A derived class may declare an affordance anew, or remove one by `snap = None`.

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
        if cls._own_thread:
            _move_to_own_thread(cls)
        affordances: dict[str, Affordance] = {}
        for base in reversed(cls.__mro__):
            _gather(base, affordances)
        cls._affordances = affordances
        own = [affordance for affordance in affordances.values() if affordance.owner is cls]
        functions = [func for affordance in own if (func := affordance.source) is not None]
        scope = scope_of(cls, functions, sys._getframe(1))
        for affordance in own:
            affordance.learn(scope)
        for affordance in affordances.values():
            # Of a mixin that is no Thing itself: nobody has told it yet.
            if affordance.owner is not None and not issubclass(affordance.owner, Thing):
                affordance.learn(Scope(affordance.owner))

    if TYPE_CHECKING:
        # For checkers only: `__new__` alone would let any arguments pass.
        def __init__(self) -> None: ...

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Prepare what every Thing has, so that `super().__init__()` may be forgotten."""
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError(f"{cls.__name__} takes no arguments")  # Python would say nothing
        thing = super().__new__(cls)
        thing._core = ThingCore(cls.__name__.lower(), cls._affordances, own_thread=cls._own_thread)
        if cls._own_thread:
            # A Thing that is dropped without a bench to close it must not leave its thread.
            weakref.finalize(thing, thing._core.close).atexit = False
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
        """Keep this Thing's settings in `file` for the body of the `with`; for scripts, tests."""
        self._core.open_settings(self, file)
        try:
            yield
        finally:
            self._core.settings = None


_OWN_NAMES = frozenset(name for name in vars(Thing) if not name.startswith("_"))
"""What every Thing has already; an affordance of such a name would hide it."""


def _gather(base: type[Any], affordances: dict[str, Affordance]) -> None:
    """Bring what one class of the line declares into `affordances`.

    Raises:
        DefinitionError: It declares something that cannot work.
    """
    for name, value in vars(base).items():
        where = f"{base.__name__}.{name}"
        if isinstance(value, Affordance) and value.name == name:
            if name in _OWN_NAMES:
                raise DefinitionError(f"{where}: every Thing has a {name!r} already; rename it")
            affordances[name] = value
        elif isinstance(value, Unfinished):
            raise DefinitionError(f"{where} is not complete: it needs {value.needs}")
        elif name in affordances:
            if value is not None:
                raise DefinitionError(
                    f"{where} hides the {affordances[name].kind} of {affordances[name].where}; "
                    f"declare it as one too, or remove it by '{name} = None'"
                )
            del affordances[name]


def _move_to_own_thread(cls: type[Thing]) -> None:
    """Let `with thing:` connect to the device in the thread that will use it."""
    for name in ("__enter__", "__exit__"):
        setattr(cls, name, _in_own_thread(cls, name, cls.__dict__.get(name)))


def _in_own_thread(
    cls: type[Thing], name: str, method: Callable[..., Any] | None
) -> Callable[..., Any]:
    """A method that runs in the Thing's thread: the class's own, or the one it would inherit."""

    @functools.wraps(method or getattr(Thing, name))
    def run(thing: Thing, *args: Any) -> Any:
        if method is not None:
            return thing._core.run(lambda: method(thing, *args))
        return thing._core.run(lambda: getattr(super(cls, thing), name)(*args))

    return run


def affordances_of(thing: Thing | type[Thing]) -> Mapping[str, Affordance]:
    """Everything declared on a Thing or its class, by name, in order."""
    return thing._affordances
