"""What a kind is: one class for each kind of column, and all that depends on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field
from django.utils.functional import Promise
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Categorical, Column, filled, masked, nulls_of, without_nulls
from ...report.wording import number_of, shown
from ..target import Target
from . import cells
from .cells import Cells

_SCALARS = (np.number, np.bool_)
_PREPARING = ("get_prep_value", "get_db_prep_value", "get_db_prep_save")


class Unsuitable(ValueError):
    """The database's column has a type that doesn't hold this kind of values exactly."""


class Kind(ABC):
    """One kind of column: which fields it serves, what a seeder may give for it, and how that is stored.

    A column has two forms. Declared, as seeders and digests have it: times as microseconds before the anchor,
    references as row numbers. Stored, as any database has it: times as microseconds since 1970, references as keys.
    """

    fields: ClassVar[tuple[type[Field[Any, Any]], ...]] = ()
    alike: ClassVar[tuple[type[Field[Any, Any]], ...]] = ()  # subclasses that prepare values in vain
    title: ClassVar[str]  # what it holds, for messages: "text"
    example: ClassVar[str]  # how a seeder may give it, for messages
    types: ClassVar[tuple[str, ...]]  # of pg_type, that hold its values exactly
    is_distinctive = False  # a value of it can tell one row from any other

    def __init__(self, field: Field[Any, Any]) -> None:
        self.field = field
        served = next((base for base in type(field).__mro__ if base in (*self.fields, *self.alike)), Field)
        self.is_adapted = any(getattr(type(field), name) is not getattr(served, name) for name in _PREPARING)

    @property
    def is_known(self) -> bool:
        """Whether all of it is known: not so an array of something that no kind serves."""
        return True

    # What a seeder gives.

    def column(self, value: Any, count: int) -> Column:
        """Return what a seeder gave for `count` rows, in declared form.

        Raises TypeError for values of another kind, ValueError for the wrong number or for a value that doesn't fit.
        """
        found = self.given(value, count)
        if len(found) != count:
            raise ValueError(f"{number_of(len(found), 'value')} for {number_of(count, 'row')}")
        if not self.field.null and nulls_of(found) is not None:
            raise ValueError("it holds NULL, and the column may not be NULL")
        self.check(found)
        return found

    def given(self, value: Any, count: int) -> Column:
        """Return what a seeder gave in declared form, before it is checked."""
        if isinstance(value, Categorical):
            _check_codes(value)
            return self.categories(value)
        if isinstance(value, list | tuple) and not self.is_one_value(value):
            return self.of_list(_without_scalars(value))
        if isinstance(value, np.ndarray) and value.ndim == 1:
            return self.of_list(value.tolist()) if value.dtype == object else self.of_array(value)
        if isinstance(value, np.ndarray) and value.ndim > 1:
            raise TypeError(f"it has {value.ndim} dimensions, not one value a row")
        one = value.item() if isinstance(value, np.generic | np.ndarray) else value
        return self.categories(Categorical(np.zeros(count, np.intp), (one,)))

    def is_one_value(self, value: Any) -> bool:
        """Return True if a list is one value for all rows, as arrays and documents are."""
        return False

    def categories(self, column: Categorical) -> Column:
        """Return a categorical column in declared form: its labels, cast like values, in the rows' order."""
        labels = self.of_list(list(column.labels))
        return _taken(labels, column.codes)

    def of_list(self, values: Sequence[Any]) -> Column:
        """Return Python values, None being NULL, in declared form."""
        some, nulls = without_nulls(values, self.blank)
        if set(map(type, some)) != {self.plain}:
            some = [self.blank if value is None else self.number(value) for value in values]
        try:
            array = np.array(some, self.dtype)
        except OverflowError as exc:
            raise ValueError("a value doesn't fit into 64 bits") from exc
        return masked(array, nulls)

    dtype: ClassVar[str] = "i8"
    blank: ClassVar[Any] = 0
    plain: ClassVar[type[Any] | None] = None  # a type of whose values `number` returns each as it is

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "number" in vars(cls):
            cls.plain = vars(cls).get("plain")  # what another `number` does with them isn't known

    def number(self, value: Any) -> Any:
        """Return a Python value as the number that stands for it. Raises TypeError or ValueError."""
        raise TypeError(f"it holds {shown(value)}, and this column holds {self.title}")

    def of_array(self, array: NDArray[Any]) -> Column:
        """Return an array, masked where it is NULL, in declared form."""
        values = filled(array)
        if (values.dtype == bool) != (self.dtype == "?") or not np.can_cast(values.dtype, self.dtype, "same_kind"):
            raise TypeError(f"it holds {array.dtype} values, and this column holds {self.title}")
        if values.dtype.kind == "u" and len(values) and int(values.max()) > np.iinfo(np.int64).max:
            raise ValueError(f"{int(values.max())} doesn't fit into 64 bits")
        return masked(values.astype(self.dtype, copy=False), nulls_of(array))

    def check(self, column: Column) -> None:  # noqa: B027 (not every kind has limits)
        """Raise ValueError for a value that the field can't hold."""

    # What is stored.

    def stored(self, column: Column, target: Target) -> Column:
        """Return a column in stored form."""
        return column

    @abstractmethod
    def python(self, column: Column) -> list[Any]:
        """Return a stored column as the values that the ORM takes and gives."""

    def parameters(self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper) -> list[Any]:
        """Return a stored column as SQLite's driver takes it, stored like what the ORM sends."""
        prepares = (getattr(type(self.field), name).__module__ for name in _PREPARING)
        is_djangos = not self.is_adapted and all(module.startswith("django.") for module in prepares)
        if is_djangos and (found := self.quick_parameters(column, column_type, connection)) is not None:
            return found
        save = self.field.get_db_prep_save
        return [save(value, connection) for value in self.python(column)]

    def quick_parameters(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper
    ) -> list[Any] | None:
        """Return what `parameters` does without the field's help, or None."""
        return self.python(column) if self.is_sent_as_is else None

    is_sent_as_is: ClassVar[bool] = False  # the driver gets the values that the ORM takes

    def read(self, values: Sequence[Any]) -> Column:
        """Return values that the ORM gave as a stored column."""
        return self.of_list(values)

    def asked(self, value: Any, column_type: ColumnType, connection: BaseDatabaseWrapper) -> Any:
        """Return the expression to ask for instead of `value`, the column: `read` takes it, too, and it is quicker."""
        return value

    @property
    def reader(self) -> Field[Any, Any] | None:
        """The field that reads what is stored, where the column's own field makes of it what can't be compared."""
        return None

    def sent(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """Return a value of the ORM as it is stored, in the form in which `reader` reads it."""
        return self.field.get_db_prep_save(value, connection)

    def cells(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool = False
    ) -> Cells:
        """Return a stored column as COPY sends it; with `canonical`, as the server sends it.

        Raises Unsuitable where the database's column doesn't hold such values exactly.
        """
        if self.is_adapted:
            save = self.field.get_db_prep_save
            return cells.of_adapted([save(v, connection) for v in self.python(column)], column_type, connection)
        self.check_type(column_type)
        return self.binary(column, column_type, connection, canonical=canonical)

    def check_type(self, column_type: ColumnType) -> None:
        """Raise Unsuitable where the database's column doesn't hold such values exactly."""
        if column_type.name not in self.types and not self.is_adapted:
            raise Unsuitable(f"is {column_type.cast} in the database, which doesn't hold {self.title} exactly")

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        """Return a stored column as `cells` does, where its type is suitable and its field prepares nothing."""
        return cells.of_adapted(self.python(column), column_type, connection)


def _without_scalars(values: Sequence[Any]) -> list[Any]:
    """Return the values, those of NumPy's types as Python's."""
    if not any(issubclass(each, _SCALARS) for each in set(map(type, values))):
        return list(values)
    return [value.item() if isinstance(value, _SCALARS) else value for value in values]


def text_of(value: Any) -> Any:
    """Return a lazy text as text, anything else as it is."""
    return str(value) if isinstance(value, Promise) else value


def is_storable(text: str) -> bool:
    """Return False if PostgreSQL wouldn't store all of the text, or it can't be encoded."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_codes(column: Categorical) -> None:
    codes, labels = column.codes, len(column.labels)
    if len(codes) and not 0 <= codes.min() <= codes.max() < labels:
        wrong = codes.min() if codes.min() < 0 else codes.max()
        raise ValueError(f"it holds the code {wrong}, and its labels have the codes 0 to {labels - 1}")


def _taken(column: Column, codes: NDArray[np.intp]) -> Column:
    if isinstance(column, Categorical):
        return Categorical(column.codes[codes], column.labels)
    nulls = nulls_of(column)
    return masked(filled(column)[codes], None if nulls is None else nulls[codes])
