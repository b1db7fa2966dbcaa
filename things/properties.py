"""Properties and settings: typed, bounded, observable values of a Thing.

Two forms. Data, kept by the Thing itself:

    exposure: float = property(default=10.0, gt=0, le=1000, unit="ms")

Functional, read from and written to a device:

    @property(unit="dB", poll_s=1.0)
    def gain(self) -> float:
        return self._device.gain()

    @gain.setter
    def _set_gain(self, value: float) -> None:
        self._device.set_gain(value)

A setter may have the property's own name too; type checkers know that only from the built-in
`property`, so a name of its own keeps them quiet and the types whole.

A `setting` is a property that is kept on disk.

Values are changed by setting them: a list or a model that is changed in place tells nobody.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, TypeVar, Unpack, overload

from things.data_property import DataProperty
from things.errors import DefinitionError
from things.functional_property import FunctionalDecorator, FunctionalProperty
from things.property_descriptor import CONSTRAINTS, PropertyDescriptor

__all__ = [
    "DataProperty",
    "FunctionalDecorator",
    "FunctionalOptions",
    "FunctionalProperty",
    "PropertyDescriptor",
    "PropertyOptions",
    "property",
    "setting",
]

V = TypeVar("V")


class PropertyOptions(TypedDict, total=False):
    """What can be said of every property."""

    title: str | None
    description: str | None
    group: str
    unit: str
    read_only: bool
    requires: str
    snapshot: bool
    axis: str
    gt: float | None
    ge: float | None
    lt: float | None
    le: float | None
    multiple_of: float | None
    min_length: int | None
    max_length: int | None
    pattern: str | None


class FunctionalOptions(PropertyOptions, total=False):
    """What can be said of a property with a getter."""

    poll_s: float | None


def _collect(persistent: bool, options: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: options[key] for key in _OPTION_DEFAULTS if key in options}
    constraints = {key: options[key] for key in CONSTRAINTS if key in options}
    unknown = set(options) - set(known) - set(constraints)
    if unknown:
        raise DefinitionError(
            f"property() knows no {', '.join(sorted(unknown))}; "
            f"it knows default, default_factory, {', '.join((*_OPTION_DEFAULTS, *CONSTRAINTS))}"
        )
    return {
        **_OPTION_DEFAULTS,
        **known,
        "constraints": constraints,
        "persistent": persistent,
    }


_OPTION_DEFAULTS: dict[str, Any] = {
    "title": None,
    "description": None,
    "group": "",
    "unit": "",
    "read_only": False,
    "poll_s": None,
    "requires": "",
    "snapshot": False,
    "axis": "",
}

_UNSET: Any = object()


def _make(persistent: bool, getter: Any, options: dict[str, Any]) -> Any:
    default = options.pop("default", _UNSET)
    factory = options.pop("default_factory", None)
    collected = _collect(persistent, options)
    if default is not _UNSET and factory is not None:
        raise DefinitionError("property() takes default or default_factory, not both")
    if getter is not None:
        return FunctionalProperty(getter, **collected)
    if default is _UNSET and factory is None:
        return FunctionalDecorator(**collected)
    if collected["poll_s"] is not None:
        raise DefinitionError("poll_s is for properties with a getter; this one has a default")
    if factory is not None:
        return DataProperty(factory, **collected)
    # Copied each time: two Things must not share one list.
    return DataProperty(lambda: copy.deepcopy(default), **collected)


@overload
def property(getter: Callable[[Any], V], /) -> FunctionalProperty[V]: ...
@overload
def property(*, default: V, **options: Unpack[PropertyOptions]) -> V: ...
@overload
def property(*, default_factory: Callable[[], V], **options: Unpack[PropertyOptions]) -> V: ...
@overload
def property(**options: Unpack[FunctionalOptions]) -> FunctionalDecorator: ...
def property(getter: Any = None, /, **options: Any) -> Any:
    """Declare a property of a Thing, with a default (data) or over a getter (functional).

    Args:
        getter: The function that reads it, when used as a bare decorator.
        **options: `default` or `default_factory` make a data property. For both forms: `title`,
            `description` (else the docstring), `group` (heading in a panel), `unit` (shown),
            `read_only`, `requires` (a condition for writing), `snapshot` (read afresh for the
            record of a run), `axis` (the array property that is this one's x axis), and the
            limits `gt`, `ge`, `lt`, `le`, `multiple_of`, `min_length`, `max_length`, `pattern`.
            For functional ones: `poll_s`, how often it is read to notice changes (seconds).

    Raises:
        DefinitionError: An option is not known.
    """
    return _make(False, getter, options)


@overload
def setting(getter: Callable[[Any], V], /) -> FunctionalProperty[V]: ...
@overload
def setting(*, default: V, **options: Unpack[PropertyOptions]) -> V: ...
@overload
def setting(*, default_factory: Callable[[], V], **options: Unpack[PropertyOptions]) -> V: ...
@overload
def setting(**options: Unpack[FunctionalOptions]) -> FunctionalDecorator: ...
def setting(getter: Any = None, /, **options: Any) -> Any:
    """Declare a property whose value is kept on disk and set again at the next start.

    Takes what `property` takes. All settings of a Thing are in one file, written as a whole.
    """
    return _make(True, getter, options)
