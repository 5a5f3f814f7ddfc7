from typing import Any

import pytest
from django.db import models
from django.db.models import Model
from django.test.utils import isolate_apps

from seeding.declare.registry import Registry
from seeding.errors import ConfigurationError, RegistrationError
from seeding.generate.rows import Rows


class Named(Model):
    name = models.CharField(max_length=10)

    class Meta:
        abstract = True
        app_label = "tests"


def registered(*models_and_columns: tuple[type[Model], dict[str, Any]], **options: Any) -> Registry:
    registry = Registry()
    for model, columns in models_and_columns:

        def generate(rows: Rows, columns: dict[str, Any] = columns) -> dict[str, Any]:
            return columns

        registry.register(model, **{"count": 1, **options})(generate)
    return registry


def refused(registry: Registry) -> str:
    with pytest.raises(RegistrationError) as caught:
        registry.check()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@isolate_apps("tests")
def test_check__names_an_unknown_column() -> None:
    class Shop(Named):
        pass

    assert "tests.Shop has no column 'nam' to fill; it has name" in refused(registered((Shop, {"nam": "x"})))
    assert "no column 'id'" in refused(registered((Shop, {"name": "x", "id": 1})))
    assert "no column 'hash'" in refused(registered((Shop, {"name": "x"}), undigested=["hash"]))


@isolate_apps("tests")
def test_check__names_a_required_column_that_nobody_declares() -> None:
    class Shop(Named):
        opened_at = models.DateTimeField()

    assert "doesn't declare the column 'opened_at' of tests.Shop: it may not be NULL" in refused(
        registered((Shop, {"name": "x"}))
    )


@isolate_apps("tests")
def test_check__names_a_column_whose_default_differs_from_row_to_row() -> None:
    class Shop(Named):
        number = models.IntegerField(default=lambda: 4)

    assert "'number' of tests.Shop: its default is computed anew" in refused(registered((Shop, {"name": "x"})))


@isolate_apps("tests")
def test_check__names_what_does_not_fit() -> None:
    class Shop(Named):
        size = models.IntegerField()

    assert "column 'size': this field holds integer values, not text" in refused(
        registered((Shop, {"name": "x", "size": "big"}))
    )
    assert "column 'size': 2 values for 1 rows" in refused(registered((Shop, {"name": "x", "size": [1, 2]})))


@isolate_apps("tests")
def test_check__names_a_field_that_can_not_be_seeded() -> None:
    class Shop(Named):
        data = models.JSONField()

    assert "tests.Shop.data is a JSONField, which can't be seeded" in refused(
        registered((Shop, {"name": "x", "data": 1}))
    )


@isolate_apps("tests")
def test_check__names_a_parent_without_seeder() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        town = models.ForeignKey(Town, models.CASCADE)

    assert "tests.Shop.town points at a model without seeder" in refused(registered((Shop, {"name": "x", "town": 0})))


@isolate_apps("tests")
def test_check__names_a_cycle() -> None:
    class Town(Named):
        largest_shop = models.ForeignKey("tests.Shop", models.CASCADE)

    class Shop(Named):
        town = models.ForeignKey(Town, models.CASCADE)

    message = refused(registered((Shop, {}), (Town, {})))
    assert "form a cycle: " in message
    assert "tests.Town -> tests.Shop" in message


@isolate_apps("tests")
def test_register__refuses_a_second_seeder() -> None:
    class Shop(Named):
        pass

    with pytest.raises(RegistrationError, match="registers tests.Shop, which .* already does"):
        registered((Shop, {}), (Shop, {}))


@isolate_apps("tests")
def test_register__refuses_other_keys() -> None:
    class Shop(Named):
        code = models.CharField(max_length=3, primary_key=True)

    with pytest.raises(RegistrationError, match="the primary key of tests.Shop is a CharField"):
        registered((Shop, {}))


@isolate_apps("tests")
def test_in_load_order__follows_the_foreign_keys() -> None:
    class Alley(Named):
        pass

    class Town(Named):
        alley = models.ForeignKey(Alley, models.CASCADE)

    class Bridge(Named):
        town = models.ForeignKey(Town, models.CASCADE)
        alley = models.ForeignKey(Alley, models.CASCADE)

    for order in ([Bridge, Town, Alley], [Alley, Bridge, Town], [Town, Alley, Bridge]):
        registry = registered(*((model, {}) for model in order))
        assert [seeder.model for seeder in registry.in_load_order()] == [Alley, Town, Bridge]


@isolate_apps("tests")
def test_row_counts__from_options_numbers_and_models() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        town = models.OneToOneField(Town, models.CASCADE, primary_key=True)

    registry = registered((Town, {}), count="towns")
    registry.register(Shop, count=Town)(lambda rows: {})
    assert registry.row_counts({"towns": 5}) == {"tests_town": 5, "tests_shop": 5}
    with pytest.raises(RegistrationError, match="count='towns' is neither an option"):
        registry.row_counts({"villages": 5})


@isolate_apps("tests")
def test_row_counts__must_fit_together() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        town = models.OneToOneField(Town, models.CASCADE, primary_key=True)

    registry = registered((Town, {}), count="towns")
    registry.register(Shop, count="shops")(lambda rows: {})
    with pytest.raises(ConfigurationError, match="4 tests_shop can't be made with 0 tests_town"):
        registry.row_counts({"towns": 0, "shops": 4})
    with pytest.raises(ConfigurationError, match="4 tests_shop can't be made with 3 tests_town, one each"):
        registry.row_counts({"towns": 3, "shops": 4})
    assert registry.row_counts({"towns": 0, "shops": 0}) == {"tests_town": 0, "tests_shop": 0}


@isolate_apps("tests")
def test_check__names_a_seeder_that_fails() -> None:
    class Shop(Named):
        pass

    registry = Registry()

    @registry.register(Shop, count=1)
    def shops(rows: Rows) -> dict[str, Any]:
        raise RuntimeError("nothing to sell")

    assert "shops fails for one row: RuntimeError: nothing to sell (seeding.E111)" in refused(registry)
