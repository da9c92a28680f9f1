"""What msgspec found, in a user's words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

_WORDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "a text in quotes",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "datetime": "a date and time such as 2023-10-17T23:40:00Z",
    "null": "nothing",
}


def sentence(message: str) -> str:
    """msgspec's "Expected `float` >= 0.0 - at `$.x`" in words."""
    message = re.sub(r" - at `.*`$", "", message)
    message = re.sub(r"`([\w| ]+)`", lambda m: _kinds(m[1]), message)
    message = message.replace(" <= ", " of at most ").replace(" >= ", " of at least ")
    message = message.replace(" < ", " below ").replace(" > ", " above ").replace(" | ", " or ")
    message = re.sub(r"(\d)\.0\b", r"\1", message)
    message = message if message.endswith((".", "?")) else message + "."
    return message[0].lower() + message[1:]


def _kinds(names: str) -> str:
    """ "float | null" → "a number": a key that may be left out cannot be written as null in TOML anyway."""
    kinds = [name for name in names.split(" | ") if name != "null"]
    return " or ".join(_WORDS.get(name, f"'{name}'") for name in kinds)


def meaning(kind: Any, before: str, after: str = "") -> str:
    for part in (kind, *members(plain(kind)), *get_args(kind)):
        for meta in getattr(part, "__metadata__", ()):
            if isinstance(meta, msgspec.Meta) and meta.description:
                return f"{before}{meta.description}{after}"
    return ""


def shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "A table" if isinstance(value, dict) else "A list"
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= 40 else text[:37] + "…"


def nearest(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, 1, 0.6)
    return f"; did you mean '{near[0]}'?{_known(known)}" if near else f"; remove it.{_known(known)}"


def _known(known: list[str]) -> str:
    return f" Known are {listed(known)}"


def listed(known: Iterable[str]) -> str:
    return ", ".join(sorted(known))


def plain(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def members(kind: Any) -> tuple[Any, ...]:
    """The alternatives of a union, else the type itself."""
    union = get_origin(kind) in (Union, type(int | str))
    return tuple(plain(k) for k in get_args(kind)) if union else (kind,)
