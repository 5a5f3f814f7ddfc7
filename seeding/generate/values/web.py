"""What the web is made of: addresses of pages and machines, names of files, colours. All reserved or invented."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from ..arithmetic import mixed, scaled
from ..columns import Categorical
from ..texts import Part, Texts, in_figures, joined
from . import words
from .base import RowsBase

# Networks for documentation: RFC 5737 and RFC 3849.
_NETWORKS = ("192.0.2.", "198.51.100.", "203.0.113.")
_NETWORK_6 = "2001:db8:"
_EXTENSIONS = ("pdf", "jpg", "png", "txt", "csv", "docx")
COLOURS = (
    "amber", "azure", "beige", "black", "blue", "brown", "coral", "crimson", "cyan", "gold", "green", "grey", "indigo",
    "ivory", "khaki", "lavender", "lime", "magenta", "maroon", "navy", "olive", "orange", "pink", "purple", "red",
    "silver", "teal", "turquoise", "violet", "white", "yellow",
)  # fmt: skip


class WebValues(RowsBase):
    """Addresses of the web, file names and colours."""

    def url(self, stream: str = "url", *, unique: bool = True) -> Texts:
        """Return the address of a page a row: `https://example.com/quiet-harbour/7`, with the row's number at its end.

        The domain is reserved (RFC 2606). Without `unique`, there is no number.
        """
        parts: list[Part] = ["https://example.com/", self._thing(stream)]
        return joined(*parts, "/", in_figures(self.numbers + 1)) if unique else joined(*parts)

    def domain(self, stream: str = "domain", *, unique: bool = True) -> Texts:
        """Return a host name a row: `quiet-harbour-7.example`, of a reserved top-level domain (RFC 2606)."""
        if unique:
            return joined(self._thing(stream), "-", in_figures(self.numbers + 1), ".example")
        return joined(self._thing(stream), ".example")

    def file_name(
        self, stream: str = "file_name", *, extensions: Sequence[str] = _EXTENSIONS, unique: bool = True
    ) -> Texts:
        """Return the name of a file a row: `quiet-harbour-7.pdf`. There is no such file.

        Raises ValueError for no extensions.
        """
        if not extensions:
            raise ValueError("a file's name needs at least one extension")
        chosen = scaled(mixed(self.bits(stream), 1), len(extensions)).view(np.int64)
        ending = np.array([f".{extension.removeprefix('.')}" for extension in extensions]), chosen
        number: list[Part] = ["-", in_figures(self.numbers + 1)] if unique else []
        return joined(self._thing(stream), *number, ending)

    def ip_address(self, stream: str = "ip_address", *, version: int = 4, unique: bool = False) -> Categorical | Texts:
        """Return an IP address a row, of the networks for documentation, as PostgreSQL writes it.

        Raises ValueError for a version other than 4 and 6, and with `unique` where there are more rows than the 762
        addresses of version 4; version 6 has more than 10**14.
        """
        if version == 4:
            drawn = self.below(stream, len(_addresses()), unique=unique, what="addresses for documentation")
            return Categorical(drawn.view(np.int64), _addresses())
        if version != 6:
            raise ValueError(f"IP version {version}: there are 4 and 6")
        groups = _groups()
        size = len(groups)
        drawn = self.below(stream, size**3, unique=unique, what="addresses for documentation")
        parts: list[Part] = [_NETWORK_6]
        for numbers in (drawn, mixed(drawn, 1) % np.uint64(size**3)):
            for divisor in (size**2, size, 1):
                place = (numbers // np.uint64(divisor) % np.uint64(size)).view(np.int64)
                parts += [(groups, place), ":"]
        return joined(*parts[:-1])

    def colour(self, stream: str = "colour") -> Texts:
        """Return a colour a row, as CSS writes it: `#1fa2c0`."""
        figures = np.array([f"{number:03x}" for number in range(1 << 12)])
        drawn = scaled(self.bits(stream), 1 << 24).view(np.int64)
        return joined("#", (figures, drawn >> 12), (figures, drawn & 0xFFF))

    def colour_name(self, stream: str = "colour") -> Categorical:
        """Return the name of a colour a row."""
        return Categorical(scaled(self.bits(stream), len(COLOURS)).view(np.int64), COLOURS)

    def _thing(self, stream: str) -> Part:
        table = _things()
        return table, scaled(self.bits(stream), len(table)).view(np.int64)


@cache
def _things() -> Texts:
    return np.strings.replace(words.things(), " ", "-")


@cache
def _addresses() -> tuple[str, ...]:
    return tuple(f"{network}{host}" for network in _NETWORKS for host in range(1, 255))


@cache
def _groups() -> Texts:
    """Return the groups of four figures without a leading zero: PostgreSQL leaves those off."""
    return np.array([f"{number:x}" for number in range(0x1000, 0x10000)])
