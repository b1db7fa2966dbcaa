"""Actions: methods of a Thing that anybody may start and watch.

    @action
    def snap(self, width: Annotated[int, Field(ge=1)] = 640) -> PngBlob:
        '''Take a picture.'''

The input model is read off the signature, the output off the return annotation, the text off the
docstring. A parameter annotated `CancelHook`, `InvocationID` or `InvocationLogger` is no input:
it is filled in by whoever invokes. With `(self, /, **more)` any further input is passed on.
"""

from __future__ import annotations

import functools
import inspect
import logging
import re
import types
import uuid
import warnings
from collections.abc import Callable, Mapping
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Concatenate,
    Generic,
    Never,
    ParamSpec,
    Self,
    TypedDict,
    TypeVar,
    Unpack,
    cast,
    get_args,
    get_origin,
    overload,
)

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails

from things.affordance import Affordance, Unfinished, short_title
from things.cancelling import CancelEvent
from things.context import current_invocation
from things.errors import DefinitionError, InputRefusedError
from things.schemas import adapter_for, data_schema, finite, humanise, prose, refusal, said_plainly
from things.scope import Scope

if TYPE_CHECKING:
    from things.thing import Thing

P = ParamSpec("P")
R = TypeVar("R")

DEFAULT_RETENTION_S = 300.0


class Injected:
    """Marks a parameter that the invocation fills in, not the one who asks."""

    def __init__(self, what: str) -> None:
        self.what = what


CancelHook = Annotated[CancelEvent, Injected("cancel_hook")]
"""A parameter of this type gets the invocation's cancel event."""

InvocationID = Annotated[uuid.UUID, Injected("id")]
"""A parameter of this type gets the invocation's id."""

InvocationLogger = Annotated[logging.Logger, Injected("logger")]
"""A parameter of this type gets the invocation's logger."""


class ActionOptions(TypedDict, total=False):
    """What can be said of an action."""

    title: str | None
    description: str | None
    group: str
    exclusive: bool
    confirm: str
    requires: str
    keep: bool
    safe: bool
    idempotent: bool
    retention_time: float


class ActionDescriptor(Affordance, Generic[P, R]):
    """An action on a Thing class.

    Attributes:
        func: The function itself.
        exclusive: Whether it holds its Thing's lock while it runs.
        confirm: A question to ask an operator first; '' for none.
        requires: A condition over property values; '' for none.
        keep: Whether the blobs it returns are kept.
        safe, idempotent: In the words of the Thing Description.
        retention_time: How long an ended invocation can be asked for, in seconds.
    """

    kind = "action"

    def __init__(
        self,
        func: Callable[Concatenate[Any, P], R],
        *,
        title: str | None = None,
        description: str | None = None,
        group: str = "",
        exclusive: bool = True,
        confirm: str = "",
        requires: str = "",
        keep: bool = False,
        safe: bool = False,
        idempotent: bool = False,
        retention_time: float = DEFAULT_RETENTION_S,
    ) -> None:
        super().__init__(title=title, description=description, group=group)
        self.func = func
        self.exclusive = exclusive
        self.confirm = confirm
        self.requires = requires
        self.keep = keep
        self.safe = safe
        self.idempotent = idempotent
        self.retention_time = retention_time
        self.__doc__ = func.__doc__
        self._injected: dict[str, str] = {}
        self._input_model: type[BaseModel] | None = None
        self._output: TypeAdapter[R] | None = None
        self._refuse_what_cannot_run()
        self._direct = self._without_invocation()

    def _refuse_what_cannot_run(self) -> None:
        name = getattr(self.func, "__qualname__", repr(self.func))
        if inspect.iscoroutinefunction(self.func) or inspect.isasyncgenfunction(self.func):
            raise DefinitionError(
                f"{name}: an action runs in a thread of its own; write 'def', not 'async def'"
            )
        if inspect.isgeneratorfunction(self.func):
            raise DefinitionError(
                f"{name}: an action returns once; use progress() in it instead of yield"
            )
        for parameter in list(inspect.signature(self.func).parameters.values())[1:]:
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                raise DefinitionError(f"{name}: inputs have names; '*{parameter.name}' has none")
            if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
                raise DefinitionError(
                    f"{name}: '{parameter.name}' is positional only; inputs are given by name"
                )

    @property
    def title(self) -> str:
        """The given title, else a short first line of the docstring, else from the name."""
        return self._title or short_title(self._documented(), self.name)

    @property
    def input_model(self) -> type[BaseModel]:
        """The model of the input, one field a parameter."""
        if self._input_model is None:
            self.resolve_now()
        return cast("type[BaseModel]", self._input_model)

    @property
    def injected(self) -> Mapping[str, str]:
        """Parameter name to what is filled in: 'cancel_hook', 'id' or 'logger'."""
        if self._input_model is None:
            self.resolve_now()
        return self._injected

    @property
    def output(self) -> TypeAdapter[R]:
        """The pydantic adapter of what it returns."""
        if self._output is None:
            self.resolve_now()
        return cast("TypeAdapter[R]", self._output)

    @property
    def source(self) -> Callable[..., Any]:
        """The function, whose signature says all."""
        return self.func

    def resolve(self, scope: Scope) -> None:
        """Build the models from the signature."""
        hints = scope.hints(self.func)
        fields: dict[str, Any] = {}
        injected: dict[str, str] = {}
        extra: bool = False
        described = parameter_descriptions(self.func.__doc__ or "")
        parameters = list(inspect.signature(self.func).parameters.values())[1:]
        for parameter in parameters:
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                extra = True
                continue
            hint = hints.get(parameter.name, Any)
            filled_in = _injected_in(hint)
            if filled_in is not None:
                injected[parameter.name] = filled_in
                continue
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            fields[parameter.name] = (
                _titled(hint, parameter.name, described.get(parameter.name)),
                default,
            )
        config = ConfigDict(
            extra="allow" if extra else "forbid",
            allow_inf_nan=False,
            validate_default=True,
            protected_namespaces=(),
        )
        try:
            with warnings.catch_warnings():
                # A parameter may be called 'copy' or 'json', as methods of a model are.
                warnings.filterwarnings("ignore", message="Field name .* shadows an attribute")
                model = create_model(
                    f"{self.name}_input",
                    __config__=config,
                    __module__=self.func.__module__,
                    **fields,
                )
        except Exception as error:
            raise DefinitionError(f"{self.where}: {error}") from error
        if not model.__pydantic_complete__:
            raise NameError(f"a type that the input of {self.where} is made of is not defined")
        self._refuse_own_defaults(model)
        self._output = adapter_for(hints.get("return", Any), self.where)
        self._injected = injected
        self._input_model = model

    def _refuse_own_defaults(self, model: type[BaseModel]) -> None:
        """A default that the parameter's own type refuses would fail at the first click."""
        try:
            model.model_validate({})
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                if fault["type"] != "missing":
                    raise DefinitionError(
                        f"{self.where}: the default of {fault['loc'][0]!r} is refused: "
                        f"{said_plainly(fault)}"
                    ) from error
        except TypeError as error:
            raise DefinitionError(f"{self.where}: {error}") from error

    def input_schema(self) -> dict[str, Any] | None:
        """The data schema of the input; None where there is nothing to give."""
        if not self.input_model.model_fields and self.input_model.model_config["extra"] == "forbid":
            return None
        return dict(self._input_schema)

    @functools.cached_property
    def _input_schema(self) -> dict[str, Any]:
        """Made once a class: a bench may have a hundred Things of it."""
        return data_schema(TypeAdapter(self.input_model), self.where, "validation")

    @functools.cached_property
    def _output_schema(self) -> dict[str, Any]:
        return data_schema(cast("TypeAdapter[Any]", self.output), self.where, "serialization")

    def output_schema(self) -> dict[str, Any] | None:
        """The data schema of the output; None where it returns nothing."""
        schema = self._output_schema
        if schema.get("type") == "null" or not schema:
            return None
        return {**schema, "title": f"{self.name}_output"}

    def validated_input(self, value: Mapping[str, Any] | BaseModel | None) -> BaseModel:
        """The input as a model.

        Args:
            value: From JSON, from Python, or None for nothing.

        Raises:
            InputRefusedError: It does not fit.
        """
        try:
            model = finite(self.input_model.model_validate({} if value is None else value))
            self._refuse_taken_names(model)
            return model
        except ValidationError as error:
            reason, details = refusal(error)
            raise InputRefusedError(self.name, details, reason) from error

    def _refuse_taken_names(self, model: BaseModel) -> None:
        """Extra keys may not be called as the parameters that are no input.

        Raises:
            ValidationError: One is.
        """
        if not model.__pydantic_extra__:
            return
        first = next(iter(inspect.signature(self.func).parameters.values()))
        taken = {*self.injected}
        if first.kind is not inspect.Parameter.POSITIONAL_ONLY:
            taken.add(first.name)
        faults: list[InitErrorDetails] = [
            {"type": "extra_forbidden", "loc": (name,), "input": value}
            for name, value in model.__pydantic_extra__.items()
            if name in taken
        ]
        if faults:
            raise ValidationError.from_exception_data(self.name, faults)

    def call(self, thing: Thing, kwargs: Mapping[str, Any]) -> R:
        """Run the body, in the Thing's own thread where it has one.

        Args:
            thing: On which Thing.
            kwargs: The input, by name. What is to be injected and is not here is filled in: from
                the running invocation, or fresh where there is none.
        """
        func = cast("Callable[..., R]", self.func)
        given = {**self._fill_in(thing, kwargs), **kwargs}
        return self._run(thing, lambda: func(thing, **given))

    def _run(self, thing: Thing, body: Callable[[], R]) -> R:
        # `stop` must not stand in line behind the action it is to stop.
        if self.name == "stop":
            return body()
        core = thing._core
        return core.run(lambda: core.line.call(self.name, body))

    def _fill_in(self, thing: Thing, given: Mapping[str, Any]) -> dict[str, Any]:
        missing = {name: what for name, what in self.injected.items() if name not in given}
        if not missing:
            return {}
        running = current_invocation()
        id = running.id if running is not None else uuid.uuid4()
        makers: dict[str, Callable[[], object]] = {
            "id": lambda: id,
            "logger": lambda: thing.logger,
            "cancel_hook": lambda: running.cancel_event if running else CancelEvent(id),
        }
        return {name: makers[what]() for name, what in missing.items()}

    @overload
    def __get__(self, obj: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, obj: Thing, owner: type[Any]) -> Callable[P, R]: ...
    def __get__(self, obj: Thing | None, owner: type[Any]) -> Self | Callable[P, R]:
        """On the class the descriptor, on a Thing a plain bound method: no invocation."""
        if obj is None:
            return self
        return cast("Callable[P, R]", types.MethodType(self._direct, obj))

    def _without_invocation(self) -> Callable[..., R]:
        """What a script or the driver itself calls: the function, with its name and signature."""
        func = cast("Callable[..., R]", self.func)
        signature = inspect.signature(func)

        @functools.wraps(func)
        def direct(thing: Thing, *args: Any, **kwargs: Any) -> R:
            given = signature.bind_partial(thing, *args, **kwargs).arguments
            filled = self._fill_in(thing, given)
            return self._run(thing, lambda: func(thing, *args, **kwargs, **filled))

        return direct

    def __set__(self, obj: Thing, value: Never) -> None:
        """An action cannot be replaced on one Thing."""
        raise AttributeError(f"{self.where} is an action; it cannot be set")

    def _documented(self) -> str:
        """The docstring up to its sections on arguments and results."""
        return prose(self.func.__doc__)


def _injected_in(hint: Any) -> str | None:
    if get_origin(hint) is Annotated:
        for extra in get_args(hint)[1:]:
            if isinstance(extra, Injected):
                return extra.what
    return None


def _titled(hint: Any, name: str, description: str | None) -> Any:
    """The type with a title and a description, unless the author gave them in it."""
    given = [extra for extra in get_args(hint)[1:] if isinstance(extra, FieldInfo)]
    missing: dict[str, Any] = {}
    if not any(extra.title for extra in given):
        missing["title"] = humanise(name)
    if description and not any(extra.description for extra in given):
        missing["description"] = description
    return Annotated[hint, Field(**missing)] if missing else hint


def parameter_descriptions(docstring: str) -> dict[str, str]:
    """What the 'Args:' section of a Google style docstring says of each parameter."""
    _, found, section = inspect.cleandoc(docstring).partition("\nArgs:\n")
    if not found:
        return {}
    described: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        if line and not line.startswith(" "):
            break
        match = re.match(r"^ {2,4}(\w+)(?: \([^)]*\))?: (.*)$", line)
        if match:
            name = match[1]
            described[name] = match[2].strip()
        elif name and line.strip():
            described[name] += " " + line.strip()
    return described


class ActionDecorator(Unfinished):
    """`@action(title=...)`: holds the options until the function comes."""

    needs = "the method beneath it"

    def __init__(self, **options: Unpack[ActionOptions]) -> None:
        self._options: dict[str, Any] = dict(options)

    def __call__(self, func: Callable[Concatenate[Any, P], R]) -> ActionDescriptor[P, R]:
        """Make the action of its function."""
        return ActionDescriptor(func, **self._options)


@overload
def action(func: Callable[Concatenate[Any, P], R], /) -> ActionDescriptor[P, R]: ...
@overload
def action(**options: Unpack[ActionOptions]) -> ActionDecorator: ...
def action(func: Any = None, /, **options: Any) -> Any:
    """Declare an action.

    Args:
        func: The method, when used as a bare decorator.
        **options: `title`, `description`, `group`; `exclusive=False` to run beside other actions
            of the Thing; `confirm`, a question to ask first; `requires`, a condition; `keep` to
            keep the blobs it returns; `safe`, `idempotent`; `retention_time` in seconds.

    Raises:
        DefinitionError: It cannot be an action: async, a generator, `*args` or positional-only.
    """
    if func is not None:
        return ActionDescriptor(func)
    return ActionDecorator(**options)
