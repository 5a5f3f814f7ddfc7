"""Plain words and phrases, and the tables of them that texts are put together from.

The order and the spelling of every entry are frozen: another word here is other data for every version.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import product

import numpy as np

from ..texts import Texts


def _listed(text: str, separator: str = " ") -> tuple[str, ...]:
    return tuple(text.split(separator))


ADJECTIVES = _listed(
    "amber bold brave brief bright broad calm careful clear clever cool crisp curious daily deep distant early easy "
    "fair fast fine firm fresh friendly gentle golden grand green handy happy hidden honest keen kind large late "
    "light little lively local long modern narrow neat new northern old open patient plain proud quick quiet rapid "
    "rare ready round silent simple small smooth soft steady warm wide"
)
NOUNS = _listed(
    "anchor apple arrow basket beacon bell bicycle boat book bottle branch bridge bucket button candle canvas carpet "
    "castle chair clock cloud compass corner cup curtain desk door drawer engine field flute forest garden gate "
    "glove hammer harbour hill island kettle key kite ladder lamp lantern letter map market meadow mill mirror "
    "mountain needle orchard paper pencil river road rope sail spoon station table tower"
)
SUBJECTS = _listed(
    "The team|Our workshop|A new customer|The second draft|This version|The night shift|Every visitor|The small "
    "office|A careful reader|The last train|Our neighbour|The whole village|One of the students|The blue folder|The "
    "old map|Nobody here|The first delivery|A short walk|The morning paper|The library|Half of the class|The weekly "
    "report|A warm kitchen|The garden gate|The market hall|Her favourite song|His bicycle|The quiet street|Their "
    "boat|The new bridge|A good question|The long table|My sister|The baker|The front door|Each of the samples|The "
    "repair kit|Most of the crew|A simple plan|The harbour master|The spare key|The final result|This recipe|The "
    "choir|A second opinion|The lower field|The ticket office|Our best guess",
    "|",
)
VERBS = _listed(
    "brings|needs|keeps|explains|follows|shows|improves|replaces|misses|carries|covers|prefers|remembers|finds|opens|"
    "changes|supports|collects|describes|fits|holds|includes|leaves|measures|offers|prepares|protects|receives|"
    "repeats|saves|suggests|welcomes",
    "|",
)
OBJECTS = _listed(
    "a fresh coat of paint|the missing page|two cups of tea|a better answer|the heavy boxes|a clean sheet of paper|"
    "the usual route|a box of old letters|the whole list|a small surprise|three spare parts|the wrong address|a "
    "quiet corner|the next appointment|a bag of apples|the open window|a pair of gloves|the first chapter|a much "
    "longer ladder|the second half|a piece of string|the yellow envelope|a short break|the longest queue|some warm "
    "bread|the right tools|a new set of rules|the broken lamp|a clear picture|the same mistake|a wide view of the "
    "valley|the early bus|a handful of nails|the smaller room|a cheerful note|the forgotten umbrella|a lighter bag|"
    "the lost button|a single question|the latest figures|a jar of honey|the empty chair|a friendly smile|the "
    "original plan|a bit of patience|the corner shop|a loud bell|the last slice",
    "|",
)
ENDINGS = _listed(
    "in the morning|before lunch|after the rain|without any hurry|on the second floor|near the station|as always|for "
    "the first time|until Friday|by hand|with great care|at the end of the month|once a week|on a sunny day|under "
    "the stairs|across the river|during the break|in a few minutes|for everybody|behind the counter|since last "
    "summer|at a fair price|more often than before|just in time|along the coast|with a little help|in plain words|"
    "from the very start|against all odds|beside the fire|on the way home|twice a year",
    "|",
)
PLACES = _listed(
    "in Winter|by the Sea|on Paper|at Home|for Beginners|in Practice|from Scratch|at Night|in Colour|on a Budget",
    "|",
)


def phrases(*parts: Iterable[str]) -> Sequence[str]:
    """Return every way to take one text of each of the parts, joined; the last part changes fastest."""
    return ["".join(texts) for texts in product(*parts)]


@cache
def openings() -> Texts:
    """Return beginnings of sentences, up to the verb; the last one is empty."""
    return np.array([*phrases(SUBJECTS, (" ",), VERBS, (" ",)), ""])


@cache
def closings() -> Texts:
    """Return ends of sentences, from the object on; the last one is empty."""
    return np.array([*phrases(OBJECTS, (" ",), ENDINGS, (".",)), ""])


@cache
def things() -> Texts:
    """Return an adjective and a noun, in lower case."""
    return np.array(phrases(ADJECTIVES, (" ",), NOUNS))


@cache
def headings() -> Texts:
    """Return an adjective and a noun with the article, each word with a capital."""
    return np.array(["The " + thing.title() for thing in things().tolist()])


@cache
def endings_of_titles() -> Texts:
    """Return what can follow a heading: nothing, a place, or another thing."""
    others = phrases((" and the ", " without the ", " for the "), [thing.title() for thing in things().tolist()])
    return np.array(["", *(f" {place}" for place in PLACES), *others])


@cache
def single_words() -> tuple[str, ...]:
    """Return single words."""
    return (*ADJECTIVES, *NOUNS)


SHORT_ENDINGS = 1 + len(PLACES)  # of titles
OPENINGS = len(SUBJECTS) * len(VERBS)
CLOSINGS = len(OBJECTS) * len(ENDINGS)
SENTENCES = OPENINGS * CLOSINGS
