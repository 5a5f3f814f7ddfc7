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
