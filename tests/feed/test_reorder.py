"""Scans in the order of time, whatever the order of arrival and however it was cut."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.clock import NS
from vedette.feed import Look, Reorder, Report
from vedette.types import Detection, Kind, Scan, Sector

MS = NS // 1000
T = 1_000 * NS  # a multiple of the window
HOLD, WINDOW = 500 * MS, 250 * MS


def report(t: int, sensor: str = "adsb", seq: int = 0, target: str | None = "a") -> Detection:
    claims = {} if target is None else {"icao24": target}
    return Detection(
        t=t, t_rx=t, sensor=sensor, seq=seq, kind=Kind.AZ, z=np.array([1.0]), R=np.eye(1), claims=claims
    )


def look(t0: int, t1: int, sensor: str = "radar") -> Look:
    return Look(sensor=sensor, t0=t0, t1=t1, sector=Sector(az0=0.0, width=1.0))


def shape(scans: list[Scan]) -> list[tuple[object, ...]]:
    return [(s.sensor, s.t0, s.t1, s.sector, tuple(d.key for d in s.detections)) for s in scans]


def test_reports_of_one_cell_are_one_scan() -> None:
    reorder = Reorder(HOLD, WINDOW)
    reports = [report(T + k * MS, target=target) for k, target in ((10, "a"), (20, "b"), (260, "a"))]
    assert reorder.push(reports, T + 300 * MS) == []
    assert reorder.advance(T + WINDOW + HOLD - 1) == []
    (scan,) = reorder.advance(T + WINDOW + HOLD)
    assert (scan.t0, scan.t1, scan.sector) == (T + 10 * MS, T + 20 * MS, None)
    assert len(scan.detections) == 2
    (scan,) = reorder.flush()
    assert scan.t1 == T + 260 * MS


def test_a_second_report_of_a_target_starts_a_new_scan() -> None:
    reorder = Reorder(HOLD, WINDOW)
    times = {1: "a", 2: "b", 3: "a", 4: "c"}
    reorder.push([report(T + k * MS, target=target) for k, target in times.items()], T + 5 * MS)
    first, second = reorder.flush()
    assert [d.claims["icao24"] for d in first.detections] == ["a", "b"]
    assert [d.claims["icao24"] for d in second.detections] == ["a", "c"]


def test_a_report_that_names_nobody_is_a_scan_of_its_own() -> None:
    reorder = Reorder(HOLD, WINDOW)
    reorder.push([report(T + k * MS, seq=k, target=None) for k in range(3)], T + 5 * MS)
    assert [len(scan.detections) for scan in reorder.flush()] == [1, 1, 1]


def test_a_track_number_names_a_target_too() -> None:
    first = report(T, target=None)
    second = report(T + MS, target=None)
    numbered = [
        Detection(
            t=d.t, t_rx=d.t_rx, sensor="x", seq=0, kind=d.kind, z=d.z, R=d.R, claims={"track_number": n}
        )
        for n, d in ((0, first), (1, second))
    ]
    reorder = Reorder(HOLD, WINDOW)
    reorder.push(numbered, T + 5 * MS)
    (scan,) = reorder.flush()
    assert len(scan.detections) == 2


def test_arrival_out_of_order_is_put_right() -> None:
    reorder = Reorder(HOLD, WINDOW)
    reorder.push([report(T + 300 * MS, sensor="slow")], T + 310 * MS)
    late = [report(T + 100 * MS, sensor="quick"), report(T + 50 * MS, sensor="slow", target="b")]
    reorder.push(late, T + 400 * MS)
    assert [scan.key for scan in reorder.flush()] == [
        (T + 50 * MS, "slow"),
        (T + 100 * MS, "quick"),
        (T + 300 * MS, "slow"),
    ]


def test_too_late_and_too_early_are_counted_and_dropped() -> None:
    reorder = Reorder(HOLD, WINDOW)
    reorder.push([report(T - HOLD), report(T - HOLD + 1), report(T + HOLD), report(T + HOLD + 1)], T)
    assert reorder.counters["late"] == 1
    assert reorder.counters["ahead"] == 1
    assert sum(len(scan.detections) for scan in reorder.flush()) == 2


def test_nothing_is_held_longer_than_promised() -> None:
    reorder = Reorder(HOLD, WINDOW)
    out = {}
    for k in range(200):
        now = T + k * 10 * MS
        arrived = [report(now, seq=k, target=str(k))] if k < 100 else []
        out |= {d.key: now for s in reorder.push(arrived, now) for d in s.detections}
    assert len(out) == 100
    assert all(now - t <= HOLD + WINDOW for (t, _, _), now in out.items())


def scanning(*reports: Report, t_rx: int = T + 400 * MS) -> list[Scan]:
    reorder = Reorder(HOLD, WINDOW)
    return reorder.push(reports, t_rx) + reorder.flush()


def test_a_look_takes_what_was_measured_in_it() -> None:
    inside = [report(T + k * MS, "radar", k, str(k)) for k in (0, 50, 99)]
    after = report(T + 100 * MS, "radar", 100, "z")
    scans = scanning(after, *inside, look(T, T + 100 * MS), look(T + 100 * MS, T + 200 * MS))
    assert [(s.t0, s.t1, len(s.detections)) for s in scans] == [
        (T, T + 100 * MS, 3),
        (T + 100 * MS, T + 200 * MS, 1),
    ]
    assert all(s.sector == Sector(az0=0.0, width=1.0) for s in scans)


def test_an_empty_look_is_a_scan_too() -> None:
    (scan,) = scanning(look(T, T + 100 * MS))
    assert scan.detections == ()
    assert scan.sector is not None


def test_a_look_that_lasts_longer_than_the_hold_waits_for_its_end() -> None:
    """A whole turn of four seconds: the plots wait, the looks of other sensors do not."""
    reorder = Reorder(HOLD, WINDOW)
    scans = reorder.push([look(T - 4 * NS, T)], T)
    for k in range(1, 41):
        now = T + k * 100 * MS
        scans += reorder.push([report(now, "radar", k, str(k)), report(now, "adsb", k, "x")], now)
    scans += reorder.push([look(T, T + 4 * NS)], T + 4 * NS)
    scans += reorder.flush()
    turn = [s for s in scans if s.sensor == "radar" and s.detections]
    assert [(s.t1, len(s.detections)) for s in turn] == [(T + 4 * NS, 39), (T + 4 * NS, 1)]
    assert turn[0].sector is not None
    assert turn[1].sector is None, "measured at the very end, in the next turn, of which nothing was heard"


def test_what_no_look_covers_comes_without_a_sector() -> None:
    scans = scanning(
        look(T, T + 100 * MS),
        report(T + 150 * MS, "radar", 1, "gap"),
        look(T + 200 * MS, T + 300 * MS),
    )
    assert [(s.t1, s.sector is None, len(s.detections)) for s in scans] == [
        (T + 100 * MS, False, 0),
        (T + 300 * MS, True, 1),
        (T + 300 * MS, False, 0),
    ]


def test_a_radar_whose_looks_stop_is_still_heard() -> None:
    reorder = Reorder(HOLD, WINDOW)
    scans = reorder.push([look(T - NS, T)], T)
    for k in range(1, 200):
        now = T + k * 100 * MS
        scans += reorder.push([report(now, "radar", k, "x")], now)
    scans += reorder.flush()
    heard = [d.key for s in scans for d in s.detections]
    assert len(heard) == len(set(heard)) == 199
    assert [s.key for s in scans] == sorted(s.key for s in scans)


def test_the_first_look_proves_no_miss() -> None:
    reorder = Reorder(HOLD, WINDOW)
    scans = reorder.push([report(T, "radar", 0, "a")], T)
    scans += reorder.advance(T + NS)
    scans += reorder.push([look(T - NS, T + NS)], T + NS)
    scans += reorder.flush()
    assert [(s.sector is None, len(s.detections)) for s in scans] == [(True, 1), (True, 0)]
    assert reorder.counters["partial_look"] == 1


def test_a_target_is_in_a_look_once() -> None:
    (scan,) = scanning(
        report(T, "radar", 0, "a"), report(T + 10 * MS, "radar", 1, "a"), look(T, T + 100 * MS)
    )
    assert [d.seq for d in scan.detections] == [0]


class Arrival(NamedTuple):
    report: Report
    t_rx: int


@st.composite
def arrivals(draw: st.DrawFn) -> list[Arrival]:
    """Three sensors, one of them scanning, with delays, in the order of arrival."""
    out = []
    now = T
    for seq in range(draw(st.integers(1, 40))):
        now += draw(st.integers(0, 300)) * MS
        delay = draw(st.integers(-100, 700)) * MS
        sensor = draw(st.sampled_from(["adsb", "radar", "rf"]))
        if sensor == "radar" and draw(st.booleans()):
            length = draw(st.integers(1, 8)) * 100 * MS
            out.append(Arrival(look(now - delay - length, now - delay), now))
        else:
            target = draw(st.sampled_from(["a", "b", None]))
            out.append(Arrival(report(now - delay, sensor, seq, target), now))
    return out


def merged(items: list[Arrival], groups: list[int], ticks: list[int]) -> tuple[list[Scan], Reorder]:
    """Push equal arrival times in pieces of the given sizes, with `advance` in between."""
    reorder, out, at = Reorder(HOLD, WINDOW), list[Scan](), 0
    turn = 0
    while at < len(items):
        t_rx = items[at].t_rx
        same = [item for item in items[at:] if item.t_rx == t_rx]
        size = 1 + groups[turn % len(groups)] % len(same)
        before = items[at - 1].t_rx if at else t_rx
        out += reorder.advance(before + (t_rx - before) * (ticks[turn % len(ticks)] % 101) // 100)
        out += reorder.push([item.report for item in same[:size]], t_rx)
        at += size
        turn += 1
    return out + reorder.flush(), reorder


@settings(max_examples=60, deadline=None)
@given(
    items=arrivals(),
    groups=st.lists(st.integers(0, 9), min_size=1, max_size=5),
    ticks=st.lists(st.integers(0, 100), min_size=1, max_size=5),
)
def test_the_same_scans_however_it_was_cut(items: list[Arrival], groups: list[int], ticks: list[int]) -> None:
    whole, reorder = merged(items, [1000], [0])
    pieces, _ = merged(items, groups, ticks)
    assert shape(pieces) == shape(whole)
    assert [scan.key for scan in whole] == sorted(scan.key for scan in whole)
    # Everything is accounted for, nothing comes twice, and no scan holds a target twice.
    out = [d.key for scan in whole for d in scan.detections]
    assert len(out) == len(set(out))
    given_in = sum(isinstance(item.report, Detection) for item in items)
    late_looks = sum(isinstance(i.report, Look) and i.report.t1 > i.t_rx + HOLD for i in items)
    dropped = reorder.counters["late"] + reorder.counters["ahead"] - late_looks
    assert given_in == len(out) + dropped + reorder.counters["duplicate_in_look"]
    for scan in whole:
        names = [d.claims["icao24"] for d in scan.detections if "icao24" in d.claims]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(("hold", "window"), [(-1, 1), (1, 0)])
def test_durations_that_cannot_be(hold: int, window: int) -> None:
    with pytest.raises(ValueError, match="window_ns"):
        Reorder(hold, window)
