"""Cells and binary COPY rows, read back by the same rules."""

import struct
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.declare.kinds import cells
from seeding.declare.kinds.cells import Cells
from seeding.declare.kinds.times import microseconds
from seeding.generate.columns import Categorical
from seeding.load import binary
from seeding.load.binary import encode


def decode(data: bytes, fields: int) -> list[list[bytes | None]]:
    """Split rows into their fields' bytes."""
    rows, position = [], 0
    while position < len(data):
        (count,) = struct.unpack_from(">h", data, position)
        assert count == fields
        position += 2
        row: list[bytes | None] = []
        for _ in range(fields):
            (length,) = struct.unpack_from(">i", data, position)
            position += 4
            row.append(None if length < 0 else data[position : position + length])
            position += max(0, length)
        rows.append(row)
    return rows


def numeric(data: bytes) -> int:
    """Return a numeric in units of its last decimal place."""
    groups, weight, sign, scale, *digits = struct.unpack(f">{len(data) // 2}h", data)
    assert groups == len(digits)
    assert all(0 <= digit < 10_000 for digit in digits)
    value = sum(digit * 10_000 ** (len(digits) - 1 - i) for i, digit in enumerate(digits))
    power = 4 * (weight - len(digits) + 1) + scale
    assert power >= 0 or value % 10**-power == 0
    value = value * 10**power if power >= 0 else value // 10**-power
    return -value if sign else value


def encoded(column: Cells, count: int) -> list[bytes | None]:
    """Return one column's fields after a round trip through rows."""
    return [field for (field,) in decode(encode([column], count), 1)]


def numbers(values: list[int], type_name: str = "int8") -> Cells:
    return cells.of_numbers(np.array(values, np.int64), type_name)


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(texts, st.integers(-(2**63), 2**63 - 1), st.booleans()), min_size=1, max_size=20))
def test_encode__rows(rows: list[tuple[str, int, bool]]) -> None:
    columns = [
        cells.of_texts(np.array([row[0] for row in rows])),
        cells.of_numbers(np.array([row[1] for row in rows], np.int64), "int8"),
        cells.of_numbers(np.array([row[2] for row in rows]), "bool"),
    ]
    assert decode(encode(columns, len(rows)), 3) == [
        [text.encode(), struct.pack(">q", number), struct.pack(">?", yes)] for text, number, yes in rows
    ]


@given(st.integers(1, 200))
def test_encode__in_parts_is_the_same(at_once: int) -> None:
    columns = [cells.of_texts(np.array([f"n{i}" for i in range(9)])), numbers(list(range(9)))]
    columns.append(cells.of_numbers(np.ma.array(np.arange(9), mask=np.arange(9) % 2 == 0), "int4"))
    whole = encode(columns, 9)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(binary, "AT_ONCE", at_once)
        assert encode(columns, 9) == whole


def test_encode__of_no_rows() -> None:
    assert encode([cells.of_texts(np.array([], str)), numbers([])], 0) == b""


@given(
    st.lists(st.integers(-(10**10) + 1, 10**10 - 1), min_size=1),
    st.sampled_from([(10, 0), (10, 2), (12, 3), (11, 5)]),
    st.booleans(),
)
def test_numerics__round_trip(units: list[int], digits: tuple[int, int], canonical: bool) -> None:
    column = cells.of_numerics(np.array(units, np.int64), *digits, canonical=canonical)
    assert [numeric(field or b"") for field in encoded(column, len(units))] == units


@pytest.mark.parametrize(
    ("units", "groups"),  # 10.50 has the groups 10 and 5000
    [(0, (0, 0, 0, 2)), (10_50, (2, 0, 0, 2, 10, 5000)), (-3_00, (1, 0, 0x4000, 2, 3)), (25, (1, -1, 0, 2, 2500))],
)
def test_numerics__canonical_ones_have_no_zero_groups_at_their_ends(units: int, groups: tuple[int, ...]) -> None:
    column = cells.of_numerics(np.array([units]), 12, 2, canonical=True)
    assert encoded(column, 1) == [struct.pack(f">{len(groups)}h", *groups)]


def test_cells__of_nulls() -> None:
    columns: list[Cells] = [
        cells.of_texts(Categorical(np.array([1, 0, 2]), ("é", None, ""))),
        cells.of_numbers(np.ma.array([1, 2, 3], mask=[True, False, False]), "int4"),
        cells.of_texts(np.ma.array(["a", "b", "ü"], mask=[False, False, True])),
        cells.of_numerics(np.ma.array([1, 2, 3], mask=[True, True, False]), 3, 0, canonical=False),
        cells.of_bytes([b"\0", None, b""]),
    ]
    one = struct.pack(">hhhh", 1, 0, 0, 0)
    assert decode(encode(columns, 3), 5) == [
        [None, None, b"a", None, b"\0"],
        ["é".encode(), struct.pack(">i", 2), b"b", None, None],
        [b"", struct.pack(">i", 3), None, one + struct.pack(">h", 3), b""],
    ]


@pytest.mark.parametrize(
    "column", [numbers([1, 2, 3]), cells.of_bytes([b"a", None, b"ccc"]), cells.of_texts(np.array(["", "b", "c"]))]
)
def test_cells__taken(column: Cells) -> None:
    fields = encoded(column, 3)
    assert encoded(column.taken(np.array([2, 0, 2, 1])), 4) == [fields[i] for i in (2, 0, 2, 1)]


@pytest.mark.parametrize(
    ("type_name", "value"),
    [("int2", 40_000), ("int2", -32_769), ("int4", -(2**31) - 1), ("int4", 2**31), ("date", 2**31)],
)
def test_numbers__refuse_what_does_not_fit(type_name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"^a value doesn't fit into {type_name}$"):
        numbers([value], type_name)


@pytest.mark.parametrize(("type_name", "limit"), [("int2", 2**15), ("int4", 2**31), ("int8", 2**63)])
def test_numbers__take_the_types_limits(type_name: str, limit: int) -> None:
    expected = [value.to_bytes(limit.bit_length() // 8, "big", signed=True) for value in (-limit, limit - 1)]
    assert encoded(numbers([-limit, limit - 1], type_name), 2) == expected


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds__count_from_1970(moment: datetime) -> None:
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds(moment)) == moment


@given(st.lists(st.lists(st.none() | st.binary(max_size=5), max_size=4)))
def test_behind__puts_lists_of_cells_behind_headers(rows: list[list[bytes | None]]) -> None:
    flat = [value for row in rows for value in row]
    content, lengths = cells.with_lengths(cells.of_bytes(flat))
    counts = np.array([len(row) for row in rows], np.int64)
    made = cells.behind(counts.astype(">i2"), content, cells.sums(lengths, counts))
    framed = [[struct.pack(">i", -1) if v is None else struct.pack(">i", len(v)) + v for v in row] for row in rows]
    assert encoded(made, len(rows)) == [struct.pack(">h", len(row)) + b"".join(row) for row in framed]
