"""Generic relations as columns: `rows.generic(…)` under a relation's name fills the two columns behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Model

from ..generate.existing import ExistingRows, Lookup
from ..generate.generic import GenericRows
from ..report.wording import shown

if TYPE_CHECKING:
    from ..generate.columns import Columns
    from ..generate.streams import Dataset


def expanded(model: type[Model], values: Columns, dataset: Dataset) -> Columns:
    """Return the columns, with two in place of each generic relation. Raises TypeError for other values."""
    found: dict[str, Any] = dict(values)
    for relation in model._meta.private_fields:
        if hasattr(relation, "ct_field") and relation.name in found:
            value = found.pop(relation.name)
            if not isinstance(value, GenericRows):
                raise TypeError(f"{relation.name!r} holds {shown(value)}, and a generic relation takes rows.generic()")
            if twice := [name for name in (relation.ct_field, relation.fk_field) if name in found]:
                raise TypeError(f"{relation.name!r} fills {twice[0]!r}, which is given, too: leave one of them out")
            found[relation.ct_field] = _content_types(model, relation, value, dataset)
            found[relation.fk_field] = value
    return found


def _content_types(model: type[Model], relation: Any, value: GenericRows, dataset: Dataset) -> ExistingRows:
    content_type: Any = model._meta.get_field(relation.ct_field).related_model
    rows = []
    for target in value.models:
        meta = (target._meta.concrete_model if relation.for_concrete_model else target)._meta
        rows.append(dataset.found(Lookup.of(content_type, {"app_label": meta.app_label, "model": meta.model_name})))
    labels: tuple[Any, ...] = tuple(row.labels[0] for row in rows)
    if (value.codes == len(rows)).any():
        labels = (*labels, None)
    key = content_type._meta.pk.name
    values = {key: [row.values[key][0] if row.values else None for row in rows]}
    return ExistingRows(value.codes, labels, values, Lookup(content_type))
