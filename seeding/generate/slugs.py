"""Slugs of many texts at once: what Django's `slugify` makes of each, by code points instead of regular expressions."""

from __future__ import annotations

import re
import sys
from functools import cache
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from .texts import BLOCK_ROWS, Texts, as_codes, as_texts

_DROPPED, _DASH = 0, ord("-")
_SEVERAL, _UNKNOWN = 0xFFFFFFFE, 0xFFFFFFFF  # what becomes several characters; what nobody has asked for yet


def slugs(texts: Texts) -> Texts:
    """Return each text as Django's `slugify` does: ASCII in lower case, one dash for spaces and dashes.

    Accents are dropped, and so is what has no ASCII letter; a text of nothing else gives an empty slug.
    """
    if len(texts) == 0:
        return texts
    blocks = [texts[start : start + BLOCK_ROWS] for start in range(0, len(texts), BLOCK_ROWS)]
    return np.concatenate([_of_block(block) for block in blocks])


def _of_block(texts: Texts) -> Texts:
    plain = _plain(as_codes(texts))
    if (plain == _SEVERAL).any():
        return np.array([slug(text) for text in texts.tolist()], np.str_)
    return _packed(plain)


def slug(text: str) -> str:
    """Return one text as a slug."""
    return re.sub(r"[-\s]+", "-", _cleaned(text)).strip("-_")


def _plain(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return what each character becomes, looking up those that were met for the first time."""
    table = _characters()
    plain = table[codes]
    for code in set(codes[plain == _UNKNOWN].tolist()):
        table[code] = _single(code)
    return table[codes]


@cache
def _characters() -> NDArray[np.uint32]:
    return np.full(sys.maxunicode + 1, _UNKNOWN, np.uint32)


def _packed(plain: NDArray[np.uint32]) -> Texts:
    """Move what isn't dropped together, and leave one dash of several, none at the ends."""
    shown = plain != _DROPPED
    packed = _gathered(plain, shown)
    dashes = packed == _DASH
    repeated = np.zeros_like(dashes)
    repeated[:, 1:] = dashes[:, 1:] & dashes[:, :-1]
    packed = _gathered(packed, (packed != _DROPPED) & ~repeated)
    return np.strings.strip(as_texts(packed), "-_")


def _gathered(codes: NDArray[np.uint32], kept: NDArray[np.bool_]) -> NDArray[np.uint32]:
    out = np.zeros_like(codes)
    row, column = np.nonzero(kept)
    places = kept.cumsum(axis=1)[row, column] - 1
    out[row, places] = codes[row, column]
    return out


def _single(code: int) -> int:
    """Return what a character becomes: another one, or none."""
    if code == 0:
        return _DROPPED
    made = _cleaned(chr(code))
    if len(made) > 1:
        return _SEVERAL
    return _DASH if made.isspace() else ord(made or "\0")


def _cleaned(text: str) -> str:
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^\w\s-]", "", plain)
