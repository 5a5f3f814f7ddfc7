"""`seeding.testing` where nothing is seeded."""

import pytest

from accounts.models import User
from seeding import SeedError, seed
from seeding.testing import SeededTestCase, assert_seeded, seeded

pytestmark = pytest.mark.django_db


def test_seeded__says_how_to_be_seeded() -> None:
    with pytest.raises(SeedError, match=r"users has no seeded rows here: mark the test with @pytest\.mark\.seeded"):
        seeded(User, 0)
    with pytest.raises(AssertionError, match="No seed is applied to this database"):
        assert_seeded()


def test_seeded__works_with_a_seed_of_the_tests_own() -> None:
    seed(row_counts={"users": 3, "orders": 5})
    assert seeded(User, 2) == User.objects.latest("pk")
    assert_seeded()


class TestSeeded(SeededTestCase):
    seed_version, seed_counts = "v2", {"users": 2, "orders": 4}

    def test_rows_are_there(self) -> None:
        assert User.objects.count() == 2
        assert_seeded()
