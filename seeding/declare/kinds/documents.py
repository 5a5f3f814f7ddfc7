"""JSON documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate import documents
from ...generate.columns import Column, objects
from ...report.wording import shown
from . import cells
from .cells import Cells
from .objects import Objects

_VERSION = 1  # of jsonb's binary format


class Document(Objects):
    """JSON documents, as text.

    A seeder gives a template, which is a dictionary with columns anywhere in it: `{"colour": rows.choice(…), "sizes":
    [rows.integers(…), 40]}`; a categorical of documents; a list or an array of Python's values; or an array of text
    (NumPy's, not a list), which is read as JSON. None is NULL, not JSON's null.
    """

    fields = (models.JSONField,)
    title = "JSON documents"
    example = '{{"colour": rows.colour_name("{name}"), "tags": ["a", "b"]}}'
    types = ("jsonb", "json")
    blank = ""
    is_distinctive = True

    def given(self, value: Any, count: int) -> Column:
        if isinstance(value, Mapping) and documents.has_columns(value):
            return objects(documents.documents(value, count, self.number))
        return super().given(value, count)

    def number(self, value: Any) -> str:
        """Return a document as text."""
        encoder = getattr(self.field, "encoder", None)  # a field that is only like Django's may have none
        if value is not None and encoder is not None:
            value = documents.read(json.dumps(value, cls=encoder))
        return documents.written(value)

    def of_array(self, array: NDArray[Any]) -> Column:
        if array.dtype.kind != "U":
            return super().of_array(array)
        return objects([None if text is None else self._read(text) for text in array.tolist()])

    def _read(self, text: str) -> str:
        try:
            value = documents.read(text)
        except ValueError as exc:
            raise ValueError(
                f"it holds the text {shown(text)}, which is not valid JSON; for documents that are texts, give a list"
            ) from exc
        if value is None:
            raise ValueError("it holds JSON's null: give None, which is stored as NULL")
        return documents.written(value)

    def value(self, stored: Any) -> Any:
        return json.loads(stored, cls=getattr(self.field, "decoder", None))

    @property
    def reader(self) -> Field[Any, Any] | None:
        reads = getattr(type(self.field), "from_db_value", None)
        return models.JSONField() if self.is_adapted or reads is not models.JSONField.from_db_value else None

    def sent(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        sent = super().sent(value, connection)
        if hasattr(sent, "obj"):  # psycopg has a wrapper
            sent = (sent.dumps or json.dumps)(sent.obj)
        return json.loads(sent) if isinstance(sent, str) else sent

    def cells(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool = False
    ) -> Cells:
        if not self.is_adapted or column_type.name != "jsonb":
            return super().cells(column, column_type, connection, canonical=canonical)
        sent = [None if value is None else self.sent(value, connection) for value in self.python(column)]
        written = objects([None if value is None else documents.written(value) for value in sent])
        return self.binary(written, column_type, connection, canonical=canonical)

    def laid_out(
        self, values: Sequence[Any], column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        if column_type.name != "jsonb":
            return super().laid_out(values, column_type, connection, canonical=canonical)
        return cells.behind(np.full(len(values), _VERSION, np.uint8), *cells.in_utf_8(values))

    def encoded(self, stored: Any) -> bytes:
        return bytes(stored.encode())
