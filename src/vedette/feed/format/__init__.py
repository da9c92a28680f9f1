"""Wire formats by name. To add one: a module, a row here, a page under docs/feed, a sample for the contract
tests."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vedette.feed.format.aircraft_json import (
    AircraftJson,
    AircraftJsonOptions,
    looks_like_aircraft_json,
)
from vedette.feed.format.asterix import Asterix, AsterixOptions, looks_like_asterix
from vedette.feed.format.beast import Beast, BeastOptions, looks_like_beast
from vedette.feed.format.jsonl import Jsonl, JsonlOptions, looks_like_jsonl
from vedette.feed.format.protocol import Format, FormatEntry
from vedette.feed.format.sbs import Sbs, SbsOptions, looks_like_sbs

_ROWS = (
    FormatEntry(
        name="beast",
        title="Mode S Beast binary (ADS-B)",
        options=BeastOptions,
        make=Beast,
        page="beast.md",
        sniff=looks_like_beast,
        untimed=BeastOptions(time="ticks"),
    ),
    FormatEntry(
        name="sbs",
        title="SBS (BaseStation) lines",
        options=SbsOptions,
        make=Sbs,
        page="sbs.md",
        sniff=looks_like_sbs,
    ),
    FormatEntry(
        name="aircraft_json",
        title="aircraft.json of readsb and dump1090",
        options=AircraftJsonOptions,
        make=AircraftJson,
        page="aircraft_json.md",
        sniff=looks_like_aircraft_json,
    ),
    FormatEntry(
        name="asterix",
        title="ASTERIX CAT048/034 and CAT062",
        options=AsterixOptions,
        make=Asterix,
        page="asterix.md",
        sniff=looks_like_asterix,
        inspect=AsterixOptions(source="any", simulated=True, clock_offset_s=86_400.0),
    ),
    FormatEntry(
        name="jsonl",
        title="Vedette JSON lines",
        options=JsonlOptions,
        make=Jsonl,
        page="jsonl.md",
        sniff=looks_like_jsonl,
    ),
)
FORMATS: Mapping[str, FormatEntry] = MappingProxyType({row.name: row for row in _ROWS})

__all__ = ["FORMATS", "Format", "FormatEntry"]
