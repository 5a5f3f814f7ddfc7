"""Binary COPY rows, read back by the same rules."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.binary import Encoding, encode, microseconds
from seeding.columns import Labels


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
    assert power <= 0 or value % 1 == 0
    value = value * 10**power if power >= 0 else value // 10**-power
    return -value if sign else value


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(texts, st.integers(-(2**63), 2**63 - 1), st.booleans()), min_size=1, max_size=20))
def test_encode__rows(rows: list[tuple[str, int, bool]]) -> None:
    columns = [
        (Encoding("varchar"), np.array([row[0] for row in rows])),
        (Encoding("int8"), np.array([row[1] for row in rows], np.int64)),
        (Encoding("bool"), np.array([row[2] for row in rows])),
    ]
    assert decode(encode(columns, len(rows)), 3) == [
        [text.encode(), struct.pack(">q", number), struct.pack(">?", yes)] for text, number, yes in rows
    ]


@given(
    st.lists(st.integers(-(10**10) + 1, 10**10 - 1), min_size=1), st.sampled_from([(10, 0), (10, 2), (12, 3), (11, 5)])
)
def test_encode__numerics(units: list[int], digits: tuple[int, int]) -> None:
    encoded = encode([(Encoding("numeric", *digits), np.array(units, np.int64))], len(units))
    assert [numeric(row[0] or b"") for row in decode(encoded, 1)] == units


def test_encode__nulls() -> None:
    columns: list[Any] = [
        (Encoding("text"), Labels(np.array([1, 0, 2]), ("é", None, ""))),
        (Encoding("int4"), np.ma.array([1, 2, 3], mask=[True, False, False])),
        (Encoding("text"), np.ma.array(["a", "b", "c"], mask=[False, False, True])),
    ]
    assert decode(encode(columns, 3), 3) == [
        [None, None, b"a"],
        ["é".encode(), struct.pack(">i", 2), b"b"],
        [b"", struct.pack(">i", 3), None],
    ]


@pytest.mark.parametrize("units", [10**5, -(10**5)])
def test_encode__refuses_a_numeric_with_too_many_digits(units: int) -> None:
    with pytest.raises(ValueError, match="doesn't fit into numeric"):
        encode([(Encoding("numeric", 5, 2), np.array([units], np.int64))], 1)


@pytest.mark.parametrize(("type_name", "value"), [("int2", 40_000), ("int4", -(2**31) - 1), ("date", 2**31)])
def test_encode__refuses_what_does_not_fit(type_name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"doesn't fit into {type_name}"):
        encode([(Encoding(type_name), np.array([value], np.int64))], 1)


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds__count_from_2000(moment: datetime) -> None:
    assert datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds(moment)) == moment
