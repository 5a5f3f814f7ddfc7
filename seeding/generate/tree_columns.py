"""What tree libraries keep about each row of a tree, under the names that they give it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from .streams import Numbers
from .texts import Texts, joined
from .trees import Tree, in_steps

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # treebeard's default


class TreeColumns:
    """A tree's columns for some rows, under the names that tree libraries give them."""

    def __init__(self, tree: Tree, numbers: Numbers, rows: Callable[[Numbers], Any] | None = None) -> None:
        """`rows` makes the rows with other numbers, whose texts `joined` joins."""
        self.tree = tree
        self.numbers = numbers
        self._rows = rows or (lambda numbers: numbers)

    @cached_property
    def parent(self) -> np.ma.MaskedArray[tuple[int], np.dtype[np.int64]]:
        """The parent's row number; NULL for roots."""
        parents = self.tree.parents(self.numbers)
        return np.ma.array(parents, mask=parents < 0)

    @cached_property
    def level(self) -> Numbers:
        """The level, from 0 (mptt)."""
        return self.tree.levels(self.numbers)

    @property
    def depth(self) -> Numbers:
        """The depth, from 1 (treebeard)."""
        return self.level + 1

    @property
    def position(self) -> Numbers:
        """The position among the siblings, from 0."""
        return self.tree.positions(self.numbers)

    @property
    def numchild(self) -> Numbers:
        """The number of children (treebeard)."""
        return self.tree.child_counts(self.numbers)

    def path(self, steplen: int = 4, alphabet: str = _ALPHABET, prefix: str = "", *, first: int = 1) -> Texts:
        """Return the materialized path (treebeard): `steplen` characters a level, below the path `prefix`.

        `first` is the number of the first root, where there are others before it.

        Raises ValueError where a row has more children than `steplen` characters can number.
        """
        return self.tree.paths(self.numbers, steplen, alphabet, prefix, first)

    def child_path(self, positions: Numbers, steplen: int = 4, alphabet: str = _ALPHABET, prefix: str = "") -> Texts:
        """Return the path of a child of each row, by its position among the siblings, from 0.

        That is for rows that a tree has besides its own: those of another model, for example, whose positions count on
        from the `numchild` of their parents. Raises ValueError as `path` does.
        """
        return joined(self.path(steplen, alphabet, prefix), in_steps(positions, steplen, alphabet))

    def joined(self, texts: Callable[[Any], Texts], start: str = "") -> Texts:
        """Return a text of each row's ancestors and of the row itself, one after the other, behind `start`.

        `texts` makes one for each of the rows it is given: with `lambda pages: np.strings.add(slug(pages), "/")` and
        `start="/"`, this is the path of a page, as wagtail keeps it.
        """
        return self.tree.joined(self.numbers, lambda numbers: texts(self._rows(numbers)), start)

    @property
    def lft(self) -> Numbers:
        """The left end of the nested set, from 1 in every tree (treebeard, mptt)."""
        return 2 * self._preorder[0] - self.level + 1

    @property
    def rgt(self) -> Numbers:
        """The right end of the nested set (treebeard)."""
        return self.lft + 2 * self.tree.sizes(self.numbers) - 1

    @property
    def rght(self) -> Numbers:
        """The right end of the nested set (mptt)."""
        return self.rgt

    @property
    def tree_id(self) -> Numbers:
        """The number of the tree, from 1 (treebeard, mptt)."""
        return self._preorder[1] + 1

    @cached_property
    def _preorder(self) -> tuple[Numbers, Numbers]:
        return self.tree.preorder(self.numbers)
