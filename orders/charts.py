"""Column charts: numbers become rectangles of a drawing of 280 by 150 units, which a template writes as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 280, 150
LEFT, RIGHT, TOP, BOTTOM = 36, 278, 8, 130  # of the plot
FILLED = 0.72  # of the room that a column has


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
    words: str


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
    width, height, left, right, label_y = WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM + 14  # for the template; no fields

    @property
    def top_value(self) -> int:
        return round_up(max((column.value for column in self.columns), default=0))

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """The heights of the grid's lines, and what they mean."""
        return [(BOTTOM - i / 4 * (BOTTOM - TOP), short(self.top_value * i / 4)) for i in range(5)]

    @property
    def labels(self) -> list[tuple[float, str]]:
        room = (RIGHT - LEFT) / max(1, len(self.columns))
        return [(LEFT + (i + 0.5) * room, column.label) for i, column in enumerate(self.columns) if column.label]

    @property
    def rectangles(self) -> list[Rectangle]:
        room = (RIGHT - LEFT) / max(1, len(self.columns))
        unit = (BOTTOM - TOP) / self.top_value
        drawn = []
        for i, column in enumerate(self.columns):
            y = float(BOTTOM)
            for part in column.parts:
                height = part.value * unit
                y -= height
                x = LEFT + (i + (1 - FILLED) / 2) * room
                words = f"{column.name}: {part.value:,}" + (f" {part.kind}" if len(column.parts) > 1 else "")
                drawn.append(Rectangle(x, y, room * FILLED, height, part.kind, words))
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


def tables_of(rows: Sequence[Sequence[object]]) -> tuple[tuple[str, ...], ...]:
    """Return a table's cells as text, its numbers with separators."""
    return tuple(tuple(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row) for row in rows)
