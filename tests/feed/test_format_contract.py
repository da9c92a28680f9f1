"""What every wire format promises, for each one in the registry."""

from __future__ import annotations

import functools
import itertools
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feed.wire_samples import WireSample, wire_samples
from vedette.feed import FORMATS, Format, Look, Report
from vedette.types import Detection

DOCS = Path(__file__).parent.parent.parent / "docs" / "feed"
SAMPLES = functools.cache(wire_samples)
EVERY = pytest.mark.parametrize("name", sorted(FORMATS))
UNITS = ("seen",)
KEPT = ("detections", "looks", "used")


def content(report: Report) -> tuple[object, ...]:
    """Everything in a report that can be compared."""
    if isinstance(report, Look):
        return report.sensor, report.t0, report.t1, report.sector
    arrays = report.z.tobytes(), report.R.tobytes()
    return report.key, report.t_rx, report.kind, *arrays, tuple(sorted(report.claims.items()))


def run(parser: Format, pieces: list[bytes], t_rx: int) -> list[tuple[object, ...]]:
    out: list[Report] = []
    for piece in pieces:
        out += parser.feed(piece, t_rx)
    out += parser.close()
    return [content(report) for report in out]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    marks = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(marks)]


def adds_up(parser: Format) -> bool:
    counts = {name: count for name, count in parser.counters.items() if not name.endswith("_bytes")}
    return counts.pop("seen", 0) == sum(counts.values())


@EVERY
def test_every_format_has_a_sample(name: str) -> None:
    assert name in SAMPLES(), f"add a sample of {name} to tests/feed/wire_samples.py"


@EVERY
def test_every_format_has_a_page(name: str) -> None:
    page = (DOCS / FORMATS[name].page).read_text("utf-8")
    assert f"`{name}`" in page
    options = FORMATS[name].options.__struct_fields__
    missing = [option for option in options if f"`{option}`" not in page]
    assert not missing, f"{FORMATS[name].page} does not explain these options"


@EVERY
def test_every_option_has_a_default(name: str) -> None:
    assert msgspec.convert({}, FORMATS[name].options) == FORMATS[name].options()


@EVERY
def test_the_sample_gives_what_it_holds(name: str) -> None:
    sample = SAMPLES()[name]
    parser = sample.open(name)
    reports = parser.feed(sample.data, sample.t_rx) + parser.close()
    assert sum(isinstance(report, Detection) for report in reports) == sample.detections
    assert sum(isinstance(report, Look) for report in reports) == sample.looks
    assert [r.seq for r in reports if isinstance(r, Detection)] == list(range(sample.detections))
    assert parser.counters.get("detections", 0) == sample.detections
    assert parser.counters.get("looks", 0) == sample.looks


@EVERY
def test_the_sample_is_recognised_as_what_it_is(name: str) -> None:
    knows = [other for other, entry in FORMATS.items() if entry.sniff(SAMPLES()[name].data[:65_536])]
    assert knows == [name]


@EVERY
def test_octet_by_octet_gives_the_same(name: str) -> None:
    sample = SAMPLES()[name]
    whole = sample.open(name)
    pieces = sample.open(name)
    expected = run(whole, [sample.data], sample.t_rx)
    assert run(pieces, [bytes((octet,)) for octet in sample.data], sample.t_rx) == expected
    assert dict(pieces.counters) == dict(whole.counters)


@EVERY
@settings(max_examples=20, deadline=None)
@given(places=st.lists(st.integers(0, 2**20), max_size=12))
def test_the_same_detections_however_it_is_cut(name: str, places: list[int]) -> None:
    sample = SAMPLES()[name]
    whole = sample.open(name)
    pieces = sample.open(name)
    expected = run(whole, [sample.data], sample.t_rx)
    assert run(pieces, cut(sample.data, places), sample.t_rx) == expected
    assert dict(pieces.counters) == dict(whole.counters)


@EVERY
@settings(max_examples=30, deadline=None)
@given(pieces=st.lists(st.binary(max_size=300), max_size=5))
def test_random_octets_never_raise(name: str, pieces: list[bytes]) -> None:
    parser = FORMATS[name].open("sensor")
    run(parser, pieces, SAMPLES()[name].t_rx)
    assert adds_up(parser)


@EVERY
@settings(max_examples=30, deadline=None)
@given(
    flips=st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 7)), min_size=1, max_size=30),
    places=st.lists(st.integers(0, 2**20), max_size=5),
)
def test_flipped_bits_never_raise(name: str, flips: list[tuple[int, int]], places: list[int]) -> None:
    sample = SAMPLES()[name]
    octets = bytearray(sample.data)
    for place, bit in flips:
        octets[place % len(octets)] ^= 1 << bit
    whole, parser = sample.open(name), sample.open(name)
    expected = run(whole, [bytes(octets)], sample.t_rx)
    assert run(parser, cut(bytes(octets), places), sample.t_rx) == expected
    assert adds_up(parser)


@EVERY
def test_everything_seen_is_accounted_for(name: str) -> None:
    sample = SAMPLES()[name]
    parser = sample.open(name)
    run(parser, [sample.data], sample.t_rx)
    assert parser.counters["seen"] > 0
    assert adds_up(parser)


@EVERY
def test_goes_on_after_garbage_and_after_a_broken_connection(name: str) -> None:
    """Half the sample, a cut, garbage, then the whole sample again: all of the second comes through."""
    sample = SAMPLES()[name]
    parser = sample.open(name)
    parser.feed(sample.data[: len(sample.data) // 2], sample.t_rx)
    parser.close()
    parser.feed(b"\x00\xff\x13garbage\x00\x00\n", sample.t_rx)
    before = parser.counters.get("detections", 0)
    later = sample.t_rx + 3600 * 10**9 if name in ("beast",) else sample.t_rx
    parser.feed(sample.data, later)
    parser.close()
    again = parser.counters.get("detections", 0) - before
    missing = sample.detections - again
    # aircraft_json does not repeat what it has reported.
    assert missing == 0 or (name == "aircraft_json" and missing <= 3)


@EVERY
def test_reports_carry_the_index_of_their_chunk(name: str) -> None:
    sample: WireSample = SAMPLES()[name]
    parser = sample.open(name)
    parser.raw = 17
    reports = parser.feed(sample.data, sample.t_rx)
    assert {report.raw for report in reports if isinstance(report, Detection)} == {17}
