"""Places: invented streets and towns, real codes of countries, coordinates."""

from __future__ import annotations

from functools import cache

import numpy as np

from ..arithmetic import mixed, scaled, shifted
from ..columns import Categorical
from ..streams import Numbers
from ..texts import Part, Texts, in_figures, joined
from . import words
from .base import RowsBase

# ISO 3166-1, alpha-2 codes and short names.
COUNTRIES = {
    "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BR": "Brazil", "CA": "Canada", "CH": "Switzerland",
    "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "ES": "Spain", "FI": "Finland", "FR": "France",
    "GB": "United Kingdom", "GR": "Greece", "IE": "Ireland", "IN": "India", "IT": "Italy", "JP": "Japan",
    "MX": "Mexico", "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PL": "Poland", "PT": "Portugal",
    "SE": "Sweden", "TR": "Türkiye", "UA": "Ukraine", "US": "United States", "VN": "Viet Nam", "ZA": "South Africa",
}  # fmt: skip
_KINDS = ("Street", "Road", "Lane", "Avenue", "Way", "Close", "Square", "Hill")
_TOWN_ENDS = ("aven", "borough", "combe", "dale", "field", "gate", "holm", "mere", "moor", "ridge", "stead", "well")
_FIRST_POSTCODE, _POSTCODES = 10_000, 90_000
_LONGEST_STREET = 240  # numbers of houses
_MOST_PLACES = 12


class PlaceValues(RowsBase):
    """Addresses. Methods that are given the same stream, by default "address", speak of the same place."""

    def street(self, stream: str = "address") -> Texts:
        """Return a street and a number a row: `12 Lantern Road`."""
        return joined(*self._street(stream))

    def city(self, stream: str = "address") -> Categorical:
        """Return an invented town a row: `Amberholm`."""
        return Categorical(self._drawn(stream, 3, len(_towns())), _towns())

    def postcode(self, stream: str = "address") -> Texts:
        """Return five figures a row."""
        return in_figures(self._drawn(stream, 4, _POSTCODES) + _FIRST_POSTCODE)

    def country_code(self, stream: str = "address", *, unique: bool = False) -> Categorical:
        """Return a country's two letters a row, of ISO 3166-1; with `unique`, another one for each of 30 rows.

        Raises ValueError where the table has more rows than there are countries.
        """
        return Categorical(self._country(stream, unique), tuple(COUNTRIES))

    def country(self, stream: str = "address", *, unique: bool = False) -> Categorical:
        """Return the name of the country that `country_code` gives."""
        return Categorical(self._country(stream, unique), tuple(COUNTRIES.values()))

    def address(self, stream: str = "address") -> Texts:
        """Return an address a row, in one line: `12 Lantern Road, 20417 Amberholm`."""
        town = np.array(_towns()), self._drawn(stream, 3, len(_towns()))
        return joined(*self._street(stream), ", ", self.postcode(stream), " ", town)

    def latitude(self, stream: str = "latitude", *, low: int = -60, high: int = 70, places: int = 6) -> Numbers:
        """Return a latitude a row, from `low` to `high` degrees, in units of the last of `places` decimal places.

        Raises ValueError unless -90 <= low <= high <= 90, and there are from 0 to 12 places.
        """
        return self._degrees(stream, low, high, places, 90)

    def longitude(self, stream: str = "longitude", *, low: int = -180, high: int = 180, places: int = 6) -> Numbers:
        """Return a longitude a row, from `low` to `high` degrees, in units of the last of `places` decimal places.

        Raises ValueError unless -180 <= low <= high <= 180, and there are from 0 to 12 places.
        """
        return self._degrees(stream, low, high, places, 180)

    def _degrees(self, stream: str, low: int, high: int, places: int, most: int) -> Numbers:
        if not -most <= low <= high <= most or not 0 <= places <= _MOST_PLACES:
            raise ValueError(
                f"{low} to {high} degrees with {places} places: degrees go from {-most} to {most}, places from 0 to 12"
            )
        unit = 10**places
        return shifted(scaled(self.bits(stream), (high - low) * unit + 1), low * unit)

    def _country(self, stream: str, unique: bool) -> Numbers:
        if not unique:
            return self._drawn(stream, 5, len(COUNTRIES))
        return self.below(f"{stream}/country", len(COUNTRIES), unique=True, what="countries").view(np.int64)

    def _street(self, stream: str) -> list[Part]:
        number = in_figures(self._drawn(stream, 1, _LONGEST_STREET) + 1)
        return [number, (_streets(), self._drawn(stream, 2, len(_streets())))]

    def _drawn(self, stream: str, salt: int, size: int) -> Numbers:
        return scaled(mixed(self.bits(stream), salt), size).view(np.int64)


@cache
def _streets() -> Texts:
    return np.array([f" {noun.title()} {kind}" for noun in words.NOUNS for kind in _KINDS])


@cache
def _towns() -> tuple[str, ...]:
    return tuple(adjective.title() + end for adjective in words.ADJECTIVES for end in _TOWN_ENDS)
