"""Column charts: numbers become rectangles of a drawing of 400 by 140 units, which a template writes as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 400, 140
LEFT, RIGHT, TOP, BOTTOM = 36, 384, 6, 120  # of the plot
FILLED = 0.72  # of the room that a column has
FILLED_BIN = 0.96  # of a histogram's: its columns stand side by side, as their edges are labelled


@dataclass(frozen=True)
class Part:
    """One part of a stacked column."""

    kind: str  # its CSS class
    value: int


@dataclass(frozen=True)
class Column:
    """One column, its parts from the bottom up."""

    label: str  # below it; may be empty
    name: str  # what it is, in words
    parts: tuple[Part, ...]
    is_open: bool = False  # there is more to come

    @property
    def value(self) -> int:
        return sum(part.value for part in self.parts)


@dataclass(frozen=True)
class Rectangle:
    """A part as it is drawn, with the words that a pointer over it shows."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart, and its numbers as a table."""

    key: str
    title: str
    summary: str  # what it shows, in a sentence
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    legend: tuple[tuple[str, str], ...] = ()  # CSS class and label
    edges: tuple[str, ...] = ()  # of a histogram: labels between the columns, one more than those
    whole: int | None = None  # where the numbers are a sample's: of how many; they are shown as shares
    width, height, left, right, label_y = WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM + 14  # for the template; no fields

    @property
    def room(self) -> float:
        """The width of a column, with the gap beside it."""
        return (RIGHT - LEFT) / max(1, len(self.columns))

    @property
    def top_value(self) -> float:
        most = max((column.value for column in self.columns), default=0)
        if self.whole is None:
            return round_up(most)
        return round_up(round(1000 * most / self.whole)) / 1000 * self.whole

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """The heights of the grid's lines, and what they mean."""
        values = [self.top_value * i / 4 for i in range(5)]
        texts = [short(value) if self.whole is None else f"{100 * value / self.whole:.3g}%" for value in values]
        return [(BOTTOM - i / 4 * (BOTTOM - TOP), text) for i, text in enumerate(texts)]

    @property
    def labels(self) -> list[tuple[float, str]]:
        if self.edges:
            return [(LEFT + i * self.room, edge) for i, edge in enumerate(self.edges)]
        return [(LEFT + (i + 0.5) * self.room, column.label) for i, column in enumerate(self.columns) if column.label]

    @property
    def bands(self) -> list[Rectangle]:
        """What stands behind the columns that aren't complete yet."""
        return [
            Rectangle(LEFT + i * self.room, TOP, self.room, BOTTOM - TOP, "open")
            for i, column in enumerate(self.columns)
            if column.is_open
        ]

    @property
    def rectangles(self) -> list[Rectangle]:
        filled = FILLED_BIN if self.edges else FILLED
        unit = (BOTTOM - TOP) / self.top_value
        drawn = []
        for i, column in enumerate(self.columns):
            y = float(BOTTOM)
            for part in column.parts:
                height = part.value * unit
                y -= height
                x = LEFT + (i + (1 - filled) / 2) * self.room
                number = part_of(part.value, self.whole)
                words = f"{column.name}: {number}" + (f" {part.kind}" if self.legend else "")
                drawn.append(Rectangle(x, y, self.room * filled, height, part.kind, words))
        return drawn


def round_up(value: int) -> int:
    """Return the next number, four or more, whose quarters are easily read."""
    power = 1
    while True:
        for factor in (4, 8, 12, 20, 32):
            if value <= factor * power:
                return factor * power
        power *= 10


def short(number: float) -> str:
    """Return a number in few characters: 1.2M, 450k."""
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.4g}{letter}"
    return f"{number:g}"


def part_of(number: int, whole: int | None) -> str:
    """Return the number; where it is a sample's, its share of the sample."""
    return f"{number:,}" if whole is None else f"{number / whole:.1%}"


def tables_of(rows: Sequence[Sequence[object]], whole: int | None = None) -> tuple[tuple[str, ...], ...]:
    """Return a table's cells as text, its numbers with separators or as shares of the sample."""
    return tuple(tuple(part_of(cell, whole) if isinstance(cell, int) else str(cell) for cell in row) for row in rows)
