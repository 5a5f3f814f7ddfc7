"""Every check of what a `seeds.py` registers: its id, its rule and its message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Field

from ..errors import ConfigurationError, RegistrationError
from ..generate.existing import ExistingRows, Lookup
from ..generate.generic import GenericRows
from ..report.wording import counted, in_one_line, shown
from .defaults import constant_of, failure_of, is_filled_by_the_database, random_uuid_of
from .inheritance import lineage, own_fields
from .kinds import kind_of
from .kinds.generic import GenericKey
from .kinds.identifiers import Identifier
from .kinds.numbers import Integer
from .kinds.references import Reference
from .kinds.text import Text
from .many import check_many
from .seeder import Declaration, Model, SeededColumn, Seeder, unfit_column

if TYPE_CHECKING:
    from ..generate.columns import Columns
    from .many import ManyToMany

# Tables that Django's own apps fill: their rows are there before a seed, and none of them is a seed's to delete.
MAINTAINED = {"contenttypes.contenttype", "auth.permission", "sites.site", "migrations.migration"}
MAINTAINED |= {"seeding.seedmetadata", "seeding.keyrange"}  # and the engine's own


def is_maintained(model: Model) -> bool:
    """Return True for a table that Django's own apps fill, like content types and permissions."""
    return model._meta.label_lower in MAINTAINED


def check_model(declaration: Declaration) -> None:
    """Raise RegistrationError for a model that can't be seeded (seeding.E104)."""
    meta = declaration.model._meta
    reason = None
    if is_maintained(declaration.model):
        reason = "Django fills its table itself, and its rows are never a seed's"
    elif not meta.managed:
        reason = "it is unmanaged: its table isn't Django's to fill"
    elif meta.abstract:
        reason = "it is abstract: register the models that inherit from it"
    elif twice := [model for model, times in Counter(lineage(declaration.model)).items() if times > 1]:
        reason = f"it inherits from {twice[0]._meta.label} in two ways"
    elif unmanaged := [model for model in lineage(declaration.model) if not model._meta.managed]:
        reason = f"it inherits from {unmanaged[0]._meta.label}, which is unmanaged"
    else:
        reason = next(filter(None, map(_unsuitable_key, lineage(declaration.model))), None)
    if reason:
        raise RegistrationError(f"{declaration.where} can't seed {meta.label}: {reason}.", id="seeding.E104")


def _unsuitable_key(model: Model) -> str | None:
    key: Field[Any, Any] = model._meta.pk
    kind = kind_of(key)
    if isinstance(key, models.OneToOneField):
        return None if key.target_field.primary_key else "its primary key refers to a column that is not a primary key"
    if isinstance(kind, Integer | Identifier) or (isinstance(kind, Text) and not kind.is_adapted):
        return None
    return f"its primary key is a {type(key).__name__}, and a key can be an integer, a UUID, a text or one-to-one"


def check_duplicate(declaration: Declaration, there: Declaration | None) -> None:
    """Raise RegistrationError where another seeder has the model (seeding.E109)."""
    if there is not None and there.where != declaration.where:
        raise RegistrationError(
            f"{declaration.where} registers {declaration.model._meta.label}, which {there.where} already does: "
            "keep one of them.",
            id="seeding.E109",
        )


def check_named(declaration: Declaration) -> None:
    """Raise RegistrationError for a name that stands for no row number (seeding.E117)."""
    wrong = {n: r for n, r in declaration.named.items() if not isinstance(n, str) or type(r) is not int or r < 0}
    if wrong:
        name, number = next(iter(wrong.items()))
        raise RegistrationError(
            f"{declaration.where} names a row of {declaration.model._meta.label} by {shown(name)}: {shown(number)}. "
            "Give each name, a text, a row number from 0 on.",
            id="seeding.E117",
        )


def check_some_registered(seeders: Collection[Declaration]) -> None:
    """Raise RegistrationError where no app registers anything (seeding.E112)."""
    if not seeders:
        raise RegistrationError(
            "No installed app has a seeds.py that registers a model, so there is nothing to seed: write one, "
            "with a function decorated by @seeding.register(YourModel, count=100).",
            id="seeding.E112",
        )


def check_parents(seeders: Mapping[Model, Seeder], seeder: Seeder) -> None:
    """Raise RegistrationError for relations to models without a seeder (seeding.E106)."""
    for parent in seeder.parents:
        if parent not in seeders:
            names = (
                ", ".join(c.name for c in seeder.columns if c.parent is parent or parent in c.targets)
                or seeder.key.name
            )
            advice = f"use rows.existing({parent.__name__}) if its rows are there already, or leave the column out"
            if not is_maintained(parent):
                advice = f"register {parent._meta.label} too, {advice}"
            raise RegistrationError(
                f"{seeder.where} declares {names}, which refers to {parent._meta.label}, a model without a seeder: "
                f"{advice}.",
                id="seeding.E106",
            )


def check_existing(seeders: Mapping[Model, Seeder], seeder: Seeder) -> None:
    """Raise RegistrationError where rows of a seeded table are asked for as if not created by a seed (seeding.E116)."""
    for model in seeder.existing:
        if model in seeders:
            raise RegistrationError(
                f"{seeder.where} asks by rows.existing() for rows of {model._meta.label}, which "
                f"{seeders[model].where} seeds: refer to them by rows.reference().",
                id="seeding.E116",
            )


def check_referred(seeders: Mapping[Model, Seeder], seeder: Seeder) -> None:
    """Raise RegistrationError for relations to columns that the other model's seeder doesn't declare (seeding.E105)."""
    for column in seeder.columns:
        target: Any = getattr(column.field, "target_field", None)
        if column.parent is None or target is None or target.primary_key:
            continue
        if target.name not in [c.name for c in seeders[column.parent].columns]:
            raise RegistrationError(
                f"{seeder.where} declares {column.name}, which refers to the {target.name} of "
                f"{column.parent._meta.label}: declare that, too.",
                id="seeding.E105",
            )


def checked(declaration: Declaration, values: Columns, lookups: Sequence[Lookup] = ()) -> Seeder:
    """Return the seeder of a declaration whose function gives these columns.

    `values` are those of one row, `lookups` what it asked for of rows not created by a seed. Raises one error
    that names all unknown columns (seeding.E101), all that can't be seeded (seeding.E105), all whose values don't fit
    (seeding.E107), and all that are missing (seeding.E102).
    """
    fields = {f.name: f for f in own_fields(declaration.model)}
    many = {f.name: f for f in declaration.model._meta.many_to_many if f.name in values}
    unknown = [name for name in (*values, *declaration.undigested) if name not in fields and name not in many]
    columns, constants, missing, unsuitable = [], [], [], []
    for name, f in fields.items():
        kind = kind_of(f)
        if name in values:
            if kind is None:
                unsuitable.append(f)
            else:
                if isinstance(value := values[name], GenericRows):
                    kind = GenericKey(f, kind, value.models)
                columns.append(SeededColumn(f, kind, is_existing=isinstance(value, ExistingRows)))
        elif kind is not None and (form := random_uuid_of(f)) is not None:
            columns.append(SeededColumn(f, kind, form))
        elif not is_filled_by_the_database(f):
            constant = constant_of(f)
            if constant is None:
                missing.append(f)
            else:
                constants.append(constant)
    _raise_all(
        [
            *_unknown(declaration, unknown, fields),
            *_unsuitable(declaration, [*unsuitable, *(f for f in missing if kind_of(f) is None)]),
            *_unfit(declaration, columns, values),
            *_unfit_many(declaration, many, values),
            *_missing(declaration, [f for f in missing if kind_of(f) is not None]),
        ]
    )
    undigested = declaration.undigested | _changed_by_logging_in(declaration.model, values)
    given = {**vars(declaration), "undigested": undigested}
    existing = frozenset(lookup.model._meta.concrete_model for lookup in lookups)
    return Seeder(
        **given,
        columns=tuple(columns),
        constants=tuple(constants),
        existing=existing,
        many={name: values[name] for name in many},
    )


def _raise_all(errors: Sequence[RegistrationError]) -> None:
    """Raise the first error, if any, with the messages of all."""
    if errors:
        first = errors[0]
        first.args = ("\n".join(map(str, errors)),)
        raise first


def _unknown(
    declaration: Declaration, names: Sequence[str], fields: Mapping[str, Field[Any, Any]]
) -> list[RegistrationError]:
    if not names:
        return []
    quoted = ", ".join(map(repr, dict.fromkeys(names)))
    message = f"{declaration.where}: {declaration.model._meta.label} has no column {quoted} to fill; it has "
    there = [*fields, *(f.name for f in declaration.model._meta.many_to_many)]
    return [RegistrationError(f"{message}{', '.join(there)}.", id="seeding.E101")]


def _unsuitable(declaration: Declaration, fields: Sequence[Field[Any, Any]]) -> list[RegistrationError]:
    if not fields:
        return []
    what = ", ".join(f"{f.name} (a {type(f).__name__})" for f in fields)
    advice = ["A field class of your own needs a kind: see seeding.register_kind."]
    if spatial := [f.name for f in fields if hasattr(f, "srid")]:
        named = " and ".join(spatial)
        own = advice if len(spatial) < len(fields) else []
        advice = [f"GIS fields can't be seeded: leave {named} out, which needs null=True or a default.", *own]
    return [
        RegistrationError(
            f"{declaration.where} can't seed {declaration.model._meta.label}: no value can be given for {what}. "
            f"{' '.join(advice)}",
            id="seeding.E105",
        )
    ]


def _unfit(declaration: Declaration, columns: Sequence[SeededColumn], values: Columns) -> list[RegistrationError]:
    errors = []
    for column in columns:
        try:
            if column.name in values:
                column.kind.column(values[column.name], 1)
        except (TypeError, ValueError) as exc:
            errors.append(unfit_column(declaration, column.name, exc))
    return errors


def _unfit_many(declaration: Declaration, fields: Mapping[str, ManyToMany], values: Columns) -> list[RegistrationError]:
    errors = []
    for name, f in fields.items():
        try:
            check_many(declaration, f, values[name])
        except (TypeError, ValueError) as exc:
            errors.append(unfit_column(declaration, name, exc))
    return errors


def _missing(declaration: Declaration, fields: Sequence[Field[Any, Any]]) -> list[RegistrationError]:
    if not fields:
        return []
    lines = "".join(f'\n    "{f.name}": {_example(f)},  # {_remark(f)}' for f in fields)
    return [
        RegistrationError(
            f"{declaration.where} doesn't declare all columns of {declaration.model._meta.label} that may not be NULL "
            f"and have no plain default. Add:{lines}\n",
            id="seeding.E102",
        )
    ]


def _remark(f: Field[Any, Any]) -> str:
    failure = failure_of(f)
    return type(f).__name__ if failure is None else f"{type(f).__name__}, whose default fails: {failure}"


def _example(f: Field[Any, Any]) -> str:
    kind = kind_of(f)
    if kind is None:
        return "..."
    if not isinstance(kind, Reference):
        return kind.example.format(name=f.name)
    if is_maintained(kind.parent):
        return f"rows.existing({kind.parent.__name__})"
    return kind.example.format(name=f.name, parent=kind.parent.__name__)


def _changed_by_logging_in(model: Model, values: Columns) -> set[str]:
    """Return the columns of a user model that change by themselves: the password's hash, and an undeclared log-in."""
    from django.contrib.auth.base_user import AbstractBaseUser

    return {"password", "last_login"} - ({*values} - {"password"}) if issubclass(model, AbstractBaseUser) else set()


def check_counts(seeders: Sequence[Seeder], counts: Mapping[str, int]) -> None:
    """Raise ConfigurationError where rows would refer to too few others.

    Raise RegistrationError where a unique column would get one constant for several rows (seeding.E113).
    """
    for seeder in seeders:
        rows = counts[seeder.table]
        for parent, is_required in seeder.parents.items():
            table, parents = parent._meta.db_table, counts[parent._meta.db_table]
            if rows and not parents and is_required:
                raise ConfigurationError(
                    f"{counted({seeder.table: rows})} can't be generated without {table}: ask for at least "
                    f"{counted({table: 1})}."
                )
            if parent is seeder.key_parent and rows > parents:
                raise ConfigurationError(
                    f"{counted({seeder.table: rows})} need as many {table}, and there are only {parents:,}: ask for no "
                    "more."
                )
        if rows > 1 and (names := _unique_constants(seeder)):
            raise RegistrationError(
                f"{seeder.where} doesn't declare {' and '.join(map(repr, names))}, which must be unique, and whose "
                f"default is the same for all {rows:,} rows: declare it.",
                id="seeding.E113",
            )


def _unique_constants(seeder: Seeder) -> tuple[str, ...]:
    """Return the names of columns that are unique, alone or together, and would be the same in all rows."""
    given = {c.field.name for c in seeder.constants if c.value is not None or c.is_anchor}
    meta = seeder.model._meta
    alone = [(f.name,) for f in meta.local_concrete_fields if f.unique]
    together = [*meta.unique_together, *(constraint.fields for constraint in meta.total_unique_constraints)]
    return next((tuple(names) for names in (*alone, *together) if names and given.issuperset(names)), ())


def is_unique(field: Field[Any, Any]) -> bool:
    """Return True if the field alone must be different in each row."""
    alone = any(constraint.fields == (field.name,) for constraint in field.model._meta.total_unique_constraints)
    return bool(alone or field.unique)


def unknown_count(declaration: Declaration, options: Collection[str]) -> RegistrationError:
    """Return the error for a count that is no count (seeding.E108)."""
    return RegistrationError(
        f"{declaration.where}: count={declaration.count!r} is neither an option in settings.SEED_ROW_COUNTS "
        f"({', '.join(options) or 'there are none'}), nor a number, nor a registered model, nor per() of one.",
        id="seeding.E108",
    )


def failed_import(exc: Exception) -> RegistrationError:
    """Return the error for a `seeds.py` that can't be imported (seeding.E110)."""
    modules = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(exc.__traceback__)]
    if isinstance(exc, SyntaxError) and exc.filename:
        modules.append(f"{Path(exc.filename).parent.name}.{Path(exc.filename).stem}")
    where = next((name for name in reversed(modules) if name.endswith(".seeds")), "A seeds.py")
    reason = f"{type(exc).__name__}: {in_one_line(exc)}"
    return RegistrationError(f"{where} can't be imported: {reason}", id="seeding.E110")
