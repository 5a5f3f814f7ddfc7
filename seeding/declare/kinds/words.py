"""PostgreSQL's maps of texts (hstore) and search vectors."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.contrib.postgres.fields import HStoreField
from django.contrib.postgres.search import SearchVectorField
from django.db.backends.base.base import BaseDatabaseWrapper
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Categorical, Column, masked, objects, without_nulls
from ...report.wording import shown
from . import cells
from .base import is_storable, text_of
from .cells import Cells
from .objects import Objects


class Map(Objects):
    """Maps of texts to texts or None, as pairs in hstore's order.

    A seeder gives dictionaries, in a list or as categories; or one dictionary, whose values may be columns of text.
    """

    fields = (HStoreField,)
    title = "maps of texts"
    example = '{{"colour": rows.colour_name("{name}"), "size": "40"}}'
    types = ("hstore",)
    is_distinctive = True

    def given(self, value: Any, count: int) -> Column:
        if isinstance(value, Mapping) and any(isinstance(v, np.ndarray | Categorical) for v in value.values()):
            keys = _sorted(value)
            columns = [_texts(value[key], count) for key in keys]
            return objects([tuple(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)])
        return super().given(value, count)

    def number(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            super().number(value)
        keys = _sorted(value)
        texts = [text_of(value[key]) for key in keys]
        for text in texts:
            if text is not None:
                _check_text(text)
        return tuple(zip(keys, texts, strict=True))

    def value(self, stored: Any) -> dict[str, str | None]:
        return dict(stored)

    def laid_out(
        self, values: Sequence[Any], column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        texts, nulls = without_nulls([text for pairs in values for pair in pairs for text in pair], "")
        content, lengths = cells.with_lengths(cells.of_texts(masked(np.array(texts, np.str_), nulls)))
        counts = np.fromiter(map(len, values), np.int64, len(values))
        return cells.behind(counts.astype(">i4"), content, cells.sums(lengths, 2 * counts))


def _sorted(value: Mapping[Any, Any]) -> list[str]:
    for key in value:
        _check_text(key)
    return sorted(value, key=lambda key: (len(key.encode()), key.encode()))


def _texts(column: Any, count: int) -> list[Any]:
    if not isinstance(column, np.ndarray | Categorical):
        return _checked([text_of(column)] * count)
    if len(column) != count:
        raise ValueError(f"the map has a column of {len(column):,} values instead of {count:,}")
    return _checked(column.tolist())


def _checked(texts: list[Any]) -> list[Any]:
    """Return texts and NULLs. Raises TypeError for anything else, ValueError for what PostgreSQL doesn't store."""
    some, _ = without_nulls(texts, "")
    if set(map(type, some)) != {str} or not is_storable("".join(some)):
        for text in some:
            _check_text(text)
    return texts


def _check_text(text: Any) -> None:
    if not isinstance(text, str):
        raise TypeError(f"it holds {shown(text)}, and a map's keys and values are text")
    if "\0" in text:
        raise ValueError(f"it holds {shown(text)}, and PostgreSQL stores no NUL characters")
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise ValueError("it holds half a character (a lone surrogate)") from exc


# A search vector's notation: 'a word':3A,5 another, with quotes and backslashes doubled within quotes.
_LEXEME = re.compile(
    r"""\s* (?: '((?: [^'\\] | '' | \\. )*)' | ((?: [^\s:'\\] | \\. )+) )  # in quotes, or not
    (?: : (\d+[ABCD]? (?: ,\d+[ABCD]? )*) )? (?= \s | $ )""",
    re.ASCII | re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)|''", re.DOTALL)
_WEIGHTS = {"D": 0, "C": 1, "B": 2, "A": 3}
_LAST_POSITION = (1 << 14) - 1
_MOST_POSITIONS = 255
_MOST_BYTES = 2046  # of a lexeme


class SearchVector(Objects):
    """Search vectors, as lexemes with the positions and weights of their words.

    A seeder gives PostgreSQL's notation, like `"'cat':1A 'dog':2"`, or plain words, whose positions it then hasn't.
    """

    fields = (SearchVectorField,)
    title = "search vectors"
    example = '[f"{name}:1 {{n}}:2" for n in rows.numbers]'
    types = ("tsvector",)
    is_distinctive = True

    def number(self, value: Any) -> Any:
        value = text_of(value)
        if not isinstance(value, str):
            super().number(value)
        _check_text(value)
        found: dict[bytes, set[int]] = {}
        position, end = 0, len(value.rstrip())
        while position < end:
            match = _LEXEME.match(value, position)
            if match is None:
                raise ValueError(f"it holds {shown(value)}, which isn't a search vector as PostgreSQL writes it")
            lexeme = _ESCAPED.sub(lambda m: m[1] or "'", match[1] if match[1] is not None else match[2]).encode()
            if not lexeme or len(lexeme) > _MOST_BYTES:
                raise ValueError(f"it holds {shown(value)}, with a word of {len(lexeme):,} bytes")
            found.setdefault(lexeme, set()).update(_position(text) for text in (match[3] or "").split(",") if text)
            position = match.end()
        return tuple((lexeme.decode(), _positions(found[lexeme])) for lexeme in sorted(found))

    def of_array(self, array: NDArray[Any]) -> Column:
        if array.dtype.kind != "U":
            raise TypeError(f"it holds {array.dtype} values, and this column holds {self.title}")
        return super().of_array(array)

    def value(self, stored: Any) -> str:
        words = []
        for lexeme, positions in stored:
            quoted = lexeme.replace("\\", "\\\\").replace("'", "''")
            places = ",".join(f"{position & _LAST_POSITION}{' CBA'[position >> 14].strip()}" for position in positions)
            words.append(f"'{quoted}':{places}" if places else f"'{quoted}'")
        return " ".join(words)

    def encoded(self, stored: Any) -> bytes:
        parts = [struct.pack(">i", len(stored))]
        for lexeme, positions in stored:
            parts.append(lexeme.encode() + struct.pack(f">x{len(positions) + 1}H", len(positions), *positions))
        return b"".join(parts)


def _position(text: str) -> int:
    weight = "D" if text[-1].isdigit() else text[-1].upper()
    number = int(text.rstrip("ABCDabcd"))
    if number < 1:
        raise ValueError(f"it holds the position {number}, and positions begin with 1")
    return min(number, _LAST_POSITION) | _WEIGHTS[weight] << 14


def _positions(found: set[int]) -> tuple[int, ...]:
    """Return the positions in order; of those that are the same, the one with the greatest weight."""
    by_number: dict[int, int] = {}
    for position in sorted(found):
        by_number[position & _LAST_POSITION] = position
    return tuple(by_number[number] for number in sorted(by_number))[:_MOST_POSITIONS]
