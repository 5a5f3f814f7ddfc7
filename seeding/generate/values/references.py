"""Relations: which row of another table each row refers to."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from ..arithmetic import INT64_MAX, LOW_HALF, multiply_high
from ..permutation import Permutation
from ..streams import HALF, Numbers
from .base import RowsBase, table_of

if TYPE_CHECKING:
    from django.db.models import Model


class ReferenceValues(RowsBase):
    """References to rows of other tables, as row numbers."""

    def reference(self, stream: str, model: type[Model]) -> Numbers:
        """Return the row number of a row of `model` for each row, skewed as customers' orders are.

        The first rows refer to every row of `model` once; after those, a tenth of them gets about a third of all
        references (the product of two uniform numbers), spread over the table by a permutation. Raises ValueError
        where `model` has no rows.
        """
        parents = self.count(model)
        if parents == 0:
            raise ValueError(f"it refers to {table_of(model)}, which has no rows")
        bits = self.bits(stream)
        product = (bits >> HALF) * (bits & LOW_HALF)
        step = max(1, parents * 5 // 8)
        while gcd(step, parents) != 1:
            step += 1
        if parents * step > INT64_MAX:  # for more than three billion parents, 32 bits are too few
            skewed = multiply_high(product, np.uint64(parents))
            rank = np.where(self.numbers < parents, self.numbers.view(np.uint64), skewed)
            return Permutation(parents, 0)(rank).view(np.int64)
        rank = ((product >> HALF) * np.uint64(parents) >> HALF).astype(np.int64)
        rank = np.where(self.numbers < parents, self.numbers, rank)
        return (rank + 1) * step % parents
