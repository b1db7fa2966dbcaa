"""Slots: how one Thing declares that it needs another.

    class FocusDrive(Protocol):
        def move_to(self, x: float, y: float, z: float) -> None: ...

    class Camera(Thing):
        stage: FocusDrive = thing_slot()

The bench file says who fills it; the default is the Thing of the slot's own name. What the driver
gets is a proxy: a call through it is a child invocation (recorded, cancelled with its parent,
under the other Thing's lock), reading and writing properties is checked like everybody else's.
"""

from __future__ import annotations

import contextlib
import inspect
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from things.actions import ActionDescriptor
from things.affordance import Affordance
from things.errors import SlotError
from things.properties import PropertyDescriptor
from things.scope import Scope
from things.streams import FrameStreamDescriptor

if TYPE_CHECKING:
    from things.thing import Thing


class ThingProxy:
    """Another Thing, as seen through a slot: properties, actions and streams only."""

    __slots__ = ("_near", "_thing")

    def __init__(self, near: Thing, thing: Thing) -> None:
        object.__setattr__(self, "_near", near)
        object.__setattr__(self, "_thing", thing)

    def __getattr__(self, name: str) -> Any:
        thing: Thing = object.__getattribute__(self, "_thing")
        near: Thing = object.__getattribute__(self, "_near")
        if name in ("name", "title"):
            return getattr(thing, name)
        affordance = thing._core.affordances.get(name)
        caller = near._core.caller
        if isinstance(affordance, PropertyDescriptor):
            return caller.read(thing, affordance)
        if isinstance(affordance, ActionDescriptor):
            return _bound(near, thing, affordance)
        if isinstance(affordance, FrameStreamDescriptor):
            return getattr(thing, name)
        raise AttributeError(
            f"{thing.name} offers no {name!r} to other Things: it is neither a property, "
            "an action nor a stream"
        )

    def __setattr__(self, name: str, value: Any) -> None:
        thing: Thing = object.__getattribute__(self, "_thing")
        near: Thing = object.__getattribute__(self, "_near")
        affordance = thing._core.affordances.get(name)
        if not isinstance(affordance, PropertyDescriptor):
            raise AttributeError(f"{thing.name} has no property {name!r}")
        near._core.caller.write(thing, affordance, value)

    def __repr__(self) -> str:
        return f"<proxy of {object.__getattribute__(self, '_thing').name}>"


def _bound(near: Thing, thing: Thing, action: ActionDescriptor[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(action.func)
    parameters = [
        parameter
        for parameter in list(signature.parameters.values())[1:]
        if parameter.name not in action.injected
    ]
    call_signature = signature.replace(parameters=parameters)

    def call(*args: Any, **kwargs: Any) -> Any:
        given = call_signature.bind(*args, **kwargs).arguments
        for parameter in parameters:
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                given.update(given.pop(parameter.name, {}))
        return near._core.caller.call(thing, action, given)

    call.__name__ = action.name
    call.__doc__ = action.func.__doc__
    return call


class SlotDescriptor(Affordance):
    """A slot on a Thing class; on a Thing it is the proxy of who fills it.

    Attributes:
        optional: Whether it may stay empty (then it is None).
    """

    kind = "slot"

    def __init__(self, *, optional: bool, title: str | None, description: str | None) -> None:
        super().__init__(title=title, description=description, group="")
        self.optional = optional
        self._wanted: Any = None

    def resolve(self, scope: Scope) -> None:
        """Learn what must fit from the annotation."""
        wanted = scope.annotation(self.name)
        if get_origin(wanted) in (Union, types.UnionType):
            members = [member for member in get_args(wanted) if member is not type(None)]
            self.optional = self.optional or len(members) < len(get_args(wanted))
            wanted = members[0] if len(members) == 1 else None
        self._wanted = wanted

    def fill(self, near: Thing, other: Thing | None) -> None:
        """Put a Thing into the slot.

        Raises:
            SlotError: It does not offer what the slot's type asks for.
        """
        if other is not None:
            missing = self._missing(other)
            if missing:
                raise SlotError(
                    f"{near.name}.{self.name} cannot be filled with {other.name}: "
                    f"it has no {', '.join(missing)}"
                )
        near._core.slots[self.name] = other

    def _missing(self, other: Thing) -> list[str]:
        if self._wanted is None:
            # A name known only to type checkers cannot be checked here; they did.
            with contextlib.suppress(NameError):
                self.resolve(self.scope)
        wanted = self._wanted
        if wanted is None or wanted is Any:
            return []
        if getattr(wanted, "_is_protocol", False):
            return sorted(
                f"{kind} {name!r}"
                for name, kind in _members_of(wanted).items()
                if name not in ("name", "title")
                and kind != _kind_offered(other._core.affordances.get(name))
            )
        if isinstance(wanted, type) and not _is_kin(other, wanted):
            return [f"kinship with {wanted.__name__}"]
        return []

    def __get__(self, obj: Thing | None, owner: type[Any]) -> Any:
        if obj is None:
            return self
        other = obj._core.slots.get(self.name)
        if other is None:
            if self.optional:
                return None
            raise SlotError(f"{obj.name}.{self.name} is not filled: the bench says no Thing for it")
        return ThingProxy(obj, other)

    def __set__(self, obj: Thing, value: Thing | None) -> None:
        """Fill it by hand, in scripts and tests."""
        self.fill(obj, value)


def _members_of(protocol: type[Any]) -> dict[str, str]:
    """What a protocol asks for: each public name, and whether it is a 'property' or an 'action'."""
    members: dict[str, str] = {}
    for base in protocol.__mro__:
        if getattr(base, "_is_protocol", False):
            names = (*inspect.get_annotations(base), *vars(base))
            for name in names:
                if not name.startswith("_"):
                    method = inspect.isfunction(vars(base).get(name))
                    members.setdefault(name, "action" if method else "property")
    return members


def _kind_offered(affordance: Affordance | None) -> str | None:
    """What an affordance is to those who use it through a slot; a stream is read like a value."""
    if isinstance(affordance, PropertyDescriptor | FrameStreamDescriptor):
        return "property"
    return "action" if isinstance(affordance, ActionDescriptor) else None


def _is_kin(other: Thing, wanted: type) -> bool:
    """Whether a Thing is of a class; after a reload the class is another object of that name."""
    return any(
        (base.__module__, base.__qualname__) == (wanted.__module__, wanted.__qualname__)
        for base in type(other).__mro__
    )


def thing_slot(
    *, optional: bool = False, title: str | None = None, description: str | None = None
) -> Any:
    """Declare that this Thing uses another one.

    The result is `Any` as with `dataclasses.field`: the annotation gives the type.

    Args:
        optional: Whether the Thing works without.
        title: A label.
        description: What it is used for; else the docstring beneath.
    """
    return SlotDescriptor(optional=optional, title=title, description=description)
