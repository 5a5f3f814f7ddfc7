"""People: names of fifteen languages, and the e-mail address and user name that go with them. Nobody real."""

from __future__ import annotations

from functools import cache

import numpy as np

from ..arithmetic import multiply_high
from ..columns import Categorical
from ..streams import Numbers
from ..texts import Part, Texts, in_figures, joined
from .base import RowsBase
from .names import FAMILY, FAMILY_ASCII, GIVEN, GIVEN_ASCII, PER_LANGUAGE

_DOMAINS = ("@example.com", "@example.net", "@example.org")  # reserved, RFC 2606


class PeopleValues(RowsBase):
    """People. Methods that are given the same stream, by default "person", speak of the same person."""

    def given_name(self, stream: str = "person") -> Categorical:
        """Return a given name a row."""
        person = self._person(stream)
        return Categorical(person // PER_LANGUAGE, GIVEN)

    def family_name(self, stream: str = "person") -> Categorical:
        """Return a family name a row, of the given name's language."""
        person = self._person(stream)
        return Categorical(person // PER_LANGUAGE**2 * PER_LANGUAGE + person % PER_LANGUAGE, FAMILY)

    def full_name(self, stream: str = "person") -> Categorical:
        """Return a given and a family name a row; there are 3,840 different ones."""
        return Categorical(self._person(stream), _full_names())

    def email(self, stream: str = "person", *, unique: bool = True, domain: str | None = None) -> Texts:
        """Return an e-mail address a row, in lower case and ASCII: `zofia.nowak7@example.org`.

        With `unique`, the row's number, from 1, stands before the @. `domain` is one of the reserved example domains,
        unless given.
        """
        domains = np.array(_DOMAINS if domain is None else [f"@{domain}"])
        bits = self.bits(stream) * np.uint64(len(_full_names()))  # the part of the bits that chose no name
        chosen = multiply_high(bits, np.uint64(len(domains))).view(np.int64)
        return joined(*self._local(stream, unique), (domains, chosen))

    def username(self, stream: str = "person", *, unique: bool = True) -> Texts:
        """Return a user name a row, what stands before the @ of the same person's e-mail address."""
        return joined(*self._local(stream, unique))

    def _local(self, stream: str, unique: bool) -> list[Part]:
        name: Part = (_local_parts(), self._person(stream))
        return [name, in_figures(self.numbers + 1)] if unique else [name]

    def _person(self, stream: str) -> Numbers:
        """Return a row's person: language, given and family name, as one number."""
        return multiply_high(self.bits(stream), np.uint64(len(_full_names()))).view(np.int64)


def _pairs(given: tuple[str, ...], family: tuple[str, ...], between: str) -> tuple[str, ...]:
    """Return all given names with all family names of the same language."""
    return tuple(
        given_name + between + family[number // PER_LANGUAGE * PER_LANGUAGE + other]
        for number, given_name in enumerate(given)
        for other in range(PER_LANGUAGE)
    )


@cache
def _full_names() -> tuple[str, ...]:
    return _pairs(GIVEN, FAMILY, " ")


@cache
def _local_parts() -> Texts:
    return np.array(_pairs(GIVEN_ASCII, FAMILY_ASCII, "."))
