"""Reads `.env`: strictly, as a line that is silently skipped may be the one that names the database.

django-environ's reader skips what it can't read, and prints it. This one takes what a shell, Docker Compose and it
agree on, refuses the rest, and never quotes the file: its lines are secrets.
"""

import os
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ASSIGNMENT = re.compile(r"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=(.*)")
_YAML = re.compile(r"(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*[ \t]*:([ \t]|$)")
_SINGLE_QUOTED = re.compile(r"'([^']*)'[ \t]*(?:#.*)?")
_DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"[ \t]*(?:#.*)?')
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def load(path: Path) -> None:
    """Put the variables of the file `path` into the environment, where those already set win.

    Raises ImproperlyConfigured, with the number of the line that can't be read.
    """
    try:
        content = path.read_bytes()
    except OSError as exc:
        raise ImproperlyConfigured(f"{path} can't be read: {exc.strerror}.") from None
    for name, value in _parsed(content, path).items():
        os.environ.setdefault(name, value)


def _parsed(content: bytes, path: Path) -> dict[str, str]:
    variables = {}
    for number, line in enumerate(re.split(r"\r\n|\r|\n", _decoded(content, path)), start=1):
        text = line.strip(" \t")
        if not text or text.startswith("#"):
            continue
        try:
            name, value = _assignment(text)
        except ValueError as exc:
            raise ImproperlyConfigured(f"{path}, line {number}: {exc}") from None
        variables[name] = value
    return variables


def _decoded(content: bytes, path: Path) -> str:
    if content.startswith(_UTF_16):
        raise ImproperlyConfigured(f"{path}, line 1: the file is in UTF-16. Save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        number = len(re.split(rb"\r\n|\r|\n", exc.object[: exc.start]))
        raise ImproperlyConfigured(f"{path}, line {number}: this is not UTF-8. Save the file as UTF-8.") from None


def _assignment(text: str) -> tuple[str, str]:
    """Return the name and the value that the line sets. Raises ValueError, which says what to write instead."""
    if _CONTROL.search(text):
        raise ValueError("it contains a NUL or another control character. Remove it, or save the file as UTF-8.")
    if _YAML.match(text):
        raise ValueError("a colon follows the name. Write NAME=value, with an equals sign.")
    if "=" not in text:
        raise ValueError("the equals sign is missing. Write NAME=value, or start a comment with #.")
    found = _ASSIGNMENT.fullmatch(text)
    if not found:
        raise ValueError("what stands before the equals sign is not a name. Use letters, digits and underscores.")
    return found[1], _value(found[2])


def _value(raw: str) -> str:
    text = raw.strip(" \t")
    if text.startswith("'"):
        return _unquoted(_SINGLE_QUOTED.fullmatch(text))
    # Docker Compose reads the same file, and replaces $NAME there, except in single quotes.
    if text.startswith('"'):
        text = _without_dollar(_unquoted(_DOUBLE_QUOTED.fullmatch(text)))
        return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), text)
    return _without_dollar(re.split(r"[ \t]#", raw, maxsplit=1)[0].strip(" \t"))


def _unquoted(found: re.Match[str] | None) -> str:
    if not found:
        raise ValueError("the value starts with a quote, and must end with the same one, on the same line.")
    return found[1]


def _without_dollar(text: str) -> str:
    if "$" in text:
        raise ValueError("a $ stands outside single quotes, where Docker Compose would replace it. Write NAME='value'.")
    return text
