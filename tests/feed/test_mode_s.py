"""Mode S and Beast against published examples, rs1090's batch decoding and another program's decoding."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import numpy as np
import pytest
import rs1090

from tests.feed.wire_samples import DATA, SLICE
from vedette.clock import DAY_NS, NS
from vedette.feed.format.beast import Beast, BeastOptions, Framer
from vedette.feed.format.mode_s import checksum, distance
from vedette.feed.format.protocol import Tally
from vedette.feed.transport import recording
from vedette.types import Detection, Kind
from vedette.units import DEGREE, FOOT, FOOT_PER_MINUTE, KNOT

T0 = 1_700_000_000 * NS

# J. Sun, "The 1090 Megahertz Riddle", 2nd ed., worked examples: an even and an odd position, a velocity, a
# name.
EVEN, ODD = "8D40621D58C382D690C8AC2863A7", "8D40621D58C386435CC412692AD6"
VELOCITY, NAME = "8D485020994409940838175B284F", "8D4840D6202CC371C32CE0576098"


def frame(message: bytes | str, stamp: int = 0) -> bytes:
    octets = bytes.fromhex(message) if isinstance(message, str) else message
    body = stamp.to_bytes(6, "big") + b"\x80" + octets
    kind = {2: 0x31, 7: 0x32, 14: 0x33}[len(octets)]
    return bytes((0x1A, kind)) + body.replace(b"\x1a", b"\x1a\x1a")


def squitter(address: int, content: int, capability: int = 5, downlink: int = 17) -> bytes:
    """An extended squitter with 56 bits of content and its right parity."""
    head = bytes((downlink << 3 | capability,)) + address.to_bytes(3, "big") + content.to_bytes(7, "big")
    return head + checksum(head + bytes(3)).to_bytes(3, "big")


def beast(**options: Any) -> Beast:
    return Beast("adsb", BeastOptions(**options))


def fed(parser: Beast, *messages: str | bytes, t: int = T0, step: int = NS // 2) -> list[Detection]:
    out = []
    for message in messages:
        out += [report for report in parser.feed(frame(message), t) if isinstance(report, Detection)]
        t += step
    return out


def test_parity_of_published_frames() -> None:
    for text in (EVEN, ODD, VELOCITY, NAME):
        octets = bytes.fromhex(text)
        assert checksum(octets) == 0
        assert squitter(int(text[2:8], 16), int(text[8:22], 16)) == octets


def test_published_position_from_a_pair() -> None:
    (report,) = fed(beast(), ODD, EVEN)
    assert report.kind is Kind.GEODETIC
    # The book gives 52.25720 N, 3.91937 E, 38,000 ft.
    assert report.z[0] / DEGREE == pytest.approx(52.25720, abs=5e-6)
    assert report.z[1] / DEGREE == pytest.approx(3.91937, abs=5e-6)
    assert report.z[2] == pytest.approx(38_000 * FOOT)
    assert dict(report.claims) == {"icao24": "40621d", "ground": False, "height_baro": 38_000 * FOOT}
    # NUCp 7 of version 0: 95 % within 0.05 NM, and 13 m flown within the latency, and the code's step.
    assert report.R[0, 0] == pytest.approx((92.6 / 2.4477) ** 2 + 13.0**2 + 2.0**2, rel=1e-3)
    assert report.R[1, 1] == report.R[0, 0]
    assert math.sqrt(report.R[2, 2]) > 300.0, "a barometric height at 38,000 ft is not good to less"


def test_a_pair_must_be_of_one_moment() -> None:
    parser = beast()
    assert fed(parser, ODD, EVEN, step=11 * NS) == []
    assert parser.counters["no_position"] == 2


def test_published_velocity_and_name() -> None:
    """Put on the aircraft of the position, as their content says nothing of the address."""
    velocity = squitter(0x40621D, int(VELOCITY[8:22], 16))
    name = squitter(0x40621D, int(NAME[8:22], 16))
    (report,) = fed(beast(), name, ODD, velocity, EVEN)
    # The book: 159.20 kt over ground at 182.88°, descending 832 ft/min, geometric 550 ft above barometric;
    # KLM1023.
    assert report.kind is Kind.GEODETIC_VELOCITY
    assert math.hypot(*report.z[3:5]) == pytest.approx(159.20 * KNOT, abs=0.01)
    assert math.degrees(math.atan2(report.z[3], report.z[4])) % 360 == pytest.approx(182.88, abs=0.01)
    assert report.z[5] == pytest.approx(-832 * FOOT_PER_MINUTE)
    assert report.z[2] == pytest.approx((38_000 + 550) * FOOT)
    assert math.sqrt(report.R[2, 2]) == pytest.approx(45.0 / 1.96, rel=1e-3)
    assert report.claims["callsign"] == "KLM1023"
    assert report.claims["height_baro"] == 38_000 * FOOT


def test_an_old_velocity_is_not_used() -> None:
    velocity = squitter(0x40621D, int(VELOCITY[8:22], 16))
    parser = beast()
    fed(parser, velocity, t=T0 - 3 * NS)
    (report,) = fed(parser, ODD, EVEN)
    assert report.kind is Kind.GEODETIC


def test_accuracy_from_operational_status() -> None:
    """NACp 9 (type 31, airborne, version 2): EPU below 30 m. Bits by DO-260B table for type code 31."""
    content = 31 << 51 | 2 << 13 | 9 << 8  # version in bits 41-43 of 56, NACp in bits 45-48
    assert rs1090.decode(squitter(0x40621D, content).hex())["NACp"] == 9
    (report,) = fed(beast(), squitter(0x40621D, content), ODD, EVEN)
    assert report.R[0, 0] == pytest.approx((30.0 / 2.4477) ** 2 + 13.0**2 + 2.0**2, rel=1e-3)


def test_a_wrong_bit_is_a_wrong_checksum() -> None:
    parser = beast()
    wrong = bytearray(bytes.fromhex(EVEN))
    wrong[7] ^= 0x10
    assert fed(parser, ODD, bytes(wrong)) == []
    assert parser.counters["bad_checksum"] == 1
    assert parser.counters["no_position"] == 1


def test_a_copy_from_a_second_receiver_is_dropped() -> None:
    parser = beast()
    assert len(fed(parser, ODD, EVEN, EVEN, step=NS // 100)) == 1
    assert parser.counters["duplicate"] == 1


def test_a_position_beyond_the_receivers_range_is_dropped() -> None:
    parser = beast(latitude=33.8, longitude=42.4)
    assert fed(parser, ODD, EVEN) == []
    assert parser.counters["beyond_range"] == 1
    assert len(fed(beast(latitude=51.99, longitude=4.37), ODD, EVEN)) == 1


def test_an_impossible_jump_is_dropped_and_three_start_afresh() -> None:
    """The same frames again, but with the longitude code moved by half a zone: hundreds of kilometres."""
    parser = beast()
    fed(parser, ODD, EVEN)
    moved = [squitter(0x40621D, int(text[8:22], 16) ^ (1 << 16)) for text in (ODD, EVEN, ODD)]
    assert fed(parser, *moved, t=T0 + NS) == []
    assert parser.counters["position_jump"] == 3
    assert fed(parser, ODD, t=T0 + 3 * NS) == [], "the old position is forgotten, a pair is needed"
    assert len(fed(parser, EVEN, t=T0 + 4 * NS)) == 1


def test_squawk_only_for_an_address_heard_before() -> None:
    """Identity reply of the recording's aircraft: squawk 1000 (decoded so by the traffic package too)."""
    parser = beast()
    identity = "a9280800200464b3d1a1e0efd043"
    fed(parser, identity)
    assert parser.counters["unknown_address"] == 1
    known = squitter(0x393322, int(NAME[8:22], 16))
    pair = [squitter(0x393322, int(text[8:22], 16)) for text in (ODD, EVEN)]
    (report,) = fed(parser, known, identity, *pair)
    assert report.claims["squawk"] == "1000"


def test_gps_timestamps_are_used_when_asked_for() -> None:
    parser = beast(time="gps")
    noon = T0 - T0 % DAY_NS + 43_200 * NS
    for second, text in ((43_199, ODD), (43_200, EVEN)):
        reports = parser.feed(frame(text, second << 30 | 250_000_000), noon + NS)
    (report,) = reports
    assert isinstance(report, Detection)
    assert report.t == noon + NS // 4
    parser.feed(frame(EVEN, 90_000 << 30), noon)
    parser.feed(frame(EVEN, 30_000 << 30), noon)
    assert parser.counters["implausible_time_of_day"] == 1
    assert parser.counters["implausible_clock_offset"] == 1


def test_the_counter_tells_time_only_when_asked_to() -> None:
    """12 million ticks between the frames are one second, whatever the arrival says."""
    parser = beast(time="ticks")
    stream = frame(ODD, 5_000_000) + frame(EVEN, 17_000_000)
    (report,) = parser.feed(stream, T0)
    assert isinstance(report, Detection)
    assert (report.t, report.t_rx) == (T0 + NS, T0)


def test_1000_random_frames_come_out_as_they_went_in() -> None:
    """Every octet random, so escapes are frequent; BlueSky's reader loses 84 of such 1,000 and invents 43."""
    source = random.Random(1)
    messages = [source.randbytes(source.choice((7, 14))) for _ in range(1000)]
    stream = b"".join(frame(message, source.getrandbits(48)) for message in messages)
    framer = Framer(Tally("adsb"))
    out = []
    for at in range(0, len(stream), 97):
        out += framer.frames(stream[at : at + 97])
    assert [message for _, message in out] == messages


def test_right_parity_and_random_content_never_raise() -> None:
    source = random.Random(2)
    parser = beast()
    for _ in range(3000):
        content = source.randrange(32) << 51 | source.getrandbits(51)
        message = squitter(
            source.choice((0x40621D, 0x393322)), content, source.randrange(8), source.choice((17, 18))
        )
        parser.feed(frame(message), T0 + source.randrange(100) * NS)
    counts = dict(parser.counters)
    assert counts.pop("seen") == sum(counts.values()) == 3000
    assert counts["tis_b"] > 0
    assert any(name.startswith("implausible_") for name in counts)


def test_aircraft_are_forgotten() -> None:
    parser = beast()
    fed(parser, ODD, EVEN)
    fed(parser, NAME, t=T0 + 400 * NS)
    assert fed(parser, EVEN, t=T0 + 401 * NS) == []
    assert parser.counters["no_position"] == 2


def recorded() -> list[Detection]:
    parser = beast()
    out = []
    for data, t in recording.chunks(SLICE):
        out += [report for report in parser.feed(data, t) if isinstance(report, Detection)]
    return out


def test_the_recording_agrees_with_the_decoding_that_came_with_it() -> None:
    """Every fifth position of the slice as the traffic package published it (tests/feed/make_decoded.py)."""
    reports = recorded()
    ours = {report.t: report for report in reports}
    rows = json.loads((DATA / "afr34zg-decoded.json").read_text("utf-8"))
    rows = [row for row in rows if row[0] >= reports[0].t]  # the first frames wait for their partner
    assert len(rows) > 200
    for t, latitude, longitude, altitude in rows:
        z = ours[t].z
        assert distance((latitude, longitude), (z[0] / DEGREE, z[1] / DEGREE)) < 0.01  # m
        assert ours[t].claims["height_baro"] == pytest.approx(altitude * FOOT)


def test_the_recording_is_a_flight() -> None:
    reports = recorded()
    assert len(reports) == 1111
    speeds = [math.hypot(*report.z[3:5]) for report in reports if report.kind is Kind.GEODETIC_VELOCITY]
    assert 70.0 < min(speeds) < max(speeds) < 250.0
    heights = np.array([report.z[2] for report in reports])
    assert heights[0] < 300.0
    assert heights[-1] > 4000.0
    assert {report.claims["icao24"] for report in reports} == {"393322"}
    assert reports[-1].claims["callsign"] == "AFR34ZG"
    assert reports[-1].claims["squawk"] == "1000"
    # What was flown between two reports is what the velocity says: the mean ratio is 1 within 2 %.
    ratios = []
    for a, b in zip(reports[100:], reports[110:], strict=False):
        flown = distance((a.z[0] / DEGREE, a.z[1] / DEGREE), (b.z[0] / DEGREE, b.z[1] / DEGREE))
        if b.t - a.t < 20 * NS and len(a.z) == 6:
            ratios.append(flown / ((b.t - a.t) / NS) / math.hypot(*a.z[3:5]))
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.02)
