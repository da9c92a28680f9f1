"""The human observer: what an eye resolves, how rough a report is, and how late."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.scenario.scenario_examples import place, platform, world
from tests.sensor.sensor_examples import first_look, sensor, truths
from vedette.scenario import simulate
from vedette.sensor import Observer
from vedette.types import Kind


def observer(**changes: object) -> Observer:
    made = sensor("observer", **changes)
    assert isinstance(made, Observer)
    return made


def test_range_by_hand() -> None:
    """One arc minute is 0.29 m at 1 km: a cycle, two of them, across 1.5 m reaches 2.58 km in clear air."""
    made = observer(attention=1, contrast=1, visibility=1e9)
    r = 1.5 / 2 / (math.pi / 180 / 60)
    assert r == pytest.approx(2578, abs=1)
    p = made.sees(np.array([[0.0, r * math.cos(0.1), r * math.sin(0.1)]]), 1.5)
    assert p[0] == pytest.approx(0.5, abs=1e-3)


def test_attention_night_and_haze_each_take_their_part() -> None:
    near, far = np.array([[0.0, 300.0, 60.0]]), np.array([[0.0, 2000.0, 200.0]])
    day, clear = observer(), observer(visibility=1e6)
    assert observer(attention=0.3).sees(near, 1.5)[0] == pytest.approx(
        0.3 / 0.9 * observer(attention=0.9).sees(near, 1.5)[0]
    )
    assert observer(night="true").sees(far, 1.5)[0] < 0.01 * day.sees(far, 1.5)[0]
    # ten times coarser: by night a ten times larger thing, apart from the haze between
    dark = observer(night="true", visibility=1e6)
    assert dark.sees(far, 15.0)[0] == pytest.approx(clear.sees(far, 1.5)[0], rel=1e-9)
    assert observer(visibility=2000).sees(far, 1.5)[0] < 0.2 * day.sees(far, 1.5)[0]


def test_probability_falls_with_range() -> None:
    made = observer()
    r = np.linspace(200, 9000, 60)
    local = np.column_stack([0 * r, r * math.cos(0.1), r * math.sin(0.1)])
    p = made.detection_probability(made.station.in_site(local))
    assert (np.diff(p) <= 0).all()
    assert p[0] > 0.25
    assert p[-1] < 1e-3


def test_stated_ranges_are_off_by_a_factor() -> None:
    """Two thirds within a factor of two either way; as often too short as too long; none is a measurement."""
    made, rng = observer(attention=1, azimuth_sigma=10), np.random.default_rng(81)
    targets = truths("observer", 6000, rng, size=np.full(6000, 20.0), velocity=np.zeros((6000, 3)))
    found = made.measure(targets, first_look(made), rng)
    real = found.source >= 0
    said = np.array([float(c["range_estimate"]) for c in found.claims])[real]
    true = np.linalg.norm(made.station.local(targets.position[found.source[real]]), axis=1)
    ratio = np.log2(np.maximum(said, 50) / true)  # ranges are said to 100 m
    assert found.z.shape[1] == 2
    assert np.median(ratio) == pytest.approx(0, abs=0.05)
    assert (np.abs(ratio) < 1).mean() == pytest.approx(0.683, abs=0.03)
    classes = {(str(c["range_class"]), float(c["range_estimate"]) < 1000) for c in found.claims}
    assert ("near", False) not in classes
    assert ("far", True) not in classes


def test_direction_is_as_rough_as_stated() -> None:
    made, rng = observer(attention=1), np.random.default_rng(82)
    targets = truths("observer", 5000, rng, size=np.full(5000, 20.0), velocity=np.zeros((5000, 3)))
    found = made.measure(targets, first_look(made), rng)
    real = found.source >= 0
    h, _ = made.expected(Kind.AZ_EL, targets.position, targets.velocity)
    el = h[found.source[real], 1]
    e = np.degrees(np.remainder(found.z[real] - h[found.source[real]] + math.pi, 2 * math.pi) - math.pi)
    assert (e[:, 0] * np.cos(el)).std() == pytest.approx(15, rel=0.05)
    assert e[:, 1].std() == pytest.approx(10, rel=0.05)


def test_a_report_is_of_what_was_seen_twenty_seconds_ago() -> None:
    """A drone flies past at 300 m; the report points at where it was, and `delay` and `expected` say so."""
    made, rng = (
        observer(attention=1, azimuth_sigma=0.01, elevation_sigma=0.01, delay=20),
        np.random.default_rng(83),
    )
    p = made.station.in_site(np.array([[600.0, 300.0, 100.0]]))
    v = np.array([[40.0, 0.0, 0.0]]) @ made.to_site[0].T
    target = replace(truths("observer", 1, rng, size=np.array([20.0])), position=p, velocity=v)
    found = made.measure(target, first_look(made), rng)
    z = found.z[found.source == 0][0]
    assert math.degrees(math.remainder(z[0], 2 * math.pi)) == pytest.approx(
        math.degrees(math.atan2(600 - 800, 300)), abs=0.1
    )
    assert made.delay(p, v)[0] == 20
    h, _ = made.expected(Kind.AZ_EL, p, v)
    assert np.abs(np.remainder(h[0] - z + 1, 2 * math.pi) - 1).max() < 1e-3
    assert made.latency == 0  # a reorder buffer need not wait for people: the report's time is its own


def test_in_a_scenario() -> None:
    flown = world(platform("a", f"{place(0, 4_000, 200)}, {place(0, 100, 200)}", "speed = 40"))
    made = observer(bearing=None, distance=None, attention=1, false_reports=1e-9)
    reports = [d for scan in simulate(flown, {"o": made}) for d in scan.detections]
    assert 3 <= len(reports) <= 12
    assert all(d.kind is Kind.AZ_EL for d in reports)
