"""Companies, professions, and telephone numbers that nobody has."""

from __future__ import annotations

from functools import cache

import numpy as np

from ..arithmetic import scaled
from ..columns import Categorical
from ..streams import Numbers
from ..texts import Texts, joined
from . import words
from .base import RowsBase

_FORMS = (" Ltd", " Inc.", " GmbH", " AG", " SARL", " S.A.", " B.V.", " AB", " ApS", " Oy")
PROFESSIONS = (
    "accountant", "analyst", "architect", "assistant", "baker", "barista", "bookkeeper", "buyer", "carpenter",
    "chemist",
    "consultant", "cook", "designer", "developer", "driver", "editor", "electrician", "engineer", "florist", "gardener",
    "illustrator", "interpreter", "journalist", "lawyer", "librarian", "manager", "mechanic", "nurse", "optician",
    "photographer", "physician", "planner", "plumber", "project lead", "recruiter", "researcher", "sales agent",
    "surveyor", "tailor", "teacher", "technician", "translator", "tutor", "writer",
)  # fmt: skip

# What comes before the last figures of numbers for films and books, and how many figures those are. North America: 0100
# to 0199 of exchange 555 in each area (NANPA). United Kingdom: Ofcom's numbers for drama. Germany: Bundesnetzagentur,
# notice 148/2021. Australia: ACMA's fictitious numbers.
_AREAS = (
    "202 206 212 213 214 215 303 305 312 313 314 404 415 416 503 504 512 514 602 604 612 615 617 619 702 713 801 808"
)
_RANGES = (
    *((f"+1{area}55501", 2) for area in _AREAS.split()),
    *((f"+44{prefix}", 3) for prefix in ("7700900", "1632960", "2079460")),
    *((f"+49{prefix}", 3) for prefix in ("3023125", "6990009", "4066969", "2214710", "8999998")),
    *((f"+61{area}{exchange}", 4) for area in (2, 3, 7, 8) for exchange in (5550, 7010)),
)


class BusinessValues(RowsBase):
    """Companies, professions, telephone numbers."""

    def company(self, stream: str = "company", *, unique: bool = False) -> Texts:
        """Return a company's name a row: `Amber Anchor Ltd`; with `unique`, another one for each of 2,600,000 rows.

        Raises ValueError where the table has more rows than there are names.
        """
        heads, middles, ends = _heads(), _middles(), np.array(_FORMS)
        middle_count = len(middles) if unique else 1
        size = len(heads) * middle_count * len(ends)
        rest, end = np.divmod(
            self.below(stream, size, unique=unique, what="names of companies").view(np.int64), len(ends)
        )
        head, middle = np.divmod(rest, middle_count)
        return joined((heads, head), (middles, middle), (ends, end))

    def profession(self, stream: str = "profession") -> Categorical:
        """Return a profession a row, in lower case."""
        return Categorical(scaled(self.bits(stream), len(PROFESSIONS)).view(np.int64), PROFESSIONS)

    def phone(self, stream: str = "phone", *, unique: bool = False) -> Texts:
        """Return a telephone number a row, of ranges that are kept for films and books: `+12025550143`.

        With `unique`, another one for each of 90,800 rows: use a code for more. Raises ValueError where the table has
        more rows than there are numbers.
        """
        numbers, firsts = _phones()
        if unique:
            return numbers[self.below(stream, len(numbers), unique=True, what="telephone numbers").view(np.int64)]
        bits = self.bits(stream)
        chosen = scaled(bits, len(_RANGES)).view(np.int64)
        rest = bits * np.uint64(len(_RANGES))  # the part of the bits that chose no range
        share = (rest >> np.uint64(32)).view(np.int64)
        return numbers[firsts[chosen] + (share * (firsts[chosen + 1] - firsts[chosen]) >> 32)]


@cache
def _heads() -> Texts:
    return np.array([thing.title() for thing in words.things().tolist()])


@cache
def _middles() -> Texts:
    return np.array(["", *(f" & {noun.title()}" for noun in words.NOUNS)])


@cache
def _phones() -> tuple[Texts, Numbers]:
    """Return all numbers, and where each range of them begins and the last one ends."""
    numbers = [f"{prefix}{last:0{width}}" for prefix, width in _RANGES for last in range(10**width)]
    return np.array(numbers), np.cumsum([0, *(10**width for _, width in _RANGES)])
