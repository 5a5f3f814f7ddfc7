"""Trees: which row is whose child, how deep it lies, and what tree libraries keep about it, by arithmetic alone.

Rows are numbered level by level: first the roots, then the roots' children in order, and so on. So parents come before
their children, the children of consecutive rows are consecutive, and of any row's descendants those of one level are,
too: where they begin is where the children of the first one of the level above begin. That gives the size of a
subtree, and with it the nested sets, in as many steps as the tree has levels.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import index

import numpy as np

from .children import blocks
from .streams import Numbers
from .texts import Texts, as_codes, as_texts, joined

_DEEPEST = 250  # levels; a path of treebeard has 255 characters


class Tree:
    """A forest of `count` nodes: `roots` of them are roots, and each node has from `low` to `high` children.

    The last nodes' children would be beyond `count`. Parents don't change when the forest grows.
    """

    def __init__(self, count: int, *, low: int = 0, high: int = 8, roots: int = 1, salt: str = "") -> None:
        """Raises ValueError for no root, for bounds that let a tree die out, and for more than 250 levels."""
        if index(roots) < 1:
            raise ValueError(f"a tree with {roots} roots: it must have at least 1")
        if not 0 <= low <= high or (low + high < 3 and low != high) or high < 1:
            raise ValueError(f"a tree of {low} to {high} children a row would die out: use at least 0 to 3, or 1 to 1")
        self.count = count
        self.roots = roots
        self._blocks = blocks(low, high, f"tree/{salt}", ahead=True)
        self.level_starts = self._levels(low, high)

    @classmethod
    def of_depth(cls, count: int, depth: int, *, roots: int = 1, salt: str = "") -> Tree:
        """Return the tree of at most `depth` levels whose rows have the fewest children.

        Raises ValueError where `depth` is below 1, or is 1 and there are more nodes than roots.
        """
        if depth < 1 or (depth == 1 and count > roots):
            raise ValueError(f"{count:,} rows with {roots} roots don't fit into a tree of {depth} levels")
        least, most = 0, 1
        while not cls._fits(count, depth, most, roots, salt):
            least, most = most, 2 * most
        while most - least > 1:
            middle = (least + most) // 2
            least, most = (least, middle) if cls._fits(count, depth, middle, roots, salt) else (middle, most)
        return cls(count, low=0, high=2 * most + 1, roots=roots, salt=salt)

    @classmethod
    def _fits(cls, count: int, depth: int, children: int, roots: int, salt: str) -> bool:
        try:
            return len(cls(count, low=0, high=2 * children + 1, roots=roots, salt=salt).level_starts) <= depth
        except ValueError:  # more than 250 levels
            return False

    def _levels(self, low: int, high: int) -> Numbers:
        starts = [0]
        following = self.roots
        while following < self.count:
            starts.append(following)
            if len(starts) > _DEEPEST:
                raise ValueError(
                    f"{self.count:,} rows of {low} to {high} children make a tree of over {_DEEPEST} levels"
                )
            following = self.roots + self._blocks.before(starts[-1])
        return np.array(starts)

    def parents(self, nodes: Numbers) -> Numbers:
        """Return each node's parent; -1 for roots."""
        return np.where(nodes < self.roots, -1, self._blocks.parents_of(np.maximum(nodes - self.roots, 0))[0])

    def positions(self, nodes: Numbers) -> Numbers:
        """Return each node's position among its siblings, from 0; a root's among the roots."""
        among = self._blocks.parents_of(np.maximum(nodes - self.roots, 0))[1]
        return np.where(nodes < self.roots, nodes, among)

    def levels(self, nodes: Numbers) -> Numbers:
        """Return each node's level; a root's is 0."""
        return np.searchsorted(self.level_starts, nodes, side="right") - 1

    def child_counts(self, nodes: Numbers) -> Numbers:
        """Return how many children each node has."""
        return self._firsts(nodes + 1) - self._firsts(nodes)

    def sizes(self, nodes: Numbers) -> Numbers:
        """Return how many nodes each node's subtree has, itself included."""
        sizes = np.ones(len(nodes), np.int64)
        inside = np.arange(len(nodes))
        first, end = nodes, nodes + 1
        while len(inside):
            first, end = self._firsts(first), self._firsts(end)
            sizes[inside] += end - first
            going_on = (first < self.count) & (end > first)
            inside, first, end = inside[going_on], first[going_on], end[going_on]
        return sizes

    def preorder(self, nodes: Numbers) -> tuple[Numbers, Numbers]:
        """Return how many nodes of its tree come before each node, depth first, and which root it has.

        Those are its ancestors, and on every level the nodes to the left: of its ancestor there, of itself, or of its
        first descendant there.
        """
        level = self.levels(nodes)
        lefts, roots = self._lines(nodes)
        starts = np.concatenate([self.level_starts, [self.count]])
        before = level + lefts
        inside, first = np.arange(len(nodes)), nodes
        deeper = level.copy()
        while len(inside):
            first = self._firsts(first)
            deeper = deeper + 1
            there = deeper < len(self.level_starts)
            inside, first, deeper = inside[there], first[there], deeper[there]
            before[inside] += first - starts[deeper]
        return before - self._left_of_roots(roots), roots

    def _lines(self, nodes: Numbers) -> tuple[Numbers, Numbers]:
        """Return for each node how many nodes stand left of it and its ancestors, on their levels, and its root."""
        if not len(nodes) or nodes.max() < self.roots:
            return np.zeros(len(nodes), np.int64), nodes
        parents, places = _runs(np.where(nodes < self.roots, nodes, self.parents(nodes)))
        lefts, roots = (column[places] for column in self._lines(parents))
        here = nodes - self.level_starts[self.levels(nodes)]
        return np.where(nodes < self.roots, 0, lefts + here), roots

    def _left_of_roots(self, roots: Numbers) -> Numbers:
        """Return how many nodes below the roots' level stand left of the trees with these roots."""
        first, places = _runs(roots)
        lefts = np.zeros(len(first), np.int64)
        for start in self.level_starts[1:].tolist():
            first = self._firsts(first)
            lefts += first - start
        return lefts[places]

    def paths(self, nodes: Numbers, step_length: int, alphabet: str, prefix: str, first: int = 1) -> Texts:
        """Return each node's materialized path: the steps from its root, each a number from 1 among its siblings.

        `first` is the number of the first root.

        Raises ValueError where a node has more children than a step can number.
        """

        def steps(nodes: Numbers) -> Texts:
            return in_steps(self.positions(nodes) + np.where(nodes < self.roots, first - 1, 0), step_length, alphabet)

        return self.joined(nodes, steps, prefix)

    def joined(self, nodes: Numbers, steps: Callable[[Numbers], Texts], prefix: str) -> Texts:
        """Return for each node the steps from its root to itself, one after the other, behind the prefix."""
        step = steps(nodes)
        if not len(nodes) or nodes.max() < self.roots:
            return joined(prefix, step)
        root = nodes < self.roots
        parents, places = _runs(np.where(root, 0, self.parents(nodes)))
        above = self.joined(parents, steps, prefix)
        return joined((np.concatenate([above, [prefix]]), np.where(root, len(above), places)), step)

    def _firsts(self, nodes: Numbers) -> Numbers:
        """Return where each node's children begin, or `count`, which no node has as its number."""
        return np.minimum(self._blocks.firsts(nodes) + self.roots, self.count)


def _runs(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return the numbers without those that follow an equal one, and where each of them is in that."""
    starts = np.ones(len(numbers), bool)
    starts[1:] = numbers[1:] != numbers[:-1]
    return numbers[starts], np.cumsum(starts) - 1


def in_steps(positions: Numbers, length: int, alphabet: str) -> Texts:
    """Return positions among siblings as steps of a path, which number them from 1. Raises ValueError."""
    most = int(positions.max(initial=0)) + 1
    if most >= len(alphabet) ** length:
        raise ValueError(f"a path's step of {length} characters can't number {most:,} children")
    return _in_base(positions + 1, alphabet, length)


def _in_base(numbers: Numbers, alphabet: str, width: int) -> Texts:
    letters = as_codes(np.array(list(alphabet)))[:, 0]
    codes = np.empty((len(numbers), width), np.uint32)
    for place in reversed(range(width)):
        numbers, digit = np.divmod(numbers, len(alphabet))
        codes[:, place] = letters[digit]
    return as_texts(codes)
