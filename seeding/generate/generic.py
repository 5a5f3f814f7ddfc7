"""Generic relations: rows of several tables, of which each row refers to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import masked
from .streams import Numbers


@dataclass(frozen=True, eq=False)
class GenericRows:
    """For each row the row `numbers[i]` of the model `models[codes[i]]`; the code after the last one is NULL."""

    models: tuple[Any, ...]
    codes: NDArray[np.intp]
    numbers: Numbers

    @property
    def column(self) -> NDArray[Any]:
        """Model and row number as one number: `number * len(models) + code`."""
        nulls = self.codes == len(self.models)
        return masked(np.where(nulls, 0, self.numbers * len(self.models) + self.codes), nulls if nulls.any() else None)


def check_row_numbers(numbers: Numbers, table: str, rows: int) -> None:
    """Raise ValueError for a number that no row of a table of so many rows has."""
    if len(numbers) and rows and not 0 <= numbers.min() <= numbers.max() < rows:
        wrong = numbers.min() if numbers.min() < 0 else numbers.max()
        raise ValueError(f"it refers to row {wrong} of {table}, whose rows are 0 to {rows - 1}")
