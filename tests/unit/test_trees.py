from typing import TypedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.rows import Rows
from seeding.generate.tree_columns import TreeColumns
from seeding.generate.trees import Tree

from .rows import listed, rows
from .tables import User

shapes = st.one_of(
    st.tuples(st.just(0), st.integers(3, 9)), st.tuples(st.integers(1, 3), st.integers(3, 9)), st.just((2, 2))
)


def columns(tree: Tree) -> TreeColumns:
    return TreeColumns(tree, np.arange(tree.count))


def walked(parents: list[int | None]) -> list[tuple[int, int, int]]:
    """Return lft, rgt and tree_id of each node, by walking the trees."""
    below: dict[int | None, list[int]] = {}
    for node, parent in enumerate(parents):
        below.setdefault(parent, []).append(node)
    sets: dict[int, tuple[int, int, int]] = {}

    def walk(node: int, left: int, tree: int) -> int:
        right = left + 1
        for child in below.get(node, []):
            right = walk(child, right, tree)
        sets[node] = (left, right, tree)
        return right + 1

    for tree, root in enumerate(below.get(None, []), 1):
        walk(root, 1, tree)
    return [sets[node] for node in range(len(parents))]


@given(count=st.integers(0, 400), shape=shapes, roots=st.integers(1, 30))
def test_tree__columns_agree(count: int, shape: tuple[int, int], roots: int) -> None:
    tree = columns(Tree(count, low=shape[0], high=shape[1], roots=roots))
    parents = listed(tree.parent)
    assert all(parent is None if node < roots else 0 <= parent < node for node, parent in enumerate(parents))
    assert tree.level.tolist() == [0 if parent is None else tree.level[parent] + 1 for parent in parents]
    assert tree.numchild.tolist() == [parents.count(node) for node in range(count)]
    sets = list(zip(tree.lft.tolist(), tree.rgt.tolist(), tree.tree_id.tolist(), strict=True))
    assert sets == walked(parents)
    assert tree.rght.tolist() == tree.rgt.tolist()
    path = tree.path(steplen=2).tolist()
    steps = [
        ("" if parent is None else path[parent]) + np.base_repr(position + 1, 36).zfill(2)
        for parent, position in zip(parents, tree.position.tolist(), strict=True)
    ]
    assert path == steps
    assert len(set(path)) == count


@given(picks=st.lists(st.integers(0, 1999)))
def test_tree__picked_rows_have_the_same_columns(picks: list[int]) -> None:
    tree = Tree(2000, roots=7)
    whole, some = columns(tree), TreeColumns(tree, np.array(picks, np.int64))
    for name in ("parent", "level", "depth", "numchild", "lft", "rgt", "tree_id", "position"):
        assert listed(getattr(some, name)) == [listed(getattr(whole, name))[pick] for pick in picks]
    assert some.path(prefix="0001").tolist() == ["0001" + whole.path()[pick] for pick in picks]


def test_tree__grows_at_its_end() -> None:
    few, many = columns(Tree(500)), columns(Tree(5000))
    assert listed(few.parent) == listed(many.parent)[:500]
    assert few.path().tolist() == many.path()[:500].tolist()


@pytest.mark.parametrize(("count", "depth", "roots"), [(1000, 4, 1), (1000, 2, 1), (5, 3, 2), (3, 1, 3), (0, 1, 1)])
def test_tree__of_a_depth(count: int, depth: int, roots: int) -> None:
    levels = Tree.of_depth(count, depth, roots=roots).levels(np.arange(count))
    assert levels.max(initial=0) + 1 <= depth
    assert count != 1000 or levels.max() + 1 == depth


class Shape(TypedDict, total=False):
    roots: int
    low: int
    high: int


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ({"roots": 0}, "a tree with 0 roots"),
        ({"low": 0, "high": 2}, "a tree of 0 to 2 children a row"),
        ({"low": 0, "high": 0}, "a tree of 0 to 0"),
        ({"low": 4, "high": 3}, "a tree of 4 to 3"),
        ({"low": 1, "high": 1}, "1,000 rows of 1 to 1 children make a tree of over 250 levels"),
    ],
)
def test_tree__refuses_what_is_none(shape: Shape, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Tree(1000, **shape)


def test_tree__refuses_a_depth_that_cant_be() -> None:
    with pytest.raises(ValueError, match="2 rows with 1 roots don't fit into a tree of 1 levels"):
        Tree.of_depth(2, 1)


def test_path__refuses_steps_that_are_too_short() -> None:
    with pytest.raises(ValueError, match="a path's step of 1 characters can't number 100 children"):
        columns(Tree(100, roots=100)).path(steplen=1)


def test_child_path__counts_on_from_the_children_that_are_there() -> None:
    tree = columns(Tree(40, roots=2))
    own = tree.path(prefix="0001").tolist()
    there = {*own}
    for place in range(3):
        added = tree.child_path(tree.numchild + place, prefix="0001").tolist()
        assert added == [
            path + np.base_repr(count + place + 1, 36).zfill(4)
            for path, count in zip(own, tree.numchild.tolist(), strict=True)
        ]
        assert not {*added} & there
        there |= {*added}
    with pytest.raises(ValueError, match="a path's step of 1 characters can't number 36 children"):
        tree.child_path(np.full(40, 35), steplen=1)


def test_tree__of_rows() -> None:
    tree = rows(100).tree(depth=3)
    assert tree.depth.tolist()[0] == 1
    assert tree.depth.max() == 3
    assert tree.path()[0] == "0001"
    assert listed(rows(100, 50, 60).tree(roots=4).parent) == listed(rows(100).tree(roots=4).parent)[50:60]


@pytest.mark.parametrize("picks", [None, [99, 0, 3, 50]])
def test_tree__joined_texts_of_the_ancestors(picks: list[int] | None) -> None:
    def slugs(pages: Rows) -> np.ndarray:
        return np.strings.add(pages.choice("slug", {"a": 1, "bb": 1}).tolist(), "/")

    whole = rows(100)
    parents, slug = listed(whole.tree(roots=3).parent), slugs(whole).tolist()
    expected: list[str] = []
    for number, parent in enumerate(parents):
        expected.append(("/" if parent is None else expected[parent]) + slug[number])
    some = whole if picks is None else whole.of(User, np.array(picks))
    joined = some.tree(roots=3).joined(slugs, "/").tolist()
    assert joined == (expected if picks is None else [expected[pick] for pick in picks])


def test_tree__is_frozen() -> None:
    assert listed(rows(20).tree(high=4).parent) == [None, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 5, 5]
