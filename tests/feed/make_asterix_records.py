"""Write tests/feed/data/asterix.json: ASTERIX blocks made by libasterix, possible and impossible ones.

    .venv/bin/python -m tests.feed.make_asterix_records

libasterix is another implementation than the one that decodes them in Vedette. It takes seconds to import,
so the blocks are kept; a slow test makes them again and compares. Each entry: name, hex, and `expect`, which
is a Kind, "look", "used" or the counter that the record falls under. Times of day are 12:00:00 UTC unless
that is the point.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "asterix.json"
NOON = 43_200.0
SOURCE = (("SAC", 25), ("SIC", 201))


def made() -> list[dict[str, str]]:
    import asterix.generated as generated

    cat034, cat048 = generated.Cat_034_1_29, generated.Cat_048_1_32
    cat062, cat065 = generated.Cat_062_1_21, generated.Cat_065_1_6
    out: list[dict[str, str]] = []

    def block(spec: Any, *items: dict[str, Any]) -> str:
        records = [spec.cv_record.create(item) for item in items]
        return str(spec.create(records).unparse().to_bytes().hex())

    def add(name: str, expect: str, spec: Any, **items: Any) -> None:
        record = {key.lstrip("i"): value for key, value in items.items() if value is not None}
        out.append({"name": name, "expect": expect, "hex": block(spec, record)})

    plot: dict[str, Any] = {
        "i010": SOURCE,
        "i140": (NOON, "s"),
        "i020": ((5, 0, 0, 0, 0, None),),
        "i040": ((100.0, "NM"), (270.0, "°")),
        "i070": (0, 0, 0, 0, "7421"),
        "i090": (0, 0, (350.0, "FL")),
        "i220": 0x3C660C,
        "i240": "DLH65A  ",
        "i161": (0, 3563),
    }
    add("plot, Mode S", "range_az_height", cat048, **plot)
    bare = {**plot, "i070": None, "i090": None, "i220": None, "i240": None}
    add("plot, primary alone", "range_az", cat048, **{**bare, "i020": ((1, 0, 0, 0, 0, None),)})
    add("plot, 3-D radar", "range_az_height", cat048, **{**bare, "i110": (0, (2500.0, "ft"))})
    add("plot, level garbled", "range_az", cat048, **{**plot, "i090": (0, 1, (350.0, "FL"))})
    for name, item, value, expect in (
        ("no detection", "i020", ((0, 0, 0, 0, 0, None),), "no_detection"),
        ("simulated", "i020", ((5, 1, 0, 0, 0, None),), "simulated"),
        ("field monitor", "i020", ((5, 0, 0, 0, 1, None),), "field_monitor"),
        ("test target", "i020", ((5, 0, 0, 0, 0, None), (1, 0, 0, 0, 0, 0, None)), "test_target"),
        ("no source", "i010", None, "no_source"),
        ("no time", "i140", None, "no_time"),
        ("no position", "i040", None, "no_position"),
        ("time of day 127,426 s", "i140", (127_426.0, "s"), "implausible_time_of_day"),
        ("at the antenna", "i040", ((0.0, "NM"), (270.0, "°")), "implausible_slant_range"),
        ("level above the air", "i090", (0, 0, (2000.0, "FL")), "implausible_height_baro"),
        ("3-D height above the air", "i110", (0, (200_000.0, "ft")), "implausible_height"),
        ("two hours off", "i140", (NOON - 7200.0, "s"), "implausible_clock_offset"),
    ):
        add(f"plot, {name}", expect, cat048, **{**plot, item: value})

    message: dict[str, Any] = {"i010": SOURCE, "i000": 2, "i030": (NOON, "s"), "i020": (0.0, "°")}
    add("sector crossing, first", "used", cat034, **message)
    step = {**message, "i030": (NOON + 0.25, "s"), "i020": (11.25, "°")}
    add("sector crossing, second", "look", cat034, **step)
    add("jamming strobe", "not_needed", cat034, **{**message, "i000": 4})
    add("turn of 500 s", "implausible_rotation", cat034, **{**message, "i041": (500.0, "s")})

    track: dict[str, Any] = {
        "i010": SOURCE,
        "i070": (NOON, "s"),
        "i105": ((45.0, "°"), (11.25, "°")),
        "i185": ((200.0, "m/s"), (0.0, "m/s")),
        "i060": (0, 0, 0, 0, "7421"),
        "i040": 1234,
        "i080": ((0, 0, 0, 3, 0, None),),
        "i136": (350.0, "FL"),
        "i220": (1600.0, "ft/min"),
        "i245": (0, 0, "DLH4AB  "),
        "i380": {"ADR": 0x3C6DA9},
    }
    add("track", "geodetic_velocity", cat062, **track)
    accurate = {"APW": ((0.001, "°"), (0.002, "°")), "ATV": ((2.0, "m/s"), (3.0, "m/s"))}
    add("track with its accuracy", "geodetic_velocity", cat062, **{**track, "i500": accurate})
    add("track without velocity", "geodetic", cat062, **{**track, "i185": None, "i220": None})
    add("track without height", "geodetic_velocity", cat062, **{**track, "i136": None})
    extents = (0, 0, 0, 0, 0, 0, 0, None)
    for name, item, value, expect in (
        ("latitude 4,330°", "i105", ((4330.0, "°"), (11.25, "°")), "implausible_latitude"),
        ("longitude 190°", "i105", ((45.0, "°"), (190.0, "°")), "implausible_longitude"),
        ("time of day 127,426 s", "i070", (127_426.0, "s"), "implausible_time_of_day"),
        ("8 km/s", "i185", ((8000.0, "m/s"), (0.0, "m/s")), "implausible_ground_speed"),
        ("climbing 100,000 ft/min", "i220", (100_000.0, "ft/min"), "implausible_vertical_rate"),
        ("level 5,000", "i136", (5000.0, "FL"), "implausible_height"),
        ("tentative", "i080", ((0, 0, 0, 3, 1, None),), "tentative"),
        ("simulated", "i080", ((0, 0, 0, 3, 0, None), (1, *extents[1:])), "simulated"),
        ("last message", "i080", ((0, 0, 0, 3, 0, None), (0, 1, *extents[2:])), "track_ended"),
        ("no position", "i105", None, "no_position"),
    ):
        add(f"track, {name}", expect, cat062, **{**track, item: value})
    coasted = ((0, 0, 0, 3, 0, None), extents, (0, 0, 0, 0, 0, None), (1, *extents[1:]))
    add("track, coasted", "coasted", cat062, **{**track, "i080": coasted})

    status = {"010": SOURCE, "000": 1, "015": 0, "030": (NOON, "s")}
    out.append({"name": "CAT065 status", "expect": "other_category", "hex": block(cat065, status)})
    # The seventh extent of item 080 came with edition 1.21.
    newest = (*coasted[:3], extents, (0, 0, 0, 0, None), extents, (1, 0, None))
    add("track, edition 1.21", "geodetic_velocity", cat062, **{**track, "i080": newest})
    return out


def main() -> None:
    DATA.write_text(json.dumps(made(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
