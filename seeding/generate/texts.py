"""Texts as arrays: numbers in figures, joining, cutting to a length. What values of text are put together from."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Categorical
from .streams import Bits, Numbers

Texts = NDArray[np.str_]
Part = Texts | str | tuple[Texts, Numbers]

_GROUP = 4  # figures that one look-up gives
BLOCK_ROWS = 512  # that are joined at a time: their texts stay in the processor's cache


def in_figures(numbers: Numbers | Bits, width: int = 0) -> Texts:
    """Return each number, none of them negative, as text, with leading zeros up to `width` figures."""
    count = len(numbers)
    longest = max(len(str(numbers.max())) if count else 1, width)
    groups = -(-longest // _GROUP)
    figures = np.empty((count, groups, _GROUP), np.uint32)
    rest = numbers.astype(np.uint64)
    for group in reversed(range(groups)):
        rest, four = np.divmod(rest, np.uint64(10**_GROUP))
        np.take(_four_figures(), four.astype(np.intp), axis=0, out=figures[:, group])
    padded = as_texts(figures.reshape(count, groups * _GROUP)[:, groups * _GROUP - longest :])
    if width >= longest or count == 0:
        return padded
    return _without_zeros(padded, numbers, longest, max(width, 1))


def _without_zeros(padded: Texts, numbers: Numbers | Bits, longest: int, width: int) -> Texts:
    """Take the leading zeros off: together for all numbers of the same length, which most of them have."""
    powers = np.array([10**power for power in range(width, longest)], np.uint64)
    lengths = np.searchsorted(powers, numbers.astype(np.uint64), side="right") + width
    if lengths.min() == longest:
        return padded
    from_figures = padded.view(np.uint32).reshape(len(numbers), longest)
    moved = np.zeros_like(from_figures)
    for length in range(width, longest + 1):
        here = np.flatnonzero(lengths == length)
        moved[here, :length] = from_figures[here, longest - length :]
    return as_texts(moved)


@cache
def _four_figures() -> NDArray[np.uint32]:
    powers = 10 ** np.arange(_GROUP)[::-1]
    return (ord("0") + np.arange(10**_GROUP)[:, None] // powers % 10).astype(np.uint32)


def as_texts(codes: NDArray[np.uint32]) -> Texts:
    """Return rows of code points, ended by zeros, as texts."""
    count, width = codes.shape
    return np.ascontiguousarray(codes).view(f"U{max(width, 1)}").reshape(count)


def as_codes(texts: Texts) -> NDArray[np.uint32]:
    """Return texts as rows of code points, ended by zeros."""
    texts = np.ascontiguousarray(texts)
    return texts.view(np.uint32).reshape(len(texts), texts.dtype.itemsize // 4)


def joined(*parts: Part) -> Texts:
    """Return the parts of each row, one after the other; at least one part differs by row.

    A part is a text for each row, or one text for all, or a pair of a table of texts and a place in it for each
    row. Few rows are joined at a time, so that only the result takes memory: fresh memory is what costs most here.
    """
    count = next(len(part[1]) if isinstance(part, tuple) else len(part) for part in parts if not isinstance(part, str))
    result = np.empty(count, f"U{sum(map(_width, parts))}")
    for start in range(0, count, BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        pieces: list[Any] = [_piece(part, block) for part in parts]
        while len(pieces) > 2:  # in pairs, so that long texts aren't copied once for each part
            pairs = zip(pieces[::2], pieces[1::2], strict=False)
            pieces = [np.strings.add(left, right) for left, right in pairs] + pieces[len(pieces) & ~1 :]
        np.add(pieces[0], pieces[1] if len(pieces) > 1 else "", out=result[block])
    return result


def _width(part: Part) -> int:
    texts = part[0] if isinstance(part, tuple) else part
    return len(texts) if isinstance(texts, str) else texts.dtype.itemsize // 4


def _piece(part: Part, block: slice) -> Texts | str:
    if isinstance(part, tuple):
        table, places = part
        taken: Texts = table[places[block]]
        return taken
    return part if isinstance(part, str) else part[block]


def trimmed(texts: Texts) -> Texts:
    """Return the texts without room for longer ones."""
    return texts.astype(f"U{max(1, np.strings.str_len(texts).max(initial=0))}")


def spread(column: Any) -> Texts:
    """Return a column of text as an array. Raises ValueError where it has a NULL."""
    if not isinstance(column, Categorical):
        return np.asarray(column, np.str_)
    if None in column.labels:
        raise ValueError("a text can't be made from NULL")
    return np.array(column.labels, np.str_)[column.codes]


def cut_at_words(texts: Texts, longest: int) -> Texts:
    """Return each text's first `longest` characters, without a word that is cut off; the first word always stays."""
    if texts.dtype.itemsize // 4 <= longest or len(texts) == 0:
        return texts
    codes = as_codes(texts)
    too_long = codes[:, longest] != 0
    ends = codes[:, : longest + 1] == ord(" ")
    last = longest - ends[:, ::-1].argmax(axis=1)
    keep = np.where(too_long & ends.any(axis=1), last, longest)
    kept = codes[:, :longest].copy()
    kept[np.arange(longest) >= keep[:, None]] = 0
    return as_texts(kept)


def moments_as_text(microseconds: NDArray[np.int64]) -> Texts:
    """Return microseconds since 1970 as dates and times of UTC, like `2026-11-24 08:30:00`, with a fraction if any."""
    seconds, fractions = np.divmod(microseconds, 1_000_000)
    days, seconds = np.divmod(seconds, 86_400)
    different, which = np.unique(days, return_inverse=True)
    moments = np.empty((len(days), 26 if fractions.any() else 19), np.uint32)
    moments[:, :10] = _codes(np.datetime_as_string(different.view("M8[D]")), 10)[which]
    moments[:, 10] = ord(" ")
    moments[:, 11:19] = _clock()[seconds]
    if fractions.any():
        moments[:, 19] = ord(".")
        moments[:, 20:] = _codes(in_figures(fractions, 6), 6)
        moments[fractions == 0, 19:] = 0
    return as_texts(moments)


@cache
def _clock() -> NDArray[np.uint32]:
    """Return the codes of each second of a day, like `08:30:00`."""
    clock = np.full((24, 60, 60, 8), ord(":"), np.uint32)
    two = _four_figures()[:60, 2:]
    clock[..., :2], clock[..., 3:5], clock[..., 6:] = two[:24, None, None], two[:, None], two
    return clock.reshape(-1, 8)


def _codes(texts: Texts, width: int) -> NDArray[np.uint32]:
    return np.ascontiguousarray(texts.astype(f"U{width}")).view(np.uint32).reshape(len(texts), width)
