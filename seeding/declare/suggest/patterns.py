"""Patterns of validators: the code that a regular expression accepts, as far as it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.validators import RegexValidator
from django.db.models import Field

from ...generate.values.codes import ALPHABETS

_LONGEST = 64  # repetitions
_parser: Any = re._parser  # type: ignore[attr-defined]


def codes(f: Field[Any, Any], *, is_unique: bool) -> Iterator[str]:
    """Yield patterns for `rows.code`, whose codes the field's validators may accept."""
    for validator in f.validators:
        if type(validator) is RegexValidator and not validator.inverse_match:
            pattern = _code(str(getattr(validator.regex, "pattern", validator.regex)))
            if pattern and is_unique:
                figures = re.findall(r"\{digits:(\d+)\}", pattern)
                widest = max(figures, key=int, default="0")
                before, found, after = pattern.rpartition(f"{{digits:{widest}}}")
                yield f"{before}{{unique:{widest}}}{after}" if found else pattern
            elif pattern:
                yield pattern


def _code(regex: str) -> str | None:
    """Return the pattern of a code that the regular expression matches; None where it says what codes don't."""
    try:
        parts = list(_parts(_parser.parse(regex)))
    except (LookupError, re.error, OverflowError):
        return None
    pattern, last = "", ("", 0)
    for alphabet, count in [*parts, ("", 0)]:
        if last[0] == alphabet and alphabet in ALPHABETS:
            last = (alphabet, last[1] + count)
            continue
        if last[0] in ALPHABETS and last[1]:
            pattern += f"{{{last[0]}:{last[1]}}}"
        elif last[0]:
            pattern += last[0].replace("{", "{{").replace("}", "}}") * last[1]
        last = (alphabet, count)
    return pattern or None


def _parts(parsed: Any) -> Iterator[tuple[str, int]]:
    """Yield an alphabet, or a text, and how often it comes. Raises LookupError for what is neither."""
    for operation, argument in parsed:
        name = str(operation)
        if name == "LITERAL":
            yield chr(argument), 1
        elif name in ("IN", "ANY"):
            yield _alphabet(operation, argument), 1
        elif name == "SUBPATTERN":
            yield from _parts(argument[-1])
        elif name == "BRANCH":
            yield from _parts(argument[1][0])
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, inner = argument
            if int(most) > _LONGEST:
                raise LookupError("a repetition without an end: words, and no code")
            for _ in range(max(int(least), min(1, int(most)))):
                yield from _parts(inner)
        elif name != "AT":
            raise LookupError(name)


def _alphabet(operation: Any, argument: Any) -> str:
    """Return the alphabet of codes, all of whose characters a class of the regular expression has.

    Else its first character, where it names that.
    """
    for name, characters in sorted(ALPHABETS.items(), key=lambda item: -len(item[1])):
        if all(_has(operation, argument, character) for character in characters):
            return name
    if str(operation) == "IN" and str(argument[0][0]) == "LITERAL":
        return chr(argument[0][1])
    raise LookupError(argument)


def _has(operation: Any, argument: Any, character: str) -> bool:
    if str(operation) == "ANY":
        return True
    code, negated = ord(character), False
    for item, value in argument:
        kind = str(item)
        if kind == "NEGATE":
            negated = True
        elif (
            (kind == "LITERAL" and value == code)
            or (kind == "RANGE" and value[0] <= code <= value[1])
            or (kind == "CATEGORY" and _in_category(str(value), character))
        ):
            return not negated
    return negated


def _in_category(category: str, character: str) -> bool:
    return {
        "CATEGORY_DIGIT": character.isdecimal(),
        "CATEGORY_WORD": character.isalnum() or character == "_",
        "CATEGORY_SPACE": character.isspace(),
    }.get(category, False)
