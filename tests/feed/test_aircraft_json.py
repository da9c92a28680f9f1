"""aircraft.json."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.feed.wire_samples import NOON, document
from vedette.clock import NS
from vedette.feed.format.aircraft_json import AircraftJson, AircraftJsonOptions
from vedette.types import Detection, Kind
from vedette.units import DEGREE, FOOT, KNOT


def parser() -> AircraftJson:
    return AircraftJson("adsb", AircraftJsonOptions())


def table(*rows: Any, now: float = NOON / NS) -> bytes:
    return json.dumps({"now": now, "messages": 1, "aircraft": list(rows)}).encode()


ROW = {"hex": "4ca2d6", "alt_baro": 5000, "lat": 48.0, "lon": 11.0, "seen_pos": 0.5}


def test_an_aircraft_with_everything() -> None:
    report, other = parser().feed(json.dumps(document(NOON / NS, 0.4)).encode(), NOON + NS)
    assert isinstance(report, Detection)
    assert isinstance(other, Detection)
    assert report.t == NOON - 4 * NS // 10
    assert report.kind is Kind.GEODETIC_VELOCITY
    assert report.z[:3].tolist() == pytest.approx([48.3512 * DEGREE, 11.78601 * DEGREE, 32_650 * FOOT])
    assert math.hypot(*report.z[3:5]) == pytest.approx(402 * KNOT)
    # NACp 10 (10 m), 20.7 m flown within the latency, the code's step; GVA 2: 45 m; NACv 2: 3 m/s; all at 95
    # %.
    sigmas = [math.sqrt(report.R[i, i]) for i in range(6)]
    assert sigmas[0] == pytest.approx(math.sqrt((10 / 2.4477) ** 2 + (40.2 * KNOT) ** 2 + 4), rel=1e-3)
    assert sigmas[2] == pytest.approx(45 / 1.96, rel=1e-3)
    assert sigmas[3] == pytest.approx(3 / 2.4477, rel=1e-3)
    assert report.claims["callsign"] == "RYR123"
    assert report.claims["category"] == "A3"
    assert other.claims["track_number"] == "~29a1b2"
    assert "icao24" not in other.claims


def test_a_position_is_reported_once() -> None:
    one = parser()
    assert len(one.feed(table(ROW), NOON)) == 1
    # A second later the same fix is a second older; rounding to 0.1 s must not make it new.
    assert one.feed(table({**ROW, "seen_pos": 1.4}, now=NOON / NS + 1), NOON) == []
    assert one.counters["repeated"] == 1
    # A hovering helicopter sends the same place anew: that is a report.
    assert len(one.feed(table({**ROW, "seen_pos": 0.2}, now=NOON / NS + 2), NOON)) == 1


@pytest.mark.parametrize(
    ("change", "counter"),
    [
        ({"lat": 91.0}, "implausible_latitude"),
        ({"lon": 361.0}, "implausible_longitude"),
        ({"alt_baro": 10**7}, "implausible_height_baro"),
        ({"gs": 1e9}, "implausible_ground_speed"),
        ({"gs": -1.0}, "implausible_ground_speed"),
        ({"track": 400.0, "gs": 100.0}, "implausible_track_angle"),
        ({"seen_pos": -5.0}, "implausible_age"),
        ({"alt_baro": "ground"}, "ground"),
        ({"alt_baro": None}, "no_height"),
        ({"lat": "48"}, "no_position"),
        ({"lat": True}, "no_position"),
        ({"hex": "zz"}, "no_address"),
        ({"hex": 17}, "no_address"),
        ({"tisb": ["lat", "lon"]}, "no_position"),
    ],
)
def test_what_cannot_be_is_counted_and_dropped(change: dict[str, Any], counter: str) -> None:
    one = parser()
    assert one.feed(table({**ROW, **change}), NOON) == []
    assert one.counters[counter] == 1


def test_a_multilaterated_position_is_less_sure() -> None:
    own, heard = parser().feed(table(ROW, {**ROW, "hex": "3c0001", "mlat": ["lat", "lon"]}), NOON)
    assert isinstance(own, Detection)
    assert isinstance(heard, Detection)
    assert heard.R[0, 0] > 4 * own.R[0, 0]


@pytest.mark.parametrize(
    "text",
    [
        b'{"now": NaN, "aircraft": []}',
        b'{"now": 1, "aircraft": 7}',
        b'{"now": "x", "aircraft": []}',
        b'{"now": 1}',
    ],
)
def test_a_document_that_is_none(text: bytes) -> None:
    one = parser()
    assert one.feed(text, NOON) + one.close() == []
    assert one.counters["not_a_document"] == 1


def test_goes_on_after_a_damaged_document() -> None:
    one = parser()
    cut = table(ROW)[:-20]
    assert len(one.feed(b"noise" + cut + table({**ROW, "hex": "3c0001"}), NOON)) == 1
    assert one.counters["not_a_document"] == 1
    assert one.counters["garbage_bytes"] == 5


def test_a_deeply_nested_document_does_no_harm() -> None:
    one = parser()
    one.feed(b'{"now": 1, "aircraft": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", NOON)
    one.close()
    assert one.counters["not_a_document"] == 1
