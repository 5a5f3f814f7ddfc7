"""What seeded users look like."""

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from seeding import Categorical, Columns, Rows, register, seeded_password
from seeding.generate.values.names import FAMILY, FAMILY_ASCII, GIVEN, GIVEN_ASCII, LANGUAGES, PER_LANGUAGE
from seeding.generate.values.rhythm import moment

from .models import User

_GIVEN_ASCII, _FAMILY_ASCII = np.array(GIVEN_ASCII), np.array(FAMILY_ASCII)
_DOMAINS = np.array(["@example.com", "@example.net", "@example.org"])  # reserved, RFC 2606


def signed_up(rows: Rows) -> NDArray[np.uint64]:
    """Return when each user came, as a fraction of the year's business, in units of 2**-32."""
    return rows.fraction("created_at")


@register(User, count="users", keep=Q(is_staff=True) | Q(is_superuser=True), undigested=["password", "last_login"])
def users(rows: Rows) -> Columns:
    """People with names of several languages, each with an address of their own."""
    language = rows.integers("language", 0, len(LANGUAGES) - 1) * PER_LANGUAGE
    given = language + rows.integers("first_name", 0, PER_LANGUAGE - 1)
    family = language + rows.integers("last_name", 0, PER_LANGUAGE - 1)
    local = np.strings.add(np.strings.add(_GIVEN_ASCII[given], "."), _FAMILY_ASCII[family])
    numbered = np.strings.add(local, (rows.numbers + 1).astype("U10"))
    return {
        "email": np.strings.add(numbered, _DOMAINS[rows.integers("domain", 0, len(_DOMAINS) - 1)]),
        "first_name": Categorical(given, GIVEN),
        "last_name": Categorical(family, FAMILY),
        "password": seeded_password(),
        "created_at": moment(signed_up(rows)),
    }
