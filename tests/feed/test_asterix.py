"""ASTERIX: blocks made by libasterix, possible and impossible ones; see make_asterix_records.py."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

import pytest

from tests.feed.wire_samples import DATA, NOON
from vedette.clock import NS
from vedette.errors import ConfigError
from vedette.feed import Look, Report
from vedette.feed.format.asterix import Asterix
from vedette.feed.format.asterix.options import AsterixOptions
from vedette.types import Detection, Kind, Sector
from vedette.units import DEGREE

ENTRIES = json.loads((DATA / "asterix.json").read_text("utf-8"))
BLOCKS = {entry["name"]: bytes.fromhex(entry["hex"]) for entry in ENTRIES}


def asterix(**options: Any) -> Asterix:
    return Asterix("radar", AsterixOptions(**options))


def only(name: str, t_rx: int = NOON, **options: Any) -> Detection:
    (report,) = asterix(**options).feed(BLOCKS[name], t_rx)
    assert isinstance(report, Detection)
    return report


def test_every_made_block_ends_where_it_should() -> None:
    parser = asterix()
    for entry in ENTRIES:
        before = Counter(parser.counters)
        reports = parser.feed(bytes.fromhex(entry["hex"]), NOON)
        (got,) = Counter(parser.counters) - before - Counter(seen=1)
        if got in ("detections", "looks"):
            got = reports[0].kind if isinstance(reports[0], Detection) else "look"
        assert got == entry["expect"], entry["name"]


def test_a_plot_has_what_was_put_in() -> None:
    report = only("plot, Mode S")
    assert report.t == NOON
    # 100 NM, 270°, FL 350.
    assert report.z.tolist() == pytest.approx([185_200.0, 1.5 * math.pi, 10_668.0])
    assert math.sqrt(report.R[0, 0]) == pytest.approx(70.0)
    assert math.sqrt(report.R[1, 1]) == pytest.approx(0.08 * DEGREE)
    assert dict(report.claims) == {
        "icao24": "3c660c",
        "callsign": "DLH65A",
        "mode_3a": "7421",
        "track_number": 3563,
        "flight_level": pytest.approx(10_668.0),
    }


def test_a_primary_plot_is_less_sure_and_claims_nothing() -> None:
    report = only("plot, primary alone")
    assert report.kind is Kind.RANGE_AZ
    assert math.sqrt(report.R[0, 0]) == pytest.approx(120.0)
    assert "icao24" not in report.claims


def test_the_site_knows_its_radar_better() -> None:
    report = only(
        "plot, 3-D radar", sigma_range_m=15.0, sigma_azimuth_deg=0.3, sigma_height_m=80.0, undulation_m=20.0
    )
    assert math.sqrt(report.R[0, 0]) == pytest.approx(15.0)
    assert math.sqrt(report.R[1, 1]) == pytest.approx(0.3 * DEGREE)
    assert math.sqrt(report.R[2, 2]) == pytest.approx(80.0)
    assert report.z[2] == pytest.approx(2500 * 0.3048 + 20.0)


def test_a_track_has_what_was_put_in() -> None:
    report = only("track with its accuracy")
    assert report.z[:2].tolist() == pytest.approx([45.0 * DEGREE, 11.25 * DEGREE])
    assert report.z[3:].tolist() == pytest.approx([200.0, 0.0, 1600 * 0.3048 / 60])
    # 0.002° of longitude at 45° N is 157 m, 0.001° of latitude 111 m.
    sigmas = [math.sqrt(report.R[i, i]) for i in range(6)]
    assert sigmas[:2] == pytest.approx([157.3, 111.2], rel=0.01)
    assert sigmas[3:5] == pytest.approx([2.0, 3.0])
    assert report.claims["callsign"] == "DLH4AB"
    assert report.claims["icao24"] == "3c6da9"
    assert report.claims["track_number"] == 1234


def test_two_crossings_make_a_look() -> None:
    parser = asterix()
    parser.feed(BLOCKS["sector crossing, first"], NOON)
    (look,) = parser.feed(BLOCKS["sector crossing, second"], NOON)
    expected = Sector(az0=0.0, width=11.25 * DEGREE)
    assert look == Look(sensor="radar", t0=NOON, t1=NOON + NS // 4, sector=expected)


def crossing(t: float, azimuth: int, kind: int = 2, period: float | None = None) -> bytes:
    """CAT034 by hand: FSPEC, 010, 000, 030, 020 and 041."""
    fspec = 0b11110000 | (0b1000 if period else 0)
    octets = bytes((fspec, 25, 201, kind)) + round(t * 128).to_bytes(3, "big") + bytes((azimuth,))
    octets += round(period * 128).to_bytes(2, "big") if period else b""
    return b"\x22" + (len(octets) + 3).to_bytes(2, "big") + octets


def looks(*messages: bytes) -> list[Report]:
    parser = asterix()
    return [report for message in messages for report in parser.feed(message, NOON)]


def test_north_markers_alone_give_whole_turns() -> None:
    (look,) = looks(crossing(43_200, 0, kind=1), crossing(43_204, 0, kind=1))
    assert look == Look(sensor="radar", t0=NOON, t1=NOON + 4 * NS, sector=Sector())


def test_a_north_marker_among_crossings_is_not_a_second_look() -> None:
    messages = [crossing(43_200 + k / 2, 32 * k) for k in range(8)]
    messages.insert(0, crossing(43_199.9, 0, kind=1))
    messages += [crossing(43_203.9, 0, kind=1), crossing(43_204, 0)]
    found = looks(*messages)
    assert len(found) == 8
    widths = [look.sector.width for look in found if isinstance(look, Look) and look.sector]
    assert sum(widths) == pytest.approx(2 * math.pi)


def test_a_gap_bounds_no_look() -> None:
    """Turn of 4 s; the second crossing comes a turn and a quarter after the first."""
    assert looks(crossing(43_200, 0, period=4.0), crossing(43_205, 64, period=4.0)) == []
    assert len(looks(crossing(43_200, 0, period=4.0), crossing(43_201, 64, period=4.0))) == 1
    assert looks(crossing(43_200, 0), crossing(43_220, 64)) == []


def test_the_first_believable_source_is_the_sensor() -> None:
    block = BLOCKS["plot, Mode S"]
    other = bytearray(block)
    at = block.index(bytes((25, 201)))
    other[at + 1] = 7
    parser = asterix()
    assert len(parser.feed(block + bytes(other), NOON)) == 1
    assert parser.counters["other_source"] == 1
    assert dict(parser.sources) == {"25/201": 1, "25/7": 1}
    assert len(asterix(source="25/7").feed(block + bytes(other), NOON)) == 1
    assert len(asterix(source="any").feed(block + bytes(other), NOON)) == 2


def test_a_report_from_before_midnight() -> None:
    midnight = NOON - 43_200 * NS
    block = bytearray(BLOCKS["plot, Mode S"])
    at = bytes(block).index((43_200 * 128).to_bytes(3, "big"))
    block[at : at + 3] = round(86_399.5 * 128).to_bytes(3, "big")
    (report,) = asterix().feed(bytes(block), midnight + NS)
    assert isinstance(report, Detection)
    assert report.t == midnight - NS // 2


def test_an_edition_that_does_not_fit_is_named() -> None:
    parser = asterix(cat062="1.16")
    assert parser.feed(BLOCKS["track, edition 1.21"], NOON) == []
    assert parser.counters["wrong_edition"] == 1
    cut = BLOCKS["track"][:-2]
    parser.feed(cut[:1] + len(cut).to_bytes(2, "big") + cut[3:], NOON)
    assert parser.counters["malformed"] == 1


def test_finds_the_next_block_after_garbage() -> None:
    """The garbage holds category octets with plausible lengths on purpose."""
    garbage = b"\x30\x00\x10\x3e\xff\xff\x22\x00\x04\x00garbage\x30\x00"
    block = BLOCKS["plot, Mode S"]
    parser = asterix()
    stream = block + garbage + block + BLOCKS["track"]
    reports = [report for octet in stream for report in parser.feed(bytes((octet,)), NOON)]
    assert len(reports) >= 2
    assert parser.counters["garbage_bytes"] > 0


def test_simulated_targets_only_when_asked_for() -> None:
    assert len(asterix(simulated=True).feed(BLOCKS["plot, simulated"], NOON)) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cat048": "1.3"}, "1.3[0-2]"),
        ({"source": "25-201"}, "SAC/SIC"),
        ({"source": "25/300"}, "SAC/SIC"),
        ({"sigma_range_m": 0.0}, "above zero"),
    ],
)
def test_options_that_cannot_be(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        asterix(**options)
