"""Codes and numbers by a pattern: invoice numbers, order codes, coupons, keys."""

from __future__ import annotations

from functools import cache
from string import Formatter
from typing import NamedTuple

import numpy as np

from ..arithmetic import multiply_high
from ..texts import Texts, as_codes, as_texts, in_figures, joined
from .base import RowsBase

ALPHABETS = {
    "digits": "0123456789",
    "letters": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "hex": "0123456789abcdef",
    "safe": "23456789ABCDEFGHJKLMNPQRSTUVWXYZ",  # no 0, O, 1, I, which people take for each other
}
_PLACES = "{n}, {n:06}, {unique:6}, {digits:4}, {letters:3}, {hex:8} and {safe:5}"
_WIDEST = 19  # figures of a number below 2**64


class _Part(NamedTuple):
    text: str  # what stands before the place
    place: str | None  # None: only the text
    width: int


class CodeValues(RowsBase):
    """Texts that a pattern describes."""

    def code(self, pattern: str, stream: str | None = None, *, start: int = 1) -> Texts:
        """Return the pattern for each row, its places filled: `rows.code("INV-{n:06}")` gives INV-000001, …

        `{n}` is the row's number, from `start`; with a width it has leading zeros, and grows beyond it where it must.
        `{unique:6}` is a number of so many figures that no other row has. `{digits:4}`, `{letters:3}`, `{hex:8}` and
        `{safe:5}` (what can't be misread) are random and may repeat. A pattern with `{n}` or `{unique:…}` gives
        another text for each row: all other places have a fixed width. `stream` is the pattern, unless given. Raises
        ValueError for a pattern that can't be read, and where `{unique:…}` has fewer numbers than there are rows.
        """
        stream = pattern if stream is None else stream
        parts: list[Texts | str] = []
        for position, part in enumerate(_parsed(pattern)):
            parts.append(part.text)
            if part.place is not None:
                parts.append(self._filled(part.place, part.width, f"{stream}/{position}", start))
        if all(isinstance(part, str) for part in parts):
            return np.full(len(self), "".join(part.text for part in _parsed(pattern)))
        return joined(*parts)

    def _filled(self, place: str, width: int, stream: str, start: int) -> Texts:
        if place == "n":
            return in_figures(self.numbers + start, width)
        if place == "unique":
            what = f"numbers of {width} figures"
            return in_figures(self.below(stream, 10**width, unique=True, what=what), width)
        return self.characters(stream, ALPHABETS[place], width)

    def characters(self, stream: str, alphabet: str, length: int) -> Texts:
        """Return `length` random characters of the alphabet a row. Raises ValueError for none of either."""
        if not alphabet or length < 1:
            raise ValueError(f"{length} characters of {alphabet!r}: there must be at least one of each")
        letters = as_codes(np.array(list(alphabet)))[:, 0]
        size = np.uint64(len(alphabet))
        codes = np.empty((len(self), length), np.uint32)
        for position in range(length):
            if position % 8 == 0:
                bits = self.bits(f"{stream}/{position}" if position else stream)
            codes[:, position] = letters[multiply_high(bits, size).view(np.int64)]
            bits = bits * size  # the fraction of what was drawn
        return as_texts(codes)


@cache
def _parsed(pattern: str) -> tuple[_Part, ...]:
    return tuple(
        _Part(text, place, 0 if place is None else _width(pattern, place, width or "", conversion))
        for text, place, width, conversion in Formatter().parse(pattern)
    )


def _width(pattern: str, place: str, width: str, conversion: str | None) -> int:
    known = place in ("n", "unique", *ALPHABETS)
    if not known or conversion or not (width.isdecimal() or (place == "n" and not width)):
        raise ValueError(f"the pattern {pattern!r} has a place {{{place}:{width}}}; there are {_PLACES}")
    number = int(width or 0)
    if place == "unique" and not 1 <= number <= _WIDEST:
        raise ValueError(f"the pattern {pattern!r} asks for unique numbers of {number} figures: from 1 to {_WIDEST}")
    return number
