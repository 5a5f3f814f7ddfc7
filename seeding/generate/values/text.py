"""Words, titles, sentences and paragraphs, in plain English that means nothing in particular."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..arithmetic import scaled
from ..columns import Categorical
from ..slugs import slugs
from ..streams import Bits, Numbers
from ..texts import BLOCK_ROWS, Part, Texts, as_codes, as_texts, cut_at_words, in_figures, joined, spread
from . import words
from .base import RowsBase, in_blocks


class TextValues(RowsBase):
    """Texts to read."""

    def word(self, stream: str, *, unique: bool = False) -> Categorical:
        """Return one word a row, in lower case; with `unique`, another one for each of 124 rows.

        Raises ValueError where the table has more rows than there are words.
        """
        labels = words.single_words()
        drawn = self.below(stream, len(labels), unique=unique, what="different words")
        return Categorical(drawn.view(np.int64), labels)

    def words(self, stream: str, low: int = 3, high: int | None = None) -> Texts:
        """Return from `low` to `high` words a row (by default, `low`), with a space between them.

        Raises ValueError unless 1 <= low <= high.
        """
        lengths = self._lengths(stream, low, high)
        chosen = words.single_words()
        first, others = np.array(chosen), np.array([*(f" {word}" for word in chosen), ""])
        parts: list[Part] = [(first, _picks(self.bits(stream), len(chosen)))]
        for position in range(1, high or low):
            picks = _picks(self.bits(f"{stream}/{position}"), len(chosen))
            parts.append((others, np.where(position < lengths, picks, -1)))
        return joined(*parts)

    def title(self, stream: str, *, max_length: int | None = None, unique: bool = False) -> Texts:
        """Return a title a row: "The Quiet Harbour in Winter"; with `unique`, another one for each of 50,000,000 rows.

        `max_length` leaves off whole words at the end, which `unique` doesn't go with. Raises ValueError where the
        table has more rows than there are titles.
        """
        _check_max_length(max_length, unique)
        heads, tails = words.headings(), words.endings_of_titles()
        tail_count = len(tails) if unique else words.SHORT_ENDINGS
        drawn = self.below(stream, len(heads) * tail_count, unique=unique, what="different titles").view(np.int64)
        head, tail = np.divmod(drawn, tail_count)
        text = joined((heads, head), (tails, tail))
        return text if max_length is None else cut_at_words(text, max_length)

    def sentence(self, stream: str, *, max_length: int | None = None, unique: bool = False) -> Texts:
        """Return a sentence a row, of 30 to 80 characters; with `unique`, another one for each of 2,000,000 rows.

        `max_length` leaves off whole words at the end, which `unique` doesn't go with. Raises ValueError where the
        table has more rows than there are sentences.
        """
        _check_max_length(max_length, unique)
        drawn = self.below(stream, words.SENTENCES, unique=unique, what="different sentences")
        text = joined(*_sentence(drawn.view(np.int64)))
        return text if max_length is None else _ended(text, np.full(len(self), max_length))

    @in_blocks
    def paragraph(self, stream: str, low: int = 3, high: int = 6) -> Texts:
        """Return from `low` to `high` sentences a row, with a space between them.

        Raises ValueError unless 1 <= low <= high.
        """
        return joined(*self._paragraph(stream, low, high))

    @in_blocks
    def paragraphs(self, stream: str, low: int = 2, high: int = 4) -> Texts:
        """Return from `low` to `high` paragraphs a row, of three to six sentences, with an empty line between them.

        Raises ValueError unless 1 <= low <= high.
        """
        lengths = self._lengths(stream, low, high)
        parts = self._paragraph(stream, 3, 6)
        for position in range(1, high):
            where = position < lengths
            parts += [_where(where, "\n\n"), *self._paragraph(f"{stream}/paragraph {position}", 3, 6, where)]
        return joined(*parts)

    @in_blocks
    def text(self, stream: str, low: int, high: int) -> Texts:
        """Return sentences of `low` to `high` characters in all: for columns whose length matters.

        The last sentence is cut between two words, and ended with a full stop. Raises ValueError unless
        20 <= low, and low + 20 <= high: shorter texts are made of words.
        """
        if not 20 <= low <= high - 20:
            raise ValueError(f"a text of {low} to {high} characters: it takes at least 20, and 20 from low to high")
        wished = low + 20 + _picks(self.bits(f"{stream}/length"), high - low - 19)
        openings, closings = np.strings.str_len(words.openings()), np.strings.str_len(words.closings())
        length = np.zeros(len(self), np.int64)
        parts: list[Part] = [np.zeros(len(self), "U1")]
        position = 0
        while (missing := length < wished).any():
            opening, closing = np.divmod(self._sentence_numbers(stream, position), words.CLOSINGS)
            parts += [*_sentence(opening * words.CLOSINGS + closing, missing), _where(missing, " ")]
            length += openings[opening] + closings[closing] + 1
            position += 1
        return _ended(joined(*parts), wished)

    def slug(self, column: Texts | Categorical, *, unique: bool = True, max_length: int | None = None) -> Texts:
        """Return the column's texts as slugs: "Über uns!" gives `uber-uns`.

        With `unique`, each ends with its row's number, from 1: `uber-uns-7`. `max_length` shortens the part before it.
        A text without any letter or figure of ASCII gives the row's number alone. Raises ValueError for NULLs, and
        where `max_length` leaves no room.
        """
        made = slugs(spread(column))
        figures = in_figures(self.numbers + 1)
        empty = made == ""
        room = None if max_length is None else max_length - (len(str(self.total)) + 1 if unique else 0)
        if room is not None:
            if room < 1:
                raise ValueError(f"slugs of at most {max_length} characters leave no room for a row's number")
            made = np.strings.rstrip(made.astype(f"U{min(room, made.dtype.itemsize // 4)}"), "-")
        endings = joined("-", figures) if unique else np.zeros(len(self), "U1")
        return np.where(empty, figures, joined(made, endings))

    def _lengths(self, stream: str, low: int, high: int | None) -> Numbers:
        high = low if high is None else high
        if not 1 <= low <= high:
            raise ValueError(f"a text of {low} to {high} parts: it takes 1 <= low <= high")
        return low + _picks(self.bits(f"{stream}/length"), high - low + 1)

    def _sentence_numbers(self, stream: str, position: int) -> Numbers:
        return _picks(self.bits(f"{stream}/{position}" if position else stream), words.SENTENCES)

    def _paragraph(self, stream: str, low: int, high: int, where: NDArray[np.bool_] | bool = True) -> list[Part]:
        lengths = self._lengths(stream, low, high)
        parts: list[Part] = []
        for position in range(high):
            there = (position < lengths) & where
            parts += [_where(there, " ")] if position else []
            parts += _sentence(self._sentence_numbers(stream, position), there)
        return parts


def _picks(bits: Bits, size: int) -> Numbers:
    return scaled(bits, size).view(np.int64)


def _sentence(numbers: Numbers, where: NDArray[np.bool_] | None = None) -> list[Part]:
    """Return the two parts of a sentence, for all rows or for some."""
    opening, closing = np.divmod(numbers, words.CLOSINGS)
    if where is not None:
        opening, closing = np.where(where, opening, -1), np.where(where, closing, -1)
    return [(words.openings(), opening), (words.closings(), closing)]


def _where(where: NDArray[np.bool_], text: str) -> Part:
    return np.array(["", text]), where.astype(np.int64)


def _check_max_length(max_length: int | None, unique: bool) -> None:
    if max_length is not None and (unique or max_length < 1):
        raise ValueError(f"a text with a max_length of {max_length}: it must be positive, and the text not unique")


def _ended(text: Texts, wished: Numbers) -> Texts:
    """Cut each text that is longer than its wished length, between two words, and end it with a full stop."""
    longest = int(wished.max(initial=1))
    ended = np.empty(len(text), f"U{longest + 1}")
    columns = np.arange(longest)
    for start in range(0, len(text), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        given = as_codes(text[block].astype(f"U{longest}"))
        lengths = wished[block]
        spaces = (given == ord(" ")) & (columns < lengths[:, None])
        last = longest - 1 - spaces[:, ::-1].argmax(axis=1)
        cut = (np.strings.str_len(text[block]) > lengths) & spaces.any(axis=1)
        codes = np.where(columns < np.where(cut, last, lengths)[:, None], given, 0)
        np.add(np.strings.rstrip(as_texts(codes), " ."), ".", out=ended[block])
    return ended
