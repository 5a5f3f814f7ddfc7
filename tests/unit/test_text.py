import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .rows import assert_is_a_function_of_the_row_number, digest, rows

VALUES = {
    "word": lambda r: r.word("x"),
    "words": lambda r: r.words("x", 1, 4),
    "title": lambda r: r.title("x"),
    "title_short": lambda r: r.title("x", max_length=20),
    "title_unique": lambda r: r.title("x", unique=True),
    "sentence": lambda r: r.sentence("x"),
    "sentence_short": lambda r: r.sentence("x", max_length=40),
    "sentence_unique": lambda r: r.sentence("x", unique=True),
    "paragraph": lambda r: r.paragraph("x"),
    "paragraphs": lambda r: r.paragraphs("x"),
    "text": lambda r: r.text("x", 50, 200),
}
GOLDEN = {
    "word": "548cb1092e7ac996",
    "words": "2d65fcee3225721d",
    "title": "434678bcd056c977",
    "title_short": "856765ed31435491",
    "title_unique": "96b0af0fb427b9c4",
    "sentence": "cc8df6cfc5c25df0",
    "sentence_short": "d69a98a0cc379ed3",
    "sentence_unique": "028a2d4e2fcf2d86",
    "paragraph": "7dfbc6a29239d3b9",
    "paragraphs": "d3ab586788b68fb9",
    "text": "c5e08f0a2aa22719",
}


@pytest.mark.parametrize("name", VALUES)
def test_text__is_a_function_of_the_row_number(name: str) -> None:
    assert_is_a_function_of_the_row_number(VALUES[name])


@pytest.mark.parametrize("name", ["paragraph", "text"])
def test_text__made_in_blocks_is_the_same(name: str) -> None:
    make = VALUES[name]
    whole = make(rows(3000)).tolist()
    assert whole[1000:1100] == make(rows(3000, 1000, 1100)).tolist()


def test_text__is_frozen() -> None:
    assert {name: digest(make(rows())) for name, make in VALUES.items()} == GOLDEN


def test_words__have_their_number() -> None:
    numbers = {len(text.split(" ")) for text in rows().words("x", 2, 5).tolist()}
    assert numbers == {2, 3, 4, 5}
    assert {len(text.split(" ")) for text in rows().words("x", 3).tolist()} == {3}
    with pytest.raises(ValueError, match="a text of 3 to 2 parts"):
        rows().words("x", 3, 2)


def test_title__is_unique_for_fifty_million_rows() -> None:
    made = rows(50_000_000, 49_990_000).title("x", unique=True).tolist()
    assert len(set(made)) == 10_000
    with pytest.raises(ValueError, match="'x' has 51,962,560 different titles, and 60,000,000 rows need one each"):
        rows(60_000_000, 0, 1).title("x", unique=True)


def test_sentence__is_one() -> None:
    made = rows(2000).sentence("x", unique=True).tolist()
    assert len(set(made)) == 2000
    assert all(text[0].isupper() and text.endswith(".") and 30 <= len(text) <= 80 for text in made)
    assert rows(2_000_000, 0, 1).sentence("x", unique=True).tolist()


def test_sentence__fits_a_length() -> None:
    made = rows().sentence("x", max_length=40).tolist()
    assert max(map(len, made)) <= 40
    assert all(text.endswith(".") for text in made)


@pytest.mark.parametrize("method", ["title", "sentence"])
@pytest.mark.parametrize(("max_length", "unique"), [(0, False), (20, True)])
def test_title__refuses_a_length_that_cant_be(method: str, max_length: int, unique: bool) -> None:
    with pytest.raises(ValueError, match=f"max_length of {max_length}"):
        getattr(rows(), method)("x", max_length=max_length, unique=unique)


def test_paragraph__has_its_sentences() -> None:
    assert {text.count(".") for text in rows().paragraph("x", 2, 4).tolist()} == {2, 3, 4}
    assert {len(text.split("\n\n")) for text in rows().paragraphs("x", 1, 3).tolist()} == {1, 2, 3}
    assert "" not in rows().paragraphs("x")[0].split(" ")


@given(low=st.integers(20, 300), spare=st.integers(20, 300))
def test_text__has_its_length(low: int, spare: int) -> None:
    made = rows(40).text("x", low, low + spare)
    lengths = np.strings.str_len(made)
    assert lengths.min() >= low
    assert lengths.max() <= low + spare
    assert all(text.endswith(".") for text in made.tolist())


def test_text__is_not_for_words() -> None:
    with pytest.raises(ValueError, match="a text of 5 to 10 characters"):
        rows().text("x", 5, 10)
