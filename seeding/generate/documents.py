"""JSON documents as text, written as PostgreSQL's jsonb writes them: so one document has one text everywhere.

Keys are sorted by their length in bytes and then by their bytes, one space follows each comma and colon, and numbers
have no exponent. Source: https://www.postgresql.org/docs/current/datatype-json.html, and jsonb_util.c.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from json.encoder import encode_basestring
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Categorical, Column, filled, is_masked, nulls_of

Write = Callable[[Any], str]

_COLUMN = "\0"  # stands for a column's texts; no JSON has this character
_CONSTANTS = {None: "null", True: "true", False: "false"}


def written(value: Any) -> str:
    """Return a value of plain JSON types as text. Raises TypeError or ValueError for one that JSON doesn't have."""
    if isinstance(value, str):
        return _string(value)
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return _fraction(value)
    if isinstance(value, Mapping):
        pairs = [f"{name}: {written(value[key])}" for key, name in _in_order(tuple(value))]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, np.generic | np.ndarray):
        return written(value.tolist())
    raise TypeError(f"it holds a {type(value).__name__}, which is not valid JSON")


def read(text: str) -> Any:
    """Return a text of JSON as a value that `written` takes. Raises ValueError."""
    return json.loads(text, parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not valid JSON")


@lru_cache(maxsize=1000)
def _in_order(keys: tuple[Any, ...]) -> list[tuple[str, str]]:
    """Return an object's keys in jsonb's order, and as they are written. Raises TypeError for one that is no text."""
    wrong = [key for key in keys if not isinstance(key, str)]
    if wrong:
        raise TypeError(f"it holds an object with the key {wrong[0]!r}, and JSON's keys are text")
    ordered = sorted(keys, key=lambda key: (len(key.encode("utf-8", "surrogatepass")), key))
    return [(key, _string(key)) for key in ordered]


def _string(text: str) -> str:
    text = str.__str__(text)
    if "\0" in text:
        raise ValueError("it holds a NUL character, which PostgreSQL doesn't store")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as exc:
            raise ValueError("it holds half a character (a lone surrogate)") from exc
    return encode_basestring(text)


def _fraction(value: float) -> str:
    if not isfinite(value):
        raise ValueError(f"it holds {value}, which is not valid JSON")
    text = float.__repr__(value or 0.0)  # which has no sign
    return format(Decimal(text), "f") if "e" in text else text


def has_columns(value: Any) -> bool:
    """Return True if there is a column anywhere in the template."""
    if isinstance(value, Mapping):
        return any(map(has_columns, value.values()))
    if isinstance(value, list | tuple):
        return any(map(has_columns, value))
    return isinstance(value, np.ndarray | Categorical)


def documents(template: Any, count: int, write: Write = written) -> list[str]:
    """Return a document a row: the template, with each column in it replaced by the row's value.

    Columns are arrays and categoricals; an array of two dimensions is a list a row. `write` writes all else. Raises
    ValueError for a column of another length than `count`.
    """
    columns: list[list[str]] = []
    constants = _pattern(template, columns, count, write).split(_COLUMN)
    parts: list[Iterable[str]] = [repeat(constants[0], count)]
    for column, constant in zip(columns, constants[1:], strict=True):
        parts += [column, repeat(constant, count)]
    return list(map("".join, zip(*parts, strict=True)))


def _pattern(value: Any, columns: list[list[str]], count: int, write: Write) -> str:
    if isinstance(value, np.ndarray | Categorical):
        if len(value) != count:
            raise ValueError(f"the template has a column of {len(value):,} values instead of {count:,}")
        columns.append(_texts(value, write))
        return _COLUMN
    if isinstance(value, Mapping):
        pairs = ((name, _pattern(value[key], columns, count, write)) for key, name in _in_order(tuple(value)))
        return f"{{{', '.join(f'{key}: {text}' for key, text in pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_pattern(item, columns, count, write) for item in value)}]"
    return write(value)


def _texts(column: Column, write: Write) -> list[str]:
    if isinstance(column, Categorical):
        labels = [write(label) for label in column.labels]
        return [labels[code] for code in column.codes.tolist()]
    if column.dtype.kind in "mM":
        raise TypeError("the template has a column of moments: JSON has none, so write them as text or numbers")
    nulls = nulls_of(column) if column.ndim == 1 else None
    write = _writer(column, write)
    texts = list(map(write, (column if nulls is None else filled(column)).tolist()))
    if nulls is not None:
        texts = ["null" if is_null else text for text, is_null in zip(texts, nulls.tolist(), strict=True)]
    return texts


def _writer(column: NDArray[Any], write: Write) -> Write:
    """Return the quickest function that writes the column's values."""
    if column.ndim == 1:
        return _WRITERS.get(column.dtype.kind, write)
    return str if column.dtype.kind in "iu" and not is_masked(column) else write  # lists of whole numbers


_WRITERS: dict[str, Write] = {"i": str, "u": str, "f": _fraction, "U": _string, "b": _CONSTANTS.__getitem__}
