import numpy as np
import pytest
from django.utils.text import slugify
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.columns import Categorical
from seeding.generate.slugs import slugs
from tests.unit.rows import assert_is_a_function_of_the_row_number, rows


@given(st.lists(st.text(st.characters(exclude_characters="\0"), max_size=12), max_size=5))
def test_slugs__are_those_of_django(texts: list[str]) -> None:
    assert slugs(np.array(texts, np.str_)).tolist() == [slugify(text) for text in texts]


@given(st.lists(st.text("aÄß é-_ 7!", max_size=12), min_size=1))
def test_slugs__are_those_of_django_for_odd_texts(texts: list[str]) -> None:
    assert slugs(np.array(texts, np.str_)).tolist() == [slugify(text) for text in texts]


def test_slug__is_unique_by_its_rows_number() -> None:
    texts = Categorical(np.zeros(1000, np.intp), ("Über uns!",))
    made = rows().slug(texts).tolist()
    assert made[6] == "uber-uns-7"
    assert len(set(made)) == 1000


def test_slug__of_nothing_is_the_number() -> None:
    assert rows(2).slug(np.array(["陽菜", "a"])).tolist() == ["1", "a-2"]


def test_slug__fits_a_length() -> None:
    made = rows().slug(rows().title("t"), max_length=15).tolist()
    assert max(map(len, made)) <= 15
    assert len(set(made)) == 1000
    assert not any("--" in slug for slug in made)
    with pytest.raises(ValueError, match="slugs of at most 5 characters leave no room"):
        rows().slug(rows().title("t"), max_length=5)


def test_slug__is_a_function_of_the_row_number() -> None:
    assert_is_a_function_of_the_row_number(lambda r: r.slug(r.title("t")))
