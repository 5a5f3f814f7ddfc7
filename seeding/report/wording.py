"""Values and messages as a person may read them: in one line, with nothing that a terminal would obey."""

from __future__ import annotations

from collections.abc import Mapping


def printable(text: str) -> str:
    """Return the text in one line, its control characters spelled out: databases quote what is in their rows."""
    line = " ".join(text.split())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def safe(text: str) -> str:
    """Return the text, lines and blanks as they are, with its other control characters spelled out."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def in_one_line(exc: BaseException) -> str:
    """Return the error's message as `printable` gives it, or the error's name where it has none."""
    return printable(str(exc)) or type(exc).__name__


def shown(value: object) -> str:
    """Return `value` as an error message quotes it: on one line, not too long."""
    text = printable(repr(value))
    return text if len(text) <= 60 else f"{text[:50]}...{text[-1]} ({len(str(value))} characters)"


def counted(row_counts: Mapping[str, int]) -> str:
    """Return row counts in words: `1,000 users, 10,000 orders`."""
    return ", ".join(f"{rows:,} {_singular(table) if rows == 1 else table}" for table, rows in row_counts.items())


def duration(seconds: float) -> str:
    """Return a duration: `0.8 s`, or `45 ms` below a tenth of a second."""
    milliseconds = round(seconds * 1000)
    return f"{seconds:,.1f} s" if milliseconds >= 100 else f"{milliseconds} ms"


def row_line(table: str, rows: int, took: str) -> str:
    """Return the line of a table whose rows are done."""
    return f"  {table:<12} {rows:>12,} {'row ' if rows == 1 else 'rows'} {took:>10}"


def number_of(number: int, what: str) -> str:
    """Return a number of things, which have a regular plural: `1 row`, `2 rows`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _singular(table: str) -> str:
    """Return the table's name for one row, where it is a plain English plural: `1 user`."""
    regular = table.endswith("s") and not table.endswith(("ss", "us", "is", "ses", "ies", "xes", "ches", "shes"))
    return table[:-1] if regular else table
