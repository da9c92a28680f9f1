"""SBS lines."""

from __future__ import annotations

import math

import pytest

from tests.feed.wire_samples import NOON, SBS
from vedette.clock import NS
from vedette.feed.format.sbs import Sbs, SbsOptions
from vedette.types import Detection, Kind
from vedette.units import DEGREE, FOOT, FOOT_PER_MINUTE, KNOT


def sbs() -> Sbs:
    return Sbs("adsb", SbsOptions())


def position(**fields: str) -> bytes:
    values = {"alt": "3000", "lat": "48.0", "lon": "11.0", "ground": "0", **fields}
    return "MSG,3,1,1,4CA2D6,1,,,,,,{alt},,,{lat},{lon},,,,,,{ground}\n".format(**values).encode()


def test_a_position_with_what_was_said_before() -> None:
    first, second = sbs().feed(SBS, NOON)
    assert isinstance(first, Detection)
    assert isinstance(second, Detection)
    assert first.kind is Kind.GEODETIC_VELOCITY
    assert first.z[:3].tolist() == pytest.approx([48.3512 * DEGREE, 11.78601 * DEGREE, 31_975 * FOOT])
    assert math.hypot(*first.z[3:5]) == pytest.approx(402 * KNOT)
    assert first.z[3] == pytest.approx(402 * KNOT * math.sin(271.5 * DEGREE))
    assert first.z[5] == pytest.approx(-640 * FOOT_PER_MINUTE)
    assert "squawk" not in first.claims
    assert dict(second.claims) == {
        "icao24": "4ca2d6",
        "ground": False,
        "height_baro": pytest.approx(31_950 * FOOT),
        "callsign": "RYR123",
        "squawk": "2417",
    }


def test_an_old_velocity_is_not_used() -> None:
    parser = sbs()
    parser.feed(b"MSG,4,1,1,4CA2D6,1,,,,,,,402.0,271.5,,,-640,,,,,0\n", NOON)
    (report,) = parser.feed(position(), NOON + 3 * NS)
    assert isinstance(report, Detection)
    assert report.kind is Kind.GEODETIC


@pytest.mark.parametrize(
    ("line", "counter"),
    [
        (position(lat="98.0"), "implausible_latitude"),
        (position(lon="-181"), "implausible_longitude"),
        (position(alt="900000"), "implausible_height_baro"),
        (position(lat="nan"), "implausible_latitude"),
        (position(lat="forty"), "not_a_number"),
        (position(alt=""), "no_height"),
        (position(lon=""), "no_position"),
        (position(ground="-1"), "ground"),
        (b"MSG,4,1,1,4CA2D6,1,,,,,,,9000,271.5,,,-640,,,,,0\n", "implausible_ground_speed"),
        (b"MSG,3,1,1,XYZ,1,,,,,,3000,,,48.0,11.0,,,,,,0\n", "not_a_line"),
        (b"MSG,3,1\n", "not_a_line"),
        (b"hello\n", "not_a_line"),
        (b"AIR,,1,1,3C6444,1,2023/12/09,11:59:59.920,2023/12/09,11:59:59.950\n", "not_needed"),
    ],
)
def test_what_cannot_be_is_counted_and_dropped(line: bytes, counter: str) -> None:
    parser = sbs()
    assert parser.feed(line, NOON) == []
    assert parser.counters[counter] == 1


def test_a_line_without_end_is_given_up() -> None:
    parser = sbs()
    parser.feed(b"x" * 100_000, NOON)
    parser.feed(b"x" * 100_000, NOON)
    assert len(parser.feed(b"\n" + position(), NOON)) == 1
    assert parser.counters["garbage_bytes"] == 200_000
