from itertools import count
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models import Model
from django.test.utils import isolate_apps

from seeding.declare.registry import Registry
from seeding.errors import ConfigurationError, RegistrationError
from seeding.generate.children import per
from seeding.generate.rows import Rows
from seeding.generate.streams import Dataset


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
        registry.discover()
    return str(caught.value)


WHERE = "tests.django.test_registry.registered.<locals>.generate"


@isolate_apps("tests")
def test_check__names_unknown_columns() -> None:
    class Shop(Named):
        pass

    assert refused(registered((Shop, {"name": "x", "nam": "x", "town": 1}))) == (
        f"{WHERE}: tests.Shop has no column 'nam', 'town' to fill; it has name. (seeding.E101)"
    )
    assert "no column 'id'" in refused(registered((Shop, {"name": "x", "id": 1})))
    assert "no column 'hash'" in refused(registered((Shop, {"name": "x"}), undigested=["hash"]))


@isolate_apps("tests")
def test_check__names_all_required_columns_that_nobody_declares_ready_to_paste() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        opened_at = models.DateTimeField()
        town = models.ForeignKey(Town, models.CASCADE)
        closes_at = models.DateTimeField(null=True)
        motto = models.CharField(blank=True, max_length=10)

    assert refused(registered((Town, {"name": "x"}), (Shop, {"name": "x"}))) == (
        f"{WHERE} doesn't declare all columns of tests.Shop that may not be NULL and have no plain default. Add:\n"
        '    "opened_at": rows.integers("opened_at", 0, 10**12),  # DateTimeField\n'
        '    "town": rows.reference("town", Town),  # ForeignKey\n'
        " (seeding.E102)"
    )


@isolate_apps("tests")
def test_check__what_it_says_to_paste_can_be_seeded() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        opened_at = models.DateTimeField()
        opened_on = models.DateField()
        town = models.ForeignKey(Town, models.CASCADE)
        size = models.IntegerField()
        rent = models.DecimalField(max_digits=10, decimal_places=2)
        rating = models.FloatField()
        is_open = models.BooleanField()
        photo = models.ImageField()

    advice = refused(registered((Town, {"name": "x"}), (Shop, {"name": "x"}))).partition("Add:")[2].rpartition("(")[0]
    registry = registered((Town, {"name": "x"}))

    @registry.register(Shop, count=7)
    def shops(rows: Rows) -> dict[str, Any]:
        columns: dict[str, Any] = eval("{" + advice + "}", {"rows": rows, "Town": Town})
        return {"name": "x", **columns}

    _, seeder = registry.discover()
    assert set(seeder.batch(Dataset("v1", {"tests_town": 3, "tests_shop": 7}), 0, 7).columns) == {
        *("name", "opened_at", "opened_on", "town", "size", "rent", "rating", "is_open", "photo")
    }


@isolate_apps("tests")
def test_check__names_a_column_whose_default_differs_from_row_to_row() -> None:
    numbers = count()

    class Shop(Named):
        number = models.IntegerField(default=lambda: next(numbers))

    assert refused(registered((Shop, {"name": "x"}))) == (
        f"{WHERE} doesn't declare all columns of tests.Shop that may not be NULL and have no plain default. Add:\n"
        '    "number": rows.integers("number", 0, 9),  # IntegerField\n (seeding.E102)'
    )


@isolate_apps("tests")
def test_check__names_a_column_whose_default_fails() -> None:
    def main_town() -> int:
        raise LookupError("no town\nyet")

    class Town(Named):
        pass

    class Shop(Named):
        town = models.ForeignKey(Town, models.CASCADE, default=main_town)
        slug = models.SlugField(default=main_town)

    assert refused(registered((Town, {"name": "x"}), (Shop, {"name": "x"}))) == (
        f"{WHERE} doesn't declare all columns of tests.Shop that may not be NULL and have no plain default. Add:\n"
        '    "town": rows.reference("town", Town),  # ForeignKey, whose default fails: LookupError: no town yet\n'
        '    "slug": [f"slug {n}" for n in rows.numbers],  # SlugField, whose default fails: LookupError: no town yet\n'
        " (seeding.E102)"
    )


@isolate_apps("tests")
def test_check__names_what_does_not_fit() -> None:
    class Shop(Named):
        size = models.IntegerField()

    assert refused(registered((Shop, {"name": "x", "size": "big"}))) == (
        f"{WHERE}, column 'size': it holds 'big', and this column holds whole numbers. (seeding.E107)"
    )
    assert refused(registered((Shop, {"name": "x", "size": [1, 2]}))) == (
        f"{WHERE}, column 'size': 2 values for 1 row. (seeding.E107)"
    )


@isolate_apps("tests")
def test_check__names_a_row_number_that_is_none() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        town = models.ForeignKey(Town, models.CASCADE)

    assert refused(registered((Town, {"name": "x"}), (Shop, {"name": "x", "town": 7}))) == (
        f"{WHERE}, column 'town': it refers to row 7 of tests_town, whose rows are 0 to 0. (seeding.E107)"
    )


@isolate_apps("tests")
def test_check__names_a_field_that_can_not_be_seeded() -> None:
    class Opaque(models.Field):
        def db_type(self, connection: Any) -> str:
            return "geometry"

    class Vault(Named):
        content = Opaque()

    assert refused(registered((Vault, {"name": "x", "content": b""}))) == (
        f"{WHERE} can't seed tests.Vault: no value can be given for content (a Opaque). "
        "A field class of your own needs a kind: see seeding.register_kind. (seeding.E105)"
    )
    assert "content (a Opaque)" in refused(registered((Vault, {"name": "x"})))


class PointField(models.Field):
    """What a GIS field is to whoever knows fields alone: Django's own can't be imported without GDAL."""

    empty_strings_allowed = False

    def __init__(self, srid: int = 4326, spatial_index: bool = True, **options: Any) -> None:
        self.srid, self.spatial_index = srid, spatial_index
        super().__init__(**options)

    def db_type(self, connection: Any) -> str:
        return f"geometry(POINT,{self.srid})"


def point_field() -> Any:
    """Return Django's own class where GDAL is installed, else the stand-in."""
    try:
        from django.contrib.gis.db.models import PointField as Own
    except ImproperlyConfigured:
        return PointField
    return type("PointField", (Own,), {"db_type": PointField.db_type, "__module__": __name__})


@isolate_apps("tests")
@pytest.mark.parametrize("columns", [{"name": "x"}, {"name": "x", "at": "POINT(1 2)", "maybe": None}])
def test_check__names_gis_fields(columns: dict[str, Any]) -> None:
    point = point_field()

    class Shop(Named):
        at = point()
        maybe = point(null=True)

    named = "at (a PointField)" if "at" not in columns else "at (a PointField), maybe (a PointField)"
    left_out = "at" if "at" not in columns else "at and maybe"
    assert refused(registered((Shop, columns))) == (
        f"{WHERE} can't seed tests.Shop: no value can be given for {named}. "
        f"GIS fields can't be seeded: leave {left_out} out, which needs null=True or a default. (seeding.E105)"
    )


@isolate_apps("tests")
def test_check__gis_fields_that_may_be_null_can_be_left_out() -> None:
    point = point_field()

    class Shop(Named):
        at = point(null=True)

    (seeder,) = registered((Shop, {"name": "x"})).discover()
    assert [c.field.name for c in seeder.constants] == ["at"]


@isolate_apps("tests")
def test_check__names_five_missing_columns_at_once() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        town = models.ForeignKey(Town, models.CASCADE)
        size = models.IntegerField()
        opens_at = models.TimeField()
        token = models.UUIDField()
        settings = models.JSONField()

    assert refused(registered((Town, {"name": "x"}), (Shop, {"name": "x"}))) == (
        f"{WHERE} doesn't declare all columns of tests.Shop that may not be NULL and have no plain default. Add:\n"
        '    "town": rows.reference("town", Town),  # ForeignKey\n'
        '    "size": rows.integers("size", 0, 9),  # IntegerField\n'
        '    "opens_at": rows.time_of_day("opens_at"),  # TimeField\n'
        '    "token": rows.uuid("token"),  # UUIDField\n'
        '    "settings": {"colour": rows.colour_name("settings"), "tags": ["a", "b"]},  # JSONField\n'
        " (seeding.E102)"
    )


@isolate_apps("tests")
def test_check__names_a_parent_without_seeder() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        town = models.ForeignKey(Town, models.CASCADE)

    assert refused(registered((Shop, {"name": "x", "town": 0}))) == (
        f"{WHERE} declares town, which refers to tests.Town, a model without a seeder: register tests.Town too, use "
        "rows.existing(Town) if its rows are there already, or leave the column out. (seeding.E106)"
    )


@isolate_apps("tests")
def test_check__names_a_column_that_only_some_batches_have() -> None:
    class Shop(Named):
        pass

    registry = Registry()

    @registry.register(Shop, count=2)
    def shops(rows: Rows) -> dict[str, Any]:
        return {"name": "x"} if len(rows) == 1 else {}

    (seeder,) = registry.discover()
    with pytest.raises(RegistrationError, match=r"gives no column 'name' for rows 0 to 1\. \(seeding\.E107\)"):
        seeder.batch(Dataset("v1", {"tests_shop": 2}), 0, 2)


@isolate_apps("tests")
def test_check__names_a_seeder_that_queries(django_user_model: type[Model]) -> None:
    class Shop(Named):
        pass

    registry = Registry()

    @registry.register(Shop, count=1)
    def shops(rows: Rows) -> dict[str, Any]:
        return {"name": str(django_user_model._default_manager.count())}

    assert refused(registry).endswith(
        "shops queries the database: a seeder's rows depend on row numbers alone; refer to other seeded rows by "
        "rows.reference(), to other rows by rows.existing(). (seeding.E114)"
    )


def test_check__names_a_project_without_seeders() -> None:
    assert refused(Registry()) == (
        "No installed app has a seeds.py that registers a model, so there is nothing to seed: write one, with a "
        "function decorated by @seeding.register(YourModel, count=100). (seeding.E112)"
    )


@isolate_apps("tests")
def test_in_load_order__allows_a_cycle() -> None:
    class Town(Named):
        largest_shop = models.ForeignKey("tests.Shop", models.CASCADE)

    class Shop(Named):
        town = models.ForeignKey(Town, models.CASCADE)

    columns = {"name": "x", "town": 0}, {"name": "x", "largest_shop": 0}
    made = [registered((Shop, columns[0]), (Town, columns[1])), registered((Town, columns[1]), (Shop, columns[0]))]
    orders = [[seeder.model for seeder in registry.discover()] for registry in made]
    assert orders[0] == orders[1]
    assert set(orders[0]) == {Town, Shop}


@isolate_apps("tests")
def test_in_load_order__disregards_a_nullable_relation_of_a_cycle_first() -> None:
    class Town(Named):
        shop = models.ForeignKey("tests.Shop", models.CASCADE, null=True)

    class Shop(Named):
        town = models.ForeignKey(Town, models.CASCADE)

    class Area(Named):
        corner = models.ForeignKey("tests.Corner", models.CASCADE)

    class Corner(Named):
        area = models.ForeignKey(Area, models.CASCADE, null=True)
        neighbour = models.ForeignKey("self", models.CASCADE)

    town, shop = (Town, {"name": "x", "shop": 0}), (Shop, {"name": "x", "town": 0})
    area, corner = (Area, {"name": "x", "corner": 0}), (Corner, {"name": "x", "area": 0, "neighbour": 0})
    for order in ([town, shop, area, corner], [corner, area, shop, town]):
        found = [seeder.model for seeder in registered(*order).discover()]
        assert found.index(Town) < found.index(Shop)
        assert found.index(Corner) < found.index(Area)


@isolate_apps("tests")
def test_register__refuses_a_second_seeder() -> None:
    class Shop(Named):
        pass

    def others(rows: Rows) -> dict[str, Any]:
        return {}

    registry = registered((Shop, {}))
    with pytest.raises(
        RegistrationError, match=r"registers tests\.Shop, which .* already does: keep one of them\. \(seeding\.E109\)"
    ):
        registry.register(Shop, count=1)(others)


@isolate_apps("tests")
def test_register__refuses_other_keys() -> None:
    class Shop(Named):
        day = models.DateField(primary_key=True)

    with pytest.raises(RegistrationError, match=r"can't seed tests\.Shop: its primary key is a DateField"):
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

    columns: dict[type[Model], dict[str, Any]] = {
        Alley: {"name": "x"},
        Town: {"name": "x", "alley": 0},
        Bridge: {"name": "x", "town": 0, "alley": 0},
    }
    for order in ([Bridge, Town, Alley], [Alley, Bridge, Town], [Town, Alley, Bridge]):
        registry = registered(*((model, columns[model]) for model in order))
        assert [seeder.model for seeder in registry.discover()] == [Alley, Town, Bridge]


@isolate_apps("tests")
def test_row_counts__from_options_numbers_and_models() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        town = models.OneToOneField(Town, models.CASCADE, primary_key=True)

    registry = registered((Town, {"name": "x"}), count="towns")
    registry.register(Shop, count=Town)(lambda rows: {"name": "x"})
    assert registry.discover().row_counts({"towns": 5}) == {"tests_town": 5, "tests_shop": 5}
    with pytest.raises(
        RegistrationError,
        match=r"count='towns' is neither an option in settings\.SEED_ROW_COUNTS \(villages\), nor a number, nor",
    ):
        registry.discover().row_counts({"villages": 5})


@isolate_apps("tests")
def test_row_counts__refuse_a_count_that_depends_on_itself() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        pass

    registry = registered((Town, {"name": "x"}), count=Shop)
    registry.register(Shop, count=Town)(lambda rows: {"name": "x"})
    with pytest.raises(
        RegistrationError, match=r"is neither an option in settings\.SEED_ROW_COUNTS \(there are none\)"
    ):
        registry.discover().row_counts({})


@isolate_apps("tests")
def test_row_counts__refuse_one_default_for_a_unique_column_of_several_rows() -> None:
    class Shop(Named):
        code = models.CharField(max_length=5, unique=True, default="shop")
        nickname = models.CharField(max_length=5, unique=True, null=True)

    registry = registered((Shop, {"name": "x"}), count="shops")
    assert registry.discover().row_counts({"shops": 1}) == {"tests_shop": 1}
    with pytest.raises(RegistrationError) as caught:
        registry.discover().row_counts({"shops": 2})
    assert str(caught.value) == (
        f"{WHERE} doesn't declare 'code', which must be unique, and whose default is the same for all 2 rows: declare "
        "it. (seeding.E113)"
    )


@isolate_apps("tests")
def test_row_counts__must_fit_together() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        town = models.OneToOneField(Town, models.CASCADE, primary_key=True)

    registry = registered((Town, {"name": "x"}), count="towns")
    registry.register(Shop, count="shops")(lambda rows: {"name": "x"})
    with pytest.raises(ConfigurationError, match="4 tests_shop can't be generated without tests_town"):
        registry.discover().row_counts({"towns": 0, "shops": 4})
    with pytest.raises(ConfigurationError, match="4 tests_shop need as many tests_town, and there are only 3"):
        registry.discover().row_counts({"towns": 3, "shops": 4})
    assert registry.discover().row_counts({"towns": 0, "shops": 0}) == {"tests_town": 0, "tests_shop": 0}


@isolate_apps("tests")
def test_check__names_a_seeder_that_fails() -> None:
    class Shop(Named):
        pass

    registry = Registry()

    @registry.register(Shop, count=1)
    def shops(rows: Rows) -> dict[str, Any]:
        raise RuntimeError("nothing to sell")

    assert "shops fails for rows 0 to 0: RuntimeError: nothing to sell (seeding.E111)" in refused(registry)


@isolate_apps("tests")
def test_row_counts__per_row_of_another_table() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        town = models.ForeignKey(Town, models.CASCADE)

    class Shelf(Named):
        shop = models.ForeignKey(Shop, models.CASCADE)

    shops, shelves = per(Town, 0, 4), per(Shop, 0, 3)
    registry = registered((Town, {"name": "x"}), count="towns")
    registry.register(Shop, count=shops)(lambda rows: {"name": "x", "town": rows.parent(shops)[0]})
    registry.register(Shelf, count=shelves)(lambda rows: {"name": "x", "shop": rows.parent(shelves)[0]})
    for towns in (0, 1, 5, 3000):
        counts = registry.discover().row_counts({"towns": towns})
        assert counts["tests_shop"] == shops.children(towns, "tests_shop").total
        assert counts["tests_shelf"] == shelves.children(counts["tests_shop"], "tests_shelf").total
    assert 5900 < counts["tests_shop"] < 6100


@isolate_apps("tests")
def test_row_counts__refuse_rows_per_row_of_a_model_without_seeder() -> None:
    class Town(Named):
        pass

    class Shop(Named):
        pass

    registry = registered((Shop, {"name": "x"}), count=per(Town, 1, 2))
    with pytest.raises(RegistrationError, match=r"count=per\(tests\.Town, 1, 2\) is neither .*\(seeding\.E108\)"):
        registry.discover().row_counts({})


@isolate_apps("tests")
def test_check__needs_no_more_rows_than_there_are() -> None:
    """What depends on counts is not refused before they are known: few unique values, pairs of different rows."""

    class Town(Named):
        pass

    class Road(Named):
        start = models.ForeignKey(Town, models.CASCADE, related_name="+")
        end = models.ForeignKey(Town, models.CASCADE, related_name="+")
        number = models.IntegerField(unique=True)

    registry = registered((Town, {"name": "x"}), count="towns")

    @registry.register(Road, count="roads")
    def roads(rows: Rows) -> dict[str, Any]:
        start, end = rows.pairs(Town, Town, unordered=True)
        return {"name": "x", "start": start, "end": end, "number": rows.unique_integers("number", 1, 3)}

    seeder = registry.discover().get(Road)
    assert seeder.batch(Dataset("v1", {"tests_town": 3, "tests_road": 3}), 0, 3).count == 3
    with pytest.raises(RegistrationError, match="tests_town and tests_town have 1 different pairs, and 3 rows need"):
        seeder.batch(Dataset("v1", {"tests_town": 2, "tests_road": 3}), 0, 3)


@isolate_apps("tests")
@pytest.mark.parametrize("named", [{"ada": -1}, {"ada": "0"}, {"ada": True}, {1: 0}])
def test_check__names_row_numbers_only(named: dict[Any, Any]) -> None:
    class Writer(Named):
        pass

    with pytest.raises(RegistrationError, match=r"names a row of tests\.Writer by .*\(seeding\.E117\)$"):
        Registry().register(Writer, count=1, named=named)
