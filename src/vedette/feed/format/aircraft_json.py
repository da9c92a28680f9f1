"""aircraft.json: the table of aircraft that readsb and dump1090 write once a second.

| key                      | unit   | becomes                                                    |
|--------------------------|--------|------------------------------------------------------------|
| now                      | Unix s | time of the document                                       |
| aircraft[]: hex          |        | claims icao24; with a "~", no ICAO address, track_number   |
| seen_pos                 | s      | t = now - seen_pos                                         |
| lat, lon                 | °      | position                                                   |
| alt_geom                 | ft     | height above the ellipsoid, first choice                   |
| alt_baro, altitude       | ft     | barometric height; "ground": dropped                       |
| gs, speed; track         | kt; °  | velocity over ground                                       |
| geom_rate, baro_rate, …  | ft/min | rate of climb                                              |
| flight, squawk, category |        | claims callsign, squawk, category                          |
| nac_p, nac_v, gva        |        | accuracy (adsb.py)                                         |
| mlat, tisb               |        | keys that come from elsewhere; a TIS-B position is dropped |

Source: readsb's README-json.md; the second names are those of older dump1090. Keys that are not here are not
read.

The table repeats what has not changed: a position is reported once, when its time (now - seen_pos) is later
than the last one of this aircraft by more than the rounding of seen_pos. A document cut anywhere is put
together again; after a damaged one, reading goes on at the next that begins with "now".
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec
import numpy as np

from vedette.clock import NS, from_seconds
from vedette.feed.format import adsb
from vedette.feed.format.protocol import Tallied, Tally
from vedette.feed.limits import implausible
from vedette.feed.look import Report
from vedette.types import Claim, Detection, Kind
from vedette.units import DEGREE, FOOT, FOOT_PER_MINUTE, KNOT

BEGIN = re.compile(rb'\{\s*"now"\s*:')
PARTIAL = 64  # octets that may hold a beginning cut in two
LARGEST = 32 * 1024 * 1024  # octets of one document
ROUNDING = NS * 15 // 100  # seen_pos is rounded to 0.1 s
MULTILATERATED = 300.0  # m, 95 % radius taken for a multilaterated position: nobody states one
FORGET = 600 * NS
LATEST = 2**62  # ns; no time lies beyond
DIGITS = frozenset("0123456789abcdef")


class AircraftJsonOptions(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """There is nothing to set."""


class AircraftJson(Tallied):
    def __init__(self, sensor: str, options: AircraftJsonOptions) -> None:
        self._tally = Tally(sensor)
        self._documents = Documents(self._tally)
        self._reported: dict[str, int] = {}  # address → time of the last position reported

    def feed(self, data: bytes, t_rx: int) -> list[Report]:
        out: list[Report] = []
        for document in self._documents.documents(data):
            self._document(document, t_rx, out)
        return out

    def close(self) -> list[Report]:
        self._documents.close()
        return []

    def _document(self, document: dict[str, Any], t_rx: int, out: list[Report]) -> None:
        now, table = number(document.get("now")), document.get("aircraft")
        if now is None or not 0.0 < now < LATEST / NS or not isinstance(table, list):
            self._tally.seen()
            self._tally.drop("not_a_document")
            return
        t = from_seconds(now)
        for row in table:
            self._tally.seen()
            report = self._aircraft(row, t, t_rx)
            if report is not None:
                out.append(report)
        self._reported = {name: seen for name, seen in self._reported.items() if t - seen <= FORGET}

    def _aircraft(self, row: Any, now: int, t_rx: int) -> Detection | None:
        address = address_of(row)
        if address is None:
            self._tally.drop("no_address")
            return None
        row = {key: value for key, value in row.items() if key not in elsewhere(row, "tisb")}
        latitude, longitude, age = (number(row.get(key)) for key in ("lat", "lon", "seen_pos"))
        if latitude is None or longitude is None or age is None:
            self._tally.drop("no_position")
            return None
        if "ground" in (row.get("alt_baro"), row.get("altitude")):
            self._tally.drop("ground")
            return None
        if reason := implausible(latitude=latitude, longitude=longitude, age=age):
            self._tally.drop(reason)
            return None
        t = now - from_seconds(age)
        if t <= self._reported.get(address, 0) + ROUNDING:
            self._tally.drop("repeated")
            return None
        report = self._report(row, address, (latitude, longitude), t, t_rx)
        if report is not None:
            self._reported[address] = t
        return report

    def _report(
        self, row: dict[str, Any], address: str, place: tuple[float, float], t: int, t_rx: int
    ) -> Detection | None:
        geometric = scaled(row, FOOT, "alt_geom")
        barometric = scaled(row, FOOT, "alt_baro", "altitude")
        height = barometric if geometric is None else geometric
        speed, track = scaled(row, KNOT, "gs", "speed"), number(row.get("track"))
        climb = scaled(row, FOOT_PER_MINUTE, "geom_rate", "baro_rate", "vert_rate")
        if height is None:
            self._tally.drop("no_height")
            return None
        if reason := implausible(
            height=geometric,
            height_baro=barometric,
            ground_speed=speed,
            track_angle=track,
            vertical_rate=climb,
        ):
            self._tally.drop(reason)
            return None
        sigma = adsb.position_sigma(radius(row), speed)
        z = [place[0] * DEGREE, place[1] * DEGREE, height]
        sigmas = [sigma, sigma, height_sigma(row, geometric, height)]
        moving = speed is not None and track is not None
        if speed is not None and track is not None:
            across, up = adsb.velocity_sigmas(integer(row.get("nac_v")), 0.0)
            z += [speed * math.sin(track * DEGREE), speed * math.cos(track * DEGREE), climb or 0.0]
            sigmas += [across, across, up]
        kind = Kind.GEODETIC_VELOCITY if moving else Kind.GEODETIC
        said = claims(row, address, barometric)
        return self._tally.detection(t, t_rx, kind, np.array(z), adsb.covariance(*sigmas), said)


class Documents:
    """Cuts a stream into aircraft.json documents, wherever the chunks were cut."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._pending = b""
        self._read = json.JSONDecoder(parse_constant=constant).raw_decode

    def documents(self, data: bytes) -> list[dict[str, Any]]:
        self._pending += data
        out: list[dict[str, Any]] = []
        while begin := BEGIN.search(self._pending):
            self._skip(begin.start())
            following = BEGIN.search(self._pending, len(begin[0]))
            whole = self._pending if following is None else self._pending[: following.start()]
            document, used = self._parse(whole) if b"}" in data or following else (None, 0)
            if document is not None:
                out.append(document)
                self._pending = self._pending[used:]
            elif following is not None or len(self._pending) > LARGEST:
                self._give_up(len(whole))
            else:
                return out
        self._skip_blank()
        return out

    def close(self) -> None:
        """What is left was cut short."""
        if BEGIN.match(self._pending):
            self._give_up(len(self._pending))
        self._skip(len(self._pending))

    def _parse(self, octets: bytes) -> tuple[dict[str, Any] | None, int]:
        """A document and how many octets it took; None when it is damaged or not complete."""
        # One octet, one character: so that positions in the text are positions in the stream.
        text = octets.decode("latin-1")
        try:
            document, end = self._read(text)
        except (ValueError, RecursionError):
            return None, 0
        return document, end

    def _give_up(self, octets: int) -> None:
        self._tally.seen()
        self._tally.drop("not_a_document")
        self._pending = self._pending[octets:]

    def _skip(self, octets: int) -> None:
        self._tally.skip(len(b"".join(self._pending[:octets].split())))
        self._pending = self._pending[octets:]

    def _skip_blank(self) -> None:
        """Without a beginning in sight, only what may still become one is kept."""
        self._skip(max(0, len(self._pending) - PARTIAL))


def constant(name: str) -> float:
    """JSON has no NaN and no infinity; Python's reader would take them."""
    raise ValueError(name)


def number(value: Any) -> float | None:
    """A finite number; None for anything else, True and False included."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # An integer may be too long for a double.
    return float(value) if abs(value) < 1e300 else None


def integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def scaled(row: dict[str, Any], unit: float, *keys: str) -> float | None:
    """The first of the keys that holds a number, in SI."""
    for key in keys:
        value = number(row.get(key))
        if value is not None:
            return value * unit
    return None


def address_of(row: Any) -> str | None:
    """Six lower-case hexadecimal digits, after a "~" when they are no ICAO address; or None."""
    text = row.get("hex") if isinstance(row, dict) else None
    if not isinstance(text, str):
        return None
    digits = text.strip().lower()
    bare = digits.removeprefix("~")
    return digits if len(bare) == 6 and DIGITS.issuperset(bare) else None


def elsewhere(row: dict[str, Any], source: str) -> frozenset[str]:
    """The keys of an aircraft that come from `source` and not from itself."""
    keys = row.get(source)
    return frozenset(key for key in keys if isinstance(key, str)) if isinstance(keys, list) else frozenset()


def radius(row: dict[str, Any]) -> float:
    """95 % radius of the position, m."""
    if "lat" in elsewhere(row, "mlat") or row.get("type") == "mlat":
        return MULTILATERATED
    return adsb.epu(integer(row.get("nac_p")), None)


def height_sigma(row: dict[str, Any], geometric: float | None, height: float) -> float:
    if geometric is None:
        return adsb.height_sigma_baro(height)
    return adsb.height_sigma_geometric(integer(row.get("gva")))


def claims(row: dict[str, Any], address: str, barometric: float | None) -> dict[str, Claim]:
    name = "track_number" if address.startswith("~") else "icao24"
    said: dict[str, Claim] = {name: address, "ground": False}
    for key, claim in (("flight", "callsign"), ("squawk", "squawk"), ("category", "category")):
        value = row.get(key)
        if isinstance(value, str) and value.strip():
            said[claim] = value.strip()
    if barometric is not None:
        said["height_baro"] = barometric
    return said


def looks_like_aircraft_json(head: bytes) -> bool:
    return BEGIN.match(head.lstrip()) is not None and b'"aircraft"' in head
