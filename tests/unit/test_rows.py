import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from seeding.generate.rows import Rows
from tests.unit.tables import User

from .rows import rows

METHODS = [name for name in dir(Rows) if not name.startswith("_")]


def test_rows__load_without_django() -> None:
    script = "import seeding.generate.rows, sys; print('django' in sys.modules)"
    root = Path(__file__).resolve().parent.parent.parent
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("name", METHODS)
def test_rows__every_value_says_what_it_is(name: str) -> None:
    assert inspect.getdoc(getattr(Rows, name))


def test_rows__no_value_hides_another() -> None:
    homes = [name for base in Rows.__bases__ for name in vars(base) if not name.startswith("__")]
    assert len(homes) == len(set(homes))


def test_below__is_unique_where_asked_for() -> None:
    assert sorted(rows(50).below("x", 50, unique=True).tolist()) == list(range(50))
    assert max(rows(5000).below("x", 7).tolist()) == 6
    with pytest.raises(ValueError, match="stream 'x' has 49 shelves, and 50 rows need one each"):
        rows(50).below("x", 49, unique=True, what="shelves")


@pytest.mark.parametrize("picked", [None, np.array([9, 4, 4, 0, 7])])
def test_part__has_the_rows_of_the_whole(picked: np.ndarray | None) -> None:
    whole = rows(10, 2, 7).of(User, picked)
    assert [*whole.part(0, 3).numbers, *whole.part(3, 99).numbers] == whole.numbers.tolist()


def test_rows__has_a_value_for_each_test() -> None:
    tested = "".join(path.read_text() for path in Path(__file__).parent.parent.glob("*/test_*.py"))
    structure = {"bits", "fraction", "of", "version"}  # tested with the streams
    assert [name for name in METHODS if f".{name}" not in tested and name not in structure] == []
