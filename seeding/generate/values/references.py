"""Relations: which row of another table each row refers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import gcd
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..arithmetic import INT64_MAX, LOW_HALF, multiply_high, scaled
from ..children import Children, Per, per
from ..existing import ExistingRows, Lookup
from ..generic import GenericRows, check_row_numbers
from ..pairs import Choices, Pairs, Some
from ..permutation import Permutation
from ..streams import HALF, Numbers
from ..tree_columns import TreeColumns
from ..trees import Tree
from .base import table_of
from .numbers import NumberValues

if TYPE_CHECKING:
    from django.db.models import Model


class ReferenceValues(NumberValues):
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

    def existing(self, model: type[Model], stream: str | None = None, /, **lookup: Any) -> ExistingRows:
        """Return for each row one of the rows of `model` not created by a seed: of countries, sites, content types.

        `lookup` says which, as Django's `filter` takes it; each of them comes as often. They are read once, when a seed
        begins, and are known by their natural keys: what is unique in them, never a generated number. Two columns that
        refer to the same model need a `stream` each. It is an error where there are no such rows.
        """
        if not isinstance(model, type):
            raise TypeError(f"rows.existing() takes the model first, and the stream behind it; {model!r} is no model")
        wanted = Lookup.of(model, lookup)
        found = self._dataset.found(wanted)
        if len(found.labels) == 1:
            codes = np.zeros(len(self), np.intp)
        else:
            codes = scaled(self.bits(stream or f"existing/{model._meta.label}"), len(found.labels)).astype(np.intp)
        return ExistingRows(codes, found.labels, found.values, wanted)

    def generic(
        self,
        stream: str,
        weights: Mapping[type[Model] | None, int] | Sequence[type[Model] | None],
        *,
        numbers: Numbers | None = None,
    ) -> GenericRows:
        """Return for each row a row of one of several models, each as often as its whole-number weight says.

        It fills a generic relation, under its name: `"target": rows.generic("target", {Post: 3, Photo: 1})`; or a
        relation to the model from which those inherit. None is NULL. A sequence stands for equal weights. Within a
        model, rows are chosen as `reference` does, or are those with these `numbers`: `rows.generic("of", [Post],
        numbers=rows.numbers)`. Raises ValueError and TypeError for weights as `choice` does, and ValueError where a
        model has no such rows.
        """
        parts = dict(weights) if isinstance(weights, Mapping) else dict.fromkeys(weights, 1)
        models = [model for model in parts if model is not None]
        ordered = [*models, *([None] if None in parts else [])]
        codes = self.choice(stream, {str(code): parts[model] for code, model in enumerate(ordered)}).codes
        found = np.zeros(len(self), np.int64)
        for code, model in enumerate(models):
            chosen = codes == code
            if numbers is None:
                found = np.where(chosen, self.reference(f"{stream}/{model._meta.label}", model), found)
            else:
                check_row_numbers(numbers[chosen], table_of(model), self.count(model))
                found = np.where(chosen, numbers, found)
        return GenericRows(tuple(models), codes, found)

    def some(self, model: type[Model] | ExistingRows, low: int, high: int) -> Some:
        """Return what fills a many-to-many relation: from `low` to `high` different rows of `model` for each row.

        Each number of them is as frequent as any other. `model` may be the rows that `rows.existing` gives. The table
        between the two models is then seeded as any other. Raises ValueError unless 0 <= low <= high.
        """
        if isinstance(model, ExistingRows):
            return Some(model.lookup.model, low, per(model.lookup.model, low, high).high, model.lookup)
        return Some(model, low, per(model, low, high).high)

    def parent(self, per: Per) -> tuple[Numbers, Numbers]:
        """Return for each row its parent's row number, and its position among the parent's children, from 0.

        For a table with `count=per(Order, 1, 8)`: `order, position = rows.parent(per(Order, 1, 8))`.
        """
        return self._children(per).parents_of(self.numbers)

    def child_count(self, per: Per, model: type[Model]) -> Numbers:
        """Return how many rows of `model`, which has so many `per` row of this table, each row has."""
        return per.children(self.total, table_of(model)).counts(self.numbers)

    def total_of(self, per: Per, model: type[Model], values: Callable[[Self], Numbers]) -> Numbers:
        """Return for each row the sum of its children's values, 0 where it has none.

        `model` is the children's, of which there are so many `per` row of this table; `values` makes the column that
        is summed from rows of it: `rows.total_of(LINES, Line, lambda lines: amount(lines))`. Only the children of
        these rows are made.
        """

        def of_children(numbers: Numbers) -> Numbers:
            table = table_of(model)
            if len(numbers) and numbers[-1] - numbers[0] == len(numbers) - 1 and (np.diff(numbers) == 1).all():
                return values(type(self)(self._dataset, table, int(numbers[0]), int(numbers[-1]) + 1))
            return values(type(self)(self._dataset, table, 0, 0, numbers))

        return per.children(self.total, table_of(model)).sums(self.numbers, of_children)

    def pairs(
        self,
        left: type[Model] | Per,
        right: type[Model] | ExistingRows,
        *,
        stream: str = "pairs",
        different: bool = False,
        unordered: bool = False,
        both_ways: bool = False,
    ) -> tuple[Numbers, Any]:
        """Return row numbers of two models a row, no pair twice: for many-to-many relations and unique together.

        With `per(Post, 1, 3)` on the left, in a table of that count, each post has one to three different ones. On the
        right there may be the rows that `rows.existing` gives. `different` leaves out pairs of a row with itself,
        `unordered` also those the other way round; with `both_ways`, each second row is the pair of the row before it
        the other way round, as symmetrical relations need it. Raises ValueError where there are fewer pairs than rows.
        """
        key = self._dataset.key(self._table, stream)
        others = right.size if isinstance(right, ExistingRows) else self.count(right)
        if isinstance(left, Per):
            one, other = Choices(self._children(left), others, left.high, key).at(self.numbers)
        else:
            pairs = Pairs(self.count(left), others, key, different=different, unordered=unordered or both_ways)
            capacity = pairs.capacity * (2 if both_ways else 1)
            if self.total > capacity:
                tables = (
                    f"{table_of(left)} and {table_of(right.lookup.model if isinstance(right, ExistingRows) else right)}"
                )
                raise ValueError(f"{tables} have {capacity:,} different pairs, and {self.total:,} rows need one each")
            one, other = pairs.at(self.numbers // 2 if both_ways else self.numbers)
            if both_ways:
                is_second = self.numbers % 2 == 1
                one, other = np.where(is_second, other, one), np.where(is_second, one, other)
        return one, right.at(other) if isinstance(right, ExistingRows) else other

    def tree(self, *, low: int = 0, high: int = 8, roots: int = 1, depth: int | None = None) -> TreeColumns:
        """Return the columns of a tree of all rows of this table: `tree.parent`, `tree.path()`, `tree.lft`, …

        Each row has from `low` to `high` children; with `depth`, as few as make a tree of so many levels. Raises
        ValueError where there is no such tree.
        """
        if depth is None:
            tree = Tree(self.total, low=low, high=high, roots=roots, salt=self._table)
        else:
            tree = Tree.of_depth(self.total, depth, roots=roots, salt=self._table)
        return TreeColumns(tree, self.numbers, lambda numbers: type(self)(self._dataset, self._table, 0, 0, numbers))

    def _children(self, per: Per) -> Children:
        children = per.children(self.count(per.model), self._table)
        if self.total > children.total:
            few = f"{children.total:,} instead of {self.total:,}"
            raise ValueError(f"{table_of(per.model)} has too few children for all rows: {few}")
        return children
