"""Expressions of columns, which can be computed and can be written down: what a draft says is what is seeded."""

from __future__ import annotations

import builtins
import keyword
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
from django.db import models

from ...generate.children import Per
from ...generate.columns import Categorical
from ...generate.rows import Rows

Arguments = tuple[Any, ...]
_NAMES: ContextVar[Mapping[type[models.Model], str]] = ContextVar("names", default={})  # noqa: B039
WIDTH = 88  # what ruff and black format to, unless they are told otherwise


class Expression(ABC):
    """How a column is made from `rows`."""

    @abstractmethod
    def value(self, rows: Rows) -> Any:
        """Return the column for these rows."""

    @abstractmethod
    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        """Return the expression as Python, as ruff formats it.

        It stands in a line with `indent` blanks, after `before` further characters, and with `after` behind it.
        """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.source() == other.source()

    def __hash__(self) -> int:
        return hash(self.source())

    def parts(self) -> Iterator[Any]:
        """Yield what the expression is made of."""
        yield from ()

    def models(self) -> set[type[models.Model]]:
        """Return the models that the expression names."""
        return set(_models_in(self.parts()))

    def names(self) -> set[str]:
        """Return what the expression needs to be imported: `seeding.Categorical`, `decimal.Decimal`, `datetime`."""
        return set(_names_in(self.parts()))


@dataclass(frozen=True, eq=False)
class Call(Expression):
    """A call of a method of `rows`, or of another object: `rows.title("title", max_length=200)`."""

    method: str
    args: Arguments = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    on: Expression | None = None  # None: rows

    def value(self, rows: Rows) -> Any:
        target = rows if self.on is None else self.on.value(rows)
        options = {name: _value(option, rows) for name, option in self.options.items()}
        return getattr(target, self.method)(*[_value(arg, rows) for arg in self.args], **options)

    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        head = f"{'rows' if self.on is None else self.on.source(indent, before)}.{self.method}"
        return _call(head, self.args, self.options, indent, before, after)

    def parts(self) -> Iterator[Any]:
        yield from (self.on, *self.args, *self.options.values())


@dataclass(frozen=True, eq=False)
class Attribute(Expression):
    """An attribute of `rows`, or of another expression: `rows.numbers`, `rows.tree().parent`."""

    name: str
    of: Expression | None = None

    def value(self, rows: Rows) -> Any:
        return getattr(rows if self.of is None else self.of.value(rows), self.name)

    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        return f"{'rows' if self.of is None else self.of.source(indent, before)}.{self.name}"

    def parts(self) -> Iterator[Any]:
        yield self.of


@dataclass(frozen=True, eq=False)
class Operation(Expression):
    """An operation of two expressions or numbers: `rows.numbers + 1`."""

    left: Any
    sign: str
    right: Any

    def value(self, rows: Rows) -> Any:
        left, right = _value(self.left, rows), _value(self.right, rows)
        return {
            "+": lambda: left + right,
            "-": lambda: left - right,
            "*": lambda: left * right,
            "/": lambda: left / right,
            "//": lambda: left // right,
            "%": lambda: left % right,
        }[self.sign]()

    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        one_line = f"{source_of(self.left, indent)} {self.sign} {source_of(self.right, indent)}"
        if "\n" in one_line or indent + before + len(one_line) + after <= WIDTH:
            return one_line
        return f"\n{' ' * indent}".join(self._operands(indent))

    def _operands(self, indent: int) -> list[str]:
        """Return a line for each operand, all but the first with its sign before it."""
        first = self.left._operands(indent) if isinstance(self.left, Operation) else [source_of(self.left, indent)]
        return [*first, f"{self.sign} {source_of(self.right, indent)}"]

    def parts(self) -> Iterator[Any]:
        yield from (self.left, self.right)


@dataclass(frozen=True, eq=False)
class Categories(Expression):
    """A categorical column: `Categorical(rows.integers("stars", 0, 4), (1, 2, 3, 4, 5))`."""

    codes: Expression
    labels: Arguments

    def value(self, rows: Rows) -> Any:
        return Categorical(self.codes.value(rows), self.labels)

    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        return _call("Categorical", (self.codes, self.labels), {}, indent, before, after)

    def parts(self) -> Iterator[Any]:
        yield from (self.codes, *self.labels)

    def names(self) -> set[str]:
        return {"seeding.Categorical", *super().names()}


@dataclass(frozen=True, eq=False)
class SharedPassword(Expression):
    """The hash of the password that all seeded users share."""

    def value(self, rows: Rows) -> Any:
        from ..passwords import seeded_password

        return seeded_password()

    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        return "seeded_password()"

    def names(self) -> set[str]:
        return {"seeding.seeded_password"}


@dataclass(frozen=True, eq=False)
class Variable(Expression):
    """A column that is named before it is used, or one of several: `author, book = rows.pairs(Author, Book)`."""

    name: str
    of: Expression
    among: tuple[str, ...] = ()  # the names of all that the expression makes, where it makes several

    def value(self, rows: Rows) -> Any:
        made = self.of.value(rows)
        return made[self.among.index(self.name)] if self.among else made

    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        return local_name(self.name)

    def parts(self) -> Iterator[Any]:
        yield self.of


@dataclass(frozen=True, eq=False)
class Item(Expression):
    """One of several that an expression makes: `rows.parent(LINES)[0]`."""

    of: Expression
    place: int

    def value(self, rows: Rows) -> Any:
        return self.of.value(rows)[self.place]

    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        return f"{self.of.source(indent, before, after + 3)}[{self.place}]"

    def parts(self) -> Iterator[Any]:
        yield self.of


@dataclass(frozen=True, eq=False)
class Children(Expression):
    """How many rows of `model` there are for each row of its parent: a `per` that has a name, such as `LINES`."""

    model: type[models.Model]
    per: Per

    def value(self, rows: Rows) -> Any:
        return self.per

    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        return plural_of(name_of(self.model)).upper()

    @property
    def definition(self) -> str:
        """The line that gives it its name."""
        return f"{self.source()} = per({name_of(self.per.model)}, {self.per.low}, {self.per.high})"

    def models(self) -> set[type[models.Model]]:
        return {self.per.model}

    def names(self) -> set[str]:
        return {"seeding.per"}


@dataclass(frozen=True, eq=False)
class Joined(Expression):
    """The texts of a row's ancestors in a tree and of the row itself, each with a slash behind it."""

    tree: Expression
    text: Expression
    start: str

    def value(self, rows: Rows) -> Any:
        def texts(some: Rows) -> Any:
            return np.strings.add(self.text.value(some), "/")

        return self.tree.value(rows).joined(texts, start=self.start)

    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        head, text = f"{self.tree.source()}.joined", self.text.source(indent + 4)
        made = f'lambda rows: np.strings.add({text}, "/")'
        one_line = f"{head}({made}, start={source_of(self.start)})"
        if "\n" not in one_line and indent + before + len(one_line) + after <= WIDTH:
            return one_line
        return _lines(f"{head}(", [made, f"start={source_of(self.start)}"], ")", indent)

    def parts(self) -> Iterator[Any]:
        yield self.tree  # not the text, whose rows are others

    def names(self) -> set[str]:
        return {"numpy as np", *self.text.names(), *super().names()}


@dataclass(frozen=True, eq=False)
class Constant(Expression):
    """One value for all rows, or a document or a range with columns in it."""

    constant: Any

    def value(self, rows: Rows) -> Any:
        return _value(self.constant, rows)

    def source(self, indent: int = 0, before: int = 0, after: int = 1) -> str:
        return source_of(self.constant, indent, before, after)

    def parts(self) -> Iterator[Any]:
        yield self.constant


def inside(expression: Expression) -> Iterator[Expression]:
    """Yield what an expression is made of, the innermost first, and the expression itself."""
    for part in _flat(expression.parts()):
        if isinstance(part, Expression):
            yield from inside(part)
    yield expression


def replaced(expression: Any, old: Expression, new: Expression) -> Any:
    """Return an expression with another one in place of one that it is made of."""
    if expression == old:
        return new
    if isinstance(expression, Call):
        args = tuple(replaced(arg, old, new) for arg in expression.args)
        return replace(expression, args=args, on=replaced(expression.on, old, new))
    if isinstance(expression, Item):
        return replace(expression, of=replaced(expression.of, old, new))
    if isinstance(expression, Operation):
        return replace(expression, left=replaced(expression.left, old, new), right=replaced(expression.right, old, new))
    return expression


def local_name(name: str) -> str:
    """Return a name for a variable or a function: the one that is given, unless it would hide another one."""
    hides = keyword.iskeyword(name) or hasattr(builtins, name) or name in ("rows", "register", "seeded_password")
    return f"{name}_" if hides else name


def rows(method: str, *args: Any, **options: Any) -> Call:
    """Return a call of a method of `rows`."""
    return Call(method, args, options)


def name_of(model: type[models.Model]) -> str:
    """Return the name of a model in a `seeds.py`; that of a many-to-many relation's table is `Post.tags.through`."""
    owner: Any = model._meta.auto_created
    if not owner:
        return _NAMES.get().get(model, model.__name__)
    name = next(f.name for f in owner._meta.local_many_to_many if f.remote_field.through is model)
    return f"{name_of(owner)}.{name}.through"


@contextmanager
def named(names: Mapping[type[models.Model], str]) -> Iterator[None]:
    """Let some models have other names than their own in the block: two of the same name can't stand in one file."""
    before = _NAMES.set(names)
    try:
        yield
    finally:
        _NAMES.reset(before)


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, in lower case: of `unitPrice`, `unit_price` and `UnitPrice` the same."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z]{2})(?=[0-9])", "_", name)
    return tuple(word for word in parted.lower().split("_") if word)


def plural_of(name: str) -> str:
    """Return a model's name in the plural, as a Python name: `order_lines` of `OrderLine`."""
    *head, last = words_of(name)
    if last.endswith("y") and last[-2:-1] not in "aeiou":
        last = f"{last[:-1]}ies"
    elif last.endswith(("s", "x", "z", "ch", "sh")):
        last = f"{last}es"
    else:
        last = f"{last}s"
    return "_".join([*head, last])


def source_of(value: Any, indent: int = 0, before: int = 0, after: int = 1) -> str:
    """Return a value as Python, as ruff formats it."""
    if isinstance(value, Expression):
        return value.source(indent, before, after)
    if isinstance(value, type) and issubclass(value, models.Model):
        return name_of(value)
    if isinstance(value, dict):
        pairs = [f"{source_of(key)}: {source_of(item)}" for key, item in value.items()]
        one_line = "{" + ", ".join(pairs) + "}"
        if indent + before + len(one_line) + after <= WIDTH:
            return one_line
        return _lines("{", [f"{source_of(k)}: {source_of(v, indent + 4)}" for k, v in value.items()], "}", indent)
    if isinstance(value, list | tuple):
        opened, closed = ("[", "]") if isinstance(value, list) else ("(", ")")
        items = [source_of(item) for item in value]
        one_line = opened + ", ".join(items) + ("," if isinstance(value, tuple) and len(value) == 1 else "") + closed
        if indent + before + len(one_line) + after <= WIDTH:
            return one_line
        return _lines(opened, [source_of(item, indent + 4) for item in value], closed, indent)
    return _literal(value)


class Cents(int):
    """An amount in hundredths, which is written with its unit apart: `5_00`."""


def _literal(value: Any) -> str:
    if isinstance(value, Cents):
        return f"{int(value) // 100}_{int(value) % 100:02}" if value >= 100 else str(int(value))
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, int):
        return f"{value:_}" if abs(value) >= 10_000 else str(int(value))
    if isinstance(value, str):
        text = repr(str.__str__(value))
        if text.startswith("'") and '"' not in text:
            return '"' + text[1:-1].replace("\\'", "'") + '"'
        return text
    if isinstance(value, bytes):
        return 'b"' + repr(value)[2:-1] + '"'
    return repr(value) if '"' in repr(value) else repr(value).replace("'", '"')  # Decimal("9.95")


def _call(head: str, args: Sequence[Any], options: Mapping[str, Any], indent: int, before: int, after: int) -> str:
    one_line = f"{head}({', '.join(_arguments(args, options, indent))})"
    if "\n" not in one_line and indent + before + len(one_line) + after <= WIDTH:
        return one_line
    return _lines(f"{head}(", _arguments(args, options, indent + 4), ")", indent)


def _arguments(args: Sequence[Any], options: Mapping[str, Any], indent: int) -> list[str]:
    named = [f"{name}={source_of(value, indent, len(name) + 1)}" for name, value in options.items()]
    return [*(source_of(arg, indent) for arg in args), *named]


def _lines(opened: str, items: Sequence[str], closed: str, indent: int) -> str:
    inner = "".join(f"{' ' * (indent + 4)}{item},\n" for item in items)
    return f"{opened}\n{inner}{' ' * indent}{closed}"


def _value(part: Any, rows: Rows) -> Any:
    if isinstance(part, Expression):
        return part.value(rows)
    if isinstance(part, dict):
        return {key: _value(item, rows) for key, item in part.items()}
    if isinstance(part, tuple) and any(isinstance(item, Expression) for item in part):
        return tuple(_value(item, rows) for item in part)
    return part


def _flat(parts: Any) -> Iterator[Any]:
    for part in parts:
        if isinstance(part, dict):
            yield from _flat(part.values())
        elif isinstance(part, list | tuple):
            yield from _flat(part)
        else:
            yield part


def _models_in(parts: Any) -> Iterator[type[models.Model]]:
    for part in _flat(parts):
        if isinstance(part, Expression):
            yield from part.models()
        elif isinstance(part, type) and issubclass(part, models.Model):
            yield part


def _names_in(parts: Any) -> Iterator[str]:
    for part in _flat(parts):
        if isinstance(part, Expression):
            yield from part.names()
        elif type(part).__module__ == "datetime":
            yield "datetime"  # as its values are written: datetime.timedelta(days=1)
        elif isinstance(part, Decimal | UUID):
            yield f"{type(part).__module__}.{type(part).__name__}"
