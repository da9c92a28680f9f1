"""Our own JSON lines: nothing is lost on the way out and back."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.feed.wire_samples import LOOKS, NOON, detections
from vedette.clock import NS
from vedette.feed import Report
from vedette.feed.format.jsonl import Jsonl, JsonlOptions, encode
from vedette.types import SIZE, Detection, Kind


def parse(octets: bytes) -> tuple[list[Report], Jsonl]:
    parser = Jsonl("sensor", JsonlOptions())
    return parser.feed(octets, NOON) + parser.close(), parser


def test_every_kind_comes_back_bit_for_bit() -> None:
    sent = detections()
    assert {report.kind for report in sent} == set(Kind)
    received, _ = parse(encode(sent))
    for a, b in zip(sent, received, strict=True):
        assert isinstance(b, Detection)
        assert (a.key, a.t_rx, a.kind, dict(a.claims)) == (b.key, b.t_rx, b.kind, dict(b.claims))
        assert a.z.tobytes() == b.z.tobytes()
        assert a.R.tobytes() == b.R.tobytes()


@settings(max_examples=50, deadline=None)
@given(
    z=st.tuples(
        st.floats(-1.57, 1.57), st.floats(-3.14, 3.14), st.floats(-999, 44e3), *[st.floats(-160, 160)] * 3
    ),
    sigmas=st.lists(st.floats(1e-3, 1e5), min_size=6, max_size=6),
    t=st.integers(1, 2**62 - 1),
)
def test_any_numbers_come_back_bit_for_bit(z: tuple[float, ...], sigmas: list[float], t: int) -> None:
    report = Detection(
        t=t, t_rx=NOON, sensor="sensor", seq=0, kind=Kind.GEODETIC_VELOCITY, z=np.array(z), R=np.diag(sigmas)
    )
    ((back,), _) = parse(encode([report]))
    assert isinstance(back, Detection)
    assert back.t == t
    assert back.z.tobytes() == report.z.tobytes()
    assert back.R.tobytes() == report.R.tobytes()


def test_looks_come_back() -> None:
    assert parse(encode(LOOKS))[0] == LOOKS


def test_a_line_that_a_person_would_write() -> None:
    line = b'{"kind": "az", "time": "2023-12-09T13:00:00.25+01:00", "z": [1.57], "sigma": [0.05]}\n'
    ((report,), _) = parse(line)
    assert isinstance(report, Detection)
    assert report.t == NOON + NS // 4
    assert report.R.tolist() == pytest.approx(np.array([[0.0025]]))
    ((report,), _) = parse(b'{"kind": "az", "z": [1.57], "sigma": [0.05]}\n')
    assert isinstance(report, Detection)
    assert report.t == NOON


def line(**keys: object) -> bytes:
    whole: dict[str, object] = {
        "kind": "geodetic",
        "t": NOON,
        "z": [0.5, 0.5, 100.0],
        "sigma": [1.0, 1.0, 1.0],
    }
    return (
        json.dumps({key: value for key, value in {**whole, **keys}.items() if value is not None}).encode()
        + b"\n"
    )


@pytest.mark.parametrize(
    ("text", "counter"),
    [
        (b"hello\n", "not_a_line"),
        (line(sigam=[1.0]), "not_a_line"),
        (line(kind="lla"), "not_a_line"),
        (b'{"z":' + b"[" * 30_000 + b"\n", "not_a_line"),
        (b'{"claims": "\xff"}\n', "not_a_line"),
        (line(kind=None), "no_kind"),
        (line(z=[0.5, 0.5]), "wrong_size"),
        (line(sigma=[1.0]), "wrong_size"),
        (line(sigma=None), "wrong_size"),
        (line(R=[[1.0]]), "wrong_size"),
        (line(z=[1.6, 0.5, 100.0]), "implausible_latitude"),
        (line(z=[0.5, 7.0, 100.0]), "implausible_longitude"),
        (line(z=[0.5, 0.5, 1e6]), "implausible_height"),
        (line(t=-5), "implausible_time"),
        (line(t=2**62), "implausible_time"),
        (line(sigma=[1e300, 1.0, 1.0]), "implausible_covariance"),
        (line(kind="range_az", z=[5e3, 0.9], sigma=[20, 40]), "implausible_covariance"),
        (line(kind="range_az_el", z=[5e3, 0.9, 0.1], sigma=[20, 0.01, 6.8]), "implausible_covariance"),
        (line(kind="range_az_height", z=[5e3, 0.9, 9.0], sigma=[20, 0.7, 5]), "implausible_covariance"),
        (line(sigma=[0.0, 1.0, 1.0]), "not_a_measurement"),
        (line(R=[[1, 2, 0], [2, 1, 0], [0, 0, 1]]), "not_a_measurement"),
        (line(kind="range_az", z=[1e9, 0.0], sigma=[1, 1]), "implausible_slant_range"),
        (line(kind="az", z=[1e9], sigma=[1]), "implausible_azimuth"),
        (b'{"look": [5, 4]}\n', "implausible_look"),
        (b'{"look": [4, 5], "sector": {"width": 7.0}}\n', "implausible_sector"),
    ],
)
def test_what_cannot_be_is_counted_and_dropped(text: bytes, counter: str) -> None:
    reports, parser = parse(text)
    assert reports == []
    assert parser.counters[counter] == 1


def test_a_last_line_that_was_cut_is_not_believed() -> None:
    """'…"seq":1' may have been going to be '…"seq":17}'; and a number cut short is another number."""
    reports, parser = parse(line()[:-1])
    assert reports == []
    assert parser.counters["cut_line"] == 1


def test_every_kind_has_a_size() -> None:
    assert set(SIZE) == set(Kind)
