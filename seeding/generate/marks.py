"""Marks: four bytes a value, by which a value is known again."""

from __future__ import annotations

import functools
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Categorical, Column, filled, nulls_of, text_of

Marks = NDArray[np.uint32]

_CHARACTERS = 64  # of a text; its length counts as well
_PRIME = np.uint64(0x100000001B3)


def marks_of(column: Column) -> Marks:
    """Return a hash of each value; zero for NULL. The same value has the same mark in any batch."""
    if isinstance(column, Categorical):
        labels = ["" if label is None else label for label in column.labels]
        has_objects = any(isinstance(label, bytes | tuple) for label in labels)
        found = marks_of(np.fromiter(labels, object, len(labels)) if has_objects else np.array(labels))[column.codes]
    else:
        values = filled(column)
        if values.dtype.kind == "O":
            found = _mixed(_objects(values.tolist()))
        else:
            found = _mixed(_texts(values) if values.dtype.kind == "U" else _numbers(values))
    nulls = nulls_of(column)
    if nulls is not None:
        found[nulls] = 0
    return found


def _numbers(values: NDArray[np.generic]) -> NDArray[np.uint64]:
    if values.dtype.kind == "V":  # so many bytes each, as UUIDs are
        words = -(-values.dtype.itemsize // 8)
        parts = values.astype(f"V{8 * words}").view("<u8").reshape(-1, words).T
        return functools.reduce(lambda found, part: (found * _PRIME) ^ part, parts)
    return values.view(np.uint64) if values.dtype.itemsize == 8 else values.astype(np.uint64)


def _objects(values: list[Any]) -> NDArray[np.uint64]:
    """Hash texts as an array of texts is hashed, and other objects by their content."""
    found = np.empty(len(values), np.uint64)
    is_text = np.fromiter((isinstance(value, str) for value in values), bool, len(values))
    texts = [value for value in values if isinstance(value, str)]
    cut = np.array([text[:_CHARACTERS] for text in texts], np.str_)
    found[is_text] = _hashed(cut, np.fromiter(map(len, texts), np.uint64, len(texts)))
    contents = [text_of(v) if isinstance(v, bytes | tuple) else str(v) for v in values if not isinstance(v, str)]
    hashes = [blake2b(content.encode(), digest_size=8).digest() for content in contents]
    found[~is_text] = np.frombuffer(b"".join(hashes), "<u8")
    return found


def _texts(values: NDArray[np.str_]) -> NDArray[np.uint64]:
    return _hashed(values, np.strings.str_len(values).astype(np.uint64))


def _hashed(values: NDArray[np.str_], lengths: NDArray[np.uint64]) -> NDArray[np.uint64]:
    width = values.dtype.itemsize // 4
    if not width or not len(values):
        return np.zeros(len(values), np.uint64)
    characters = np.ascontiguousarray(values).view(np.uint32).reshape(len(values), width)
    found = lengths
    for i in range(min(width, _CHARACTERS)):
        character = characters[:, i].astype(np.uint64)
        found = np.where(character != 0, (found ^ character) * _PRIME, found)
    return found


def _mixed(values: NDArray[np.uint64]) -> Marks:
    """Return the upper half of each number, after the last steps of splitmix64 (Steele, Lea, Flood, OOPSLA 2014)."""
    mixed = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(32)).astype(np.uint32)
