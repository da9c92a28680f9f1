"""The layouts of the categories we read, by edition, and the decoder that uses them.

The tables are made by tools/make_asterix_tables.py from the published specifications; pyasteryx does the
decoding. On the wire a block does not say which edition it is of: that is an agreement between the two sides,
and an option of the feed.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from pyasteryx import AsteryxError, Decoder, SpecRegistry
from pyasteryx.spec import CategorySpec, category_from_dict

Record = dict[str, Any]  # item → its fields, e.g. {"040": {"RHO": 197.68, "THETA": 12.3}}
CATEGORIES = (34, 48, 62)


class Edition(NamedTuple):
    name: str
    spec: CategorySpec


@cache
def editions(category: int) -> tuple[Edition, ...]:
    """Every edition of a category, oldest first; those that do not differ in what we read share a layout."""
    text = resources.files(__package__).joinpath("tables", f"cat{category:03d}.json").read_text("utf-8")
    out = []
    for table in json.loads(text):
        spec = category_from_dict({**table, "edition": table["editions"][-1]})
        out += [Edition(name, spec) for name in table["editions"]]
    return tuple(out)


@cache
def decoder(category: int, edition: str) -> Decoder:
    """The decoder of one edition. Raises KeyError when there is no such edition."""
    spec = dict(editions(category))[edition]
    return Decoder(SpecRegistry([spec]))


def records(block: bytes, category: int, edition: str) -> list[Record] | None:
    """The records of one whole block; None when the block is not of this edition or damaged."""
    try:
        return [message.items for message in decoder(category, edition).decode(block)]
    except AsteryxError:
        return None


def edition_of(block: bytes, category: int) -> str | None:
    """The newest edition that the block can be read with, if any: a hint, no proof."""
    for name, _ in reversed(editions(category)):
        if records(block, category, name) is not None:
            return name
    return None
