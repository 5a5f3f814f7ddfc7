"""Cells laid out as the rows of PostgreSQL's COPY in binary format.

Source: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..declare.kinds.cells import Cells

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

AT_ONCE = 64 << 20  # bytes: a batch with wide rows is laid out in parts


def encode(columns: Sequence[Cells], count: int) -> bytes:
    """Return `count` rows, without the header and the trailer of the whole."""
    layout: list[tuple[str, object]] = [("fields", ">i2")]
    for i, cell in enumerate(columns):
        layout += [(f"length{i}", ">i4"), (f"value{i}", _bytes_of(cell).dtype)]
    row = np.dtype(layout)
    part = max(1, AT_ONCE // row.itemsize)
    if count > part:
        starts = range(0, count, part)
        return b"".join(encode([_part(c, slice(s, s + part)) for c in columns], min(part, count - s)) for s in starts)
    rows = np.empty(count, row)
    rows["fields"] = len(columns)
    sent: NDArray[np.bool_] | None = None
    end = 2
    for i, cell in enumerate(columns):
        width = cell.data.dtype.itemsize
        rows[f"length{i}"] = width if cell.lengths is None else cell.lengths
        rows[f"value{i}"] = _bytes_of(cell)
        end += 4 + width
        mask = cell.mask()
        if mask is not None:
            if sent is None:
                sent = np.ones((count, rows.itemsize), bool)
            sent[:, end - width : end] = mask
    if sent is None:
        return rows.tobytes()
    return rows.view(np.uint8).reshape(count, rows.itemsize)[sent].tobytes()


def _bytes_of(cell: Cells) -> NDArray[np.void]:
    """Return the values as mere bytes, which NumPy copies in less time than strings."""
    return cell.data.view(f"V{cell.data.dtype.itemsize}")


def _part(cells: Cells, part: slice) -> Cells:
    lengths = None if cells.lengths is None else cells.lengths[part]
    return Cells(cells.data[part], lengths, None if cells.sent is None else cells.sent[part])
