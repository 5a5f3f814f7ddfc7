"""Text: characters, slugs, addresses, the names of files and images; and IP addresses, which are written as text."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any, ClassVar

import numpy as np
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field
from django.db.models.fields.files import FieldFile
from django.utils.ipv6 import clean_ipv6_address
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Categorical, Column, filled, masked, nulls_of, without_nulls
from ...generate.texts import Part, Texts, joined
from ...report.wording import shown
from . import cells
from .base import Kind, is_storable, text_of
from .cells import Cells
from .objects import cells_of


class Text(Kind):
    """Text, as an array or as categories."""

    fields: ClassVar[tuple[type[Field[Any, Any]], ...]] = (models.CharField, models.TextField, models.FilePathField)
    title = "text"
    example = '[f"{name} {{n}}" for n in rows.numbers]'
    types: ClassVar[tuple[str, ...]] = cells.TEXTS
    is_distinctive = True
    is_sent_as_is = True
    dtype = "U"
    blank = ""
    plain = str

    def categories(self, column: Categorical) -> Column:
        return Categorical(column.codes, tuple(None if v is None else self.number(v) for v in column.labels))

    def of_list(self, values: Sequence[Any]) -> Column:
        texts, nulls = without_nulls(values, "")
        if set(map(type, texts)) != {self.plain} or not is_storable("".join(texts)):
            texts = ["" if value is None else self.number(value) for value in values]
        return masked(np.array(texts, dtype=np.str_), nulls)

    def number(self, value: Any) -> str:
        value = text_of(value)
        if not isinstance(value, str):
            super().number(value)
        text = str.__str__(value)  # not the name of an enumeration's member
        if "\0" in text:
            raise ValueError(f"it holds {shown(text)}, and PostgreSQL stores no NUL characters")
        try:
            text.encode()
        except UnicodeEncodeError as exc:
            raise ValueError(f"it holds {shown(text)}, which is not valid Unicode") from exc
        return text

    def of_array(self, array: NDArray[Any]) -> Column:
        values = filled(array)
        if values.dtype.kind != "U":
            raise TypeError(f"it holds {array.dtype} values, and this column holds {self.title}")
        characters = values.reshape(-1).view(np.uint32).reshape(len(values), -1) if len(values) else values
        if len(values) and (characters[:, :-1] < np.minimum(characters[:, 1:], 1)).any():
            raise ValueError("it holds a NUL character, which PostgreSQL doesn't store")
        if len(values) and ((characters >= 0xD800) & (characters <= 0xDFFF)).any():
            raise ValueError("it holds half a surrogate pair, which is not valid Unicode")
        return masked(values, nulls_of(array))

    def check(self, column: Column) -> None:
        most = self.field.max_length
        if most is None:
            return
        if isinstance(column, Categorical):
            longest = max((len(label) for label in column.labels if label is not None), default=0)
        elif column.dtype.itemsize // 4 <= most or not len(column):
            return
        else:
            longest = int(np.strings.str_len(filled(column)).max())
        if longest > most:
            raise ValueError(f"it holds a text of {longest} characters, and max_length is {most}")

    def python(self, column: Column) -> list[Any]:
        return column.tolist()

    def read(self, values: Sequence[Any]) -> Column:
        return super().read([None if value is None else str(value) for value in values])

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return cells.of_texts(column)


class FileName(Text):
    """The name of a file or an image, relative to the storage; the file itself isn't made."""

    fields = (models.FileField,)
    title = "names of files"
    example = '[f"{name}/{{n}}.txt" for n in rows.numbers]'
    plain = str

    def column(self, value: Any, count: int) -> Column:
        """Return a column in declared form; the name of no file is empty, as Django stores it, and not NULL."""
        column = super().column(value, count)
        if isinstance(column, Categorical):
            return Categorical(column.codes, tuple(label or "" for label in column.labels))
        return filled(column)

    def number(self, value: Any) -> str:
        return super().number((value.name or "") if isinstance(value, FieldFile) else value)


class Address(Text):
    """IP addresses, as the field writes them; declared as numbers, they are of version 4."""

    fields = (models.GenericIPAddressField,)
    title = "IP addresses"
    example = 'rows.ip_address("{name}")'
    types = ("inet",)

    def number(self, value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = _version_4(value)
        if isinstance(value, IPv4Address | IPv6Address):
            value = str(value)
        text = super().number(value)
        protocol = getattr(self.field, "protocol", "both")  # a field that is only like Django's may have none
        found = _address(text, getattr(self.field, "unpack_ipv4", False))
        if found is None:
            raise ValueError(f"it holds {shown(text)}, which is not a valid IP address")
        if protocol.lower() != "both" and (protocol.lower() == "ipv6") != (":" in found):
            raise ValueError(f"it holds {found}, and the field holds addresses of {protocol}")
        return found

    def of_array(self, array: NDArray[Any]) -> Column:
        if array.dtype.kind not in "iuU":
            return super().of_array(array)
        numbers = filled(array)
        is_version_4 = array.dtype.kind != "U" and self.field.protocol.lower() != "ipv6"  # type: ignore[attr-defined]
        if not is_version_4 or (len(numbers) and not 0 <= numbers.min() <= numbers.max() < 1 << 32):
            return self.of_list(array.tolist())
        parts: list[Part] = []
        for shift in (24, 16, 8, 0):
            parts += [".", (_octets(), numbers >> shift & 0xFF)]
        return masked(joined(*parts[1:]), nulls_of(array))

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return cells_of(column, _inet)


@cache
def _octets() -> Texts:
    return np.arange(256).astype(np.str_)


def _version_4(number: int) -> str:
    try:
        return socket.inet_ntoa(number.to_bytes(4, "big"))
    except OverflowError as exc:
        raise ValueError(f"it holds {number}, which is not a valid IP address of version 4") from exc


def _address(text: str, unpacks: bool) -> str | None:
    """Return an address as Django writes it; None where it is none. A name of an interface (%) isn't stored either."""
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    try:
        found = socket.inet_ntop(family, socket.inet_pton(family, text))
        if family == socket.AF_INET6 and "." in text + found:  # one of version 4 in one of version 6
            found = clean_ipv6_address(text, unpacks)
    except (OSError, ValidationError):
        return None
    return found


def _inet(text: str) -> bytes:
    """Return an address as PostgreSQL's inet: family, bits of the network, whether it is one, length, and the bytes."""
    if ":" in text:
        return b"\3\x80\0\x10" + socket.inet_pton(socket.AF_INET6, text)
    return b"\2\x20\0\4" + socket.inet_aton(text)
