"""Write the ASTERIX tables that `vedette.feed.format.asterix` decodes with.

    python tools/make_asterix_tables.py

The structure of every data item (what comes after what, and how long it is) is taken from libasterix (MIT),
whose tables are generated from the published EUROCONTROL specifications. Only the fields that a detection is
made of keep their names and scales: an item that is merely stepped over needs its length alone, and decoding
stays fast. The tables are JSON in pyasteryx's form. libasterix itself takes seconds to import, so it is used
here and as the second opinion in the tests, never while running.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import asterix.generated as generated
from asterix import base

HERE = Path(__file__).resolve().parent.parent
TABLES = HERE / "src" / "vedette" / "feed" / "format" / "asterix" / "tables"

EDITIONS = {
    34: ("1.27", "1.28", "1.29"),
    48: ("1.27", "1.28", "1.29", "1.30", "1.31", "1.32"),
    62: ("1.16", "1.17", "1.18", "1.19", "1.20", "1.21"),
}

# Fields that are read, by item; "item/subitem" for compound ones; "value" for an item that is one field.
# Everything else is stepped over.
READ = {
    34: {"010": "SAC SIC", "000": "value", "030": "value", "020": "value", "041": "value"},
    48: {
        "010": "SAC SIC", "140": "value", "020": "TYP SIM RAB TST", "040": "RHO THETA", "070": "V G MODE3A",
        "090": "V G FL", "110": "3DH", "161": "TRN", "220": "value", "240": "value",
    },
    62: {
        "010": "SAC SIC", "070": "value", "105": "LAT LON", "185": "VX VY", "060": "V G MODE3A", "245": "CHR",
        "380/ADR": "value", "380/ID": "value", "040": "value", "080": "CNF SIM TSE CST", "136": "value",
        "130": "value", "135": "CTB", "220": "value", "500/APC": "X Y", "500/APW": "LAT LON",
        "500/AGA": "value", "500/ABA": "value", "500/ATV": "X Y", "500/ARC": "value",
    },
}  # fmt: skip
UNDEFINED = 65_536  # octets: no block is that long, so a record that sets an undefined bit is refused

ENCODE = {"StringICAO": "6bitschar", "StringOctal": "octal", "StringAscii": "ascii"}


def variation_of(rule: Any) -> Any:
    """The layout of an item; of one whose meaning depends on another item, the default layout."""
    return getattr(rule, "cv_variation", None) or rule.cv_default_variation


def content_of(rule: Any) -> Any:
    return getattr(rule, "cv_content", None) or rule.cv_default_content


def field(name: str, element: Any, top: int) -> dict[str, Any]:
    """One named field whose most significant bit is number `top` (ASTERIX counts from 1 at the end)."""
    out: dict[str, Any] = {"name": name, "from": top, "to": top - element.cv_bit_size + 1}
    content = content_of(element.cv_rule)
    signed = getattr(content, "cv_signedness", None)
    if signed is not None and signed.__name__ == "Signed":
        out["signed"] = True
    if issubclass(content, base.ContentQuantity):
        out["scale"], out["unit"] = content.cv_lsb, content.cv_unit
    if issubclass(content, base.ContentString):
        out["encode"] = ENCODE[content.cv_string_type.__name__]
    return out


def fields(items: list[Any], bits: int, read: list[str]) -> list[dict[str, Any]]:
    """Those of `read` among a group of items that begins at bit `bits`."""
    out, top = [], bits
    for item, size in items:
        if issubclass(item, base.Item):
            variation = variation_of(item.cv_non_spare.cv_rule)
            if issubclass(variation, base.Element) and item.cv_non_spare.cv_name in read:
                out.append(field(item.cv_non_spare.cv_name, variation, top))
        top -= size
    return out


def element(key: str, variation: Any, read: list[str]) -> dict[str, Any]:
    named = [field("value", variation, variation.cv_bit_size)] if read else []
    return {"format": "fixed", "length": variation.cv_bit_size // 8, "fields": named}


def group(key: str, variation: Any, read: list[str]) -> dict[str, Any]:
    bits = variation.cv_bit_size
    return {"format": "fixed", "length": bits // 8, "fields": fields(variation.cv_items_list, bits, read)}


def extended(key: str, variation: Any, read: list[str]) -> dict[str, Any]:
    parts = []
    for items in variation.cv_items_list:
        sized = [item for item in items if item is not None]
        bits = sum(size for _, size in sized) + (items[-1] is None)
        parts.append({"length": bits // 8, "fields": fields(sized, bits, read)})
    if variation.cv_items_list[-1][-1] is None:
        # Nothing may follow the last extent: a block that goes on is of another edition.
        parts.append({"length": UNDEFINED, "fields": []})
    return {"format": "extended", "parts": parts}


def repetitive(key: str, variation: Any, read: list[str]) -> dict[str, Any]:
    bits = variation.cv_variation.cv_bit_size
    if variation.cv_rep_bytes is None:
        return {"format": "extended", "parts": [{"length": (bits + 1) // 8, "fields": []}]}
    if variation.cv_rep_bytes != 1:
        raise ValueError(f"{key}: a repetition counter of {variation.cv_rep_bytes} octets is not supported")
    return {"format": "repetitive", "length": bits // 8, "fields": []}


SHAPES = {
    base.Element: element,
    base.Group: group,
    base.Extended: extended,
    base.Repetitive: repetitive,
    base.Explicit: lambda key, variation, read: {"format": "explicit"},
}


def item(key: str, name: str, variation: Any, wanted: dict[str, str]) -> dict[str, Any]:
    """`key` is "380/ADR" for a subitem, "380" for an item; `name` is what the decoder calls it."""
    if issubclass(variation, base.Compound):
        subfields = [
            {"id": "-", "format": "fixed", "length": UNDEFINED}
            if sub is None
            else item(f"{key}/{sub.cv_name}", sub.cv_name, variation_of(sub.cv_rule), wanted)
            for sub in variation.cv_items_list
        ]
        return {"id": name, "format": "compound", "subfields": subfields}
    shape = next(make for kind, make in SHAPES.items() if issubclass(variation, kind))
    return {"id": name, **shape(key, variation, wanted.get(key, "").split())}


def table(category: int, edition: str) -> dict[str, Any]:
    spec = getattr(generated, f"Cat_{category:03d}_{edition.replace('.', '_')}")
    uap, items = [], []
    for slot in spec.cv_record.cv_items_list:
        non_spare = getattr(slot, "cv_non_spare", None)
        uap.append(None if non_spare is None else non_spare.cv_name)
        if non_spare is not None:
            name = non_spare.cv_name
            items.append(item(name, name, variation_of(non_spare.cv_rule), READ[category]))
    return {"category": category, "editions": [edition], "uap": uap, "items": items}


def main() -> None:
    TABLES.mkdir(parents=True, exist_ok=True)
    for category, editions in EDITIONS.items():
        tables: list[dict[str, Any]] = []
        for edition in editions:
            one = table(category, edition)
            if tables and all(one[key] == tables[-1][key] for key in ("uap", "items")):
                tables[-1]["editions"].append(edition)  # nothing that we read was changed
            else:
                tables.append(one)
        lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in tables)
        (TABLES / f"cat{category:03d}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
