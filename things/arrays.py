"""Numpy arrays as values of properties and actions.

In JSON an array is a list of numbers (nested for more axes). In Python it stays an array:

    spectrum: FloatArray = property(default_factory=lambda: np.zeros(2048), read_only=True)
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class ArrayType:
    """The marker that teaches pydantic a numpy array.

    Attributes:
        dtype: Every value is converted to it.
        ndim: How many axes it must have, or None for any.
    """

    def __init__(self, dtype: type[np.generic], ndim: int | None = None) -> None:
        self.dtype = np.dtype(dtype)
        self.ndim = ndim

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Take lists and arrays, give arrays; as JSON give lists."""
        return core_schema.no_info_plain_validator_function(
            self._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda array: np.asarray(array).tolist(), when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """An array of numbers, as deep as it has axes."""
        kind = "integer" if np.issubdtype(self.dtype, np.integer) else "number"
        schema: JsonSchemaValue = {"type": kind}
        for _ in range(self.ndim or 1):
            schema = {"type": "array", "items": schema}
        return schema

    def _validate(self, value: Any) -> NDArray[Any]:
        try:
            given = np.asarray(value)
        except ValueError as error:  # lists of unlike lengths
            raise PydanticCustomError("array", "must be a list of numbers") from error
        if given.dtype.kind not in "biuf" and given.size:
            raise PydanticCustomError("array", "must be a list of numbers")
        if np.issubdtype(self.dtype, np.integer):
            array = self._whole(given)
        else:
            # A copy, so that the driver's own array may change without anybody being told.
            array = np.array(given, dtype=self.dtype)
        if self.ndim is not None and array.ndim != self.ndim:
            raise PydanticCustomError(
                "array_axes",
                "must have {ndim} axes, not {given}",
                {"ndim": self.ndim, "given": array.ndim},
            )
        if np.issubdtype(self.dtype, np.floating) and not np.isfinite(array).all():
            raise PydanticCustomError("finite_number", "must be finite numbers")
        return array

    def _whole(self, given: NDArray[Any]) -> NDArray[Any]:
        """The integers, if they are integers and fit."""
        with np.errstate(invalid="ignore"):
            array = np.array(given).astype(self.dtype)
        if not np.array_equal(array, given) or (array.dtype.kind == "i" and _turned(array, given)):
            raise PydanticCustomError(
                "int_type",
                "must be whole numbers of {bits} bits",
                {"bits": 8 * self.dtype.itemsize},
            )
        return array


def _turned(array: NDArray[Any], given: NDArray[Any]) -> bool:
    """Whether a number too large has come out negative; compared as floats it may look equal."""
    return bool(((array < 0) != (given < 0)).any())


FloatArray = Annotated[NDArray[np.float64], ArrayType(np.float64, ndim=1)]
"""A one-dimensional array of 64-bit floats."""

IntArray = Annotated[NDArray[np.int64], ArrayType(np.int64, ndim=1)]
"""A one-dimensional array of 64-bit integers."""
