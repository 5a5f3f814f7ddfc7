"""Does an expression fit into its column? Tried with some rows: the first ones, and the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db.models import Field

from ...generate.columns import Categorical
from ...generate.rows import Rows
from ...generate.streams import Dataset
from ..kinds import Kind, Reference
from ..target import Target
from .expressions import Expression

_SOME = 40  # rows at either end of a table
_TARGET = Target("", {}, datetime(2026, 1, 5, tzinfo=UTC))
MISFITS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, ValidationError)


def sample(dataset: Dataset, table: str) -> list[Rows]:
    """Return some rows of the table, to try expressions with."""
    total = dataset.row_counts[table]
    starts = {0, max(_SOME, total - _SOME)}  # none twice: they may have to be different
    return [Rows(dataset, table, start, min(start + _SOME, total)) for start in sorted(starts) if start < total]


def first_fitting(
    kind: Kind, candidates: Iterable[Expression], some: Sequence[Rows], *, is_unique: bool
) -> tuple[Expression | None, bool]:
    """Return the first expression that fits into the column, and whether the field's validators accept its values.

    One that validators accept comes first. None where none fits.
    """
    second = None
    for expression in candidates:
        try:
            tried = list(values(kind, expression, some))
        except MISFITS:
            continue
        there = [repr(value) for value in tried if value is not None]
        if is_unique and len(set(there)) < len(there):
            continue
        if _is_valid(kind.field, tried):
            return expression, True
        second = second or expression
    return second, False


def values(kind: Kind, expression: Expression, some: Sequence[Rows]) -> Iterator[Any]:
    """Yield the values that an expression gives some rows, as Python has them. Raises one of MISFITS."""
    for rows in some:
        value = expression.value(rows)
        _check_longest(value, kind.field)
        column = kind.column(value, len(rows))
        yield from column.tolist() if isinstance(kind, Reference) else kind.python(kind.stored(column, _TARGET))


def _check_longest(value: Any, f: Field[Any, Any]) -> None:
    """Raise ValueError where a row that wasn't tried may have a text that is too long: arrays have room for any."""
    if f.max_length and isinstance(value, np.ndarray) and value.dtype.kind == "U":
        longest = value.dtype.itemsize // 4
    elif f.max_length and isinstance(value, Categorical):
        longest = max((len(label) for label in value.labels if isinstance(label, str)), default=0)
    else:
        return
    if longest > f.max_length:
        raise ValueError(f"texts of up to {longest} characters don't fit into {f.max_length}")


def _is_valid(f: Field[Any, Any], values: Sequence[Any]) -> bool:
    if f.is_relation or not f.validators:
        return True
    try:
        for value in values:
            f.run_validators(value)
    except ValidationError:
        return False
    except MISFITS:
        return True  # a field whose values are objects of its own, which its validators want
    return True
