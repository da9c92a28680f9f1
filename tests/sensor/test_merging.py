"""Targets within one resolution cell: how often they merge, and what they then return."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.sensor.sensor_examples import sensor
from vedette.sensor import Simulated, Targets
from vedette.sensor.merging import merged, unresolved
from vedette.types import Kind

SECOND = 1_000_000_000
KM10 = np.array([10e3, 1.0, 0.1])  # range, azimuth, elevation


def place(radar: Simulated, polar: np.ndarray) -> np.ndarray:
    r, az, el = polar.T
    local = np.column_stack([r * np.cos(el) * np.sin(az), r * np.cos(el) * np.cos(az), r * np.sin(el)])
    return radar.station.in_site(local)  # type: ignore[attr-defined]


def look_at(radar: Simulated, polar: np.ndarray, rng: np.random.Generator, rcs: float = 1.0):  # type: ignore[no-untyped-def]
    targets = Targets(
        position=place(radar, polar), velocity=np.zeros((len(polar), 3)), rcs=np.full(len(polar), rcs),
        transponder=("",) * len(polar),
    )  # fmt: skip
    return radar.measure(targets, next(iter(radar.schedule(0, SECOND))), rng)


CELL = (60.0, math.radians(2.5), math.radians(3.0))
APART = [(0, 0.5), (0, 1.0), (1, 0.5), (1, 1.0), (1, 1.5), (2, 0.7), (2, 1.2)]


@pytest.mark.parametrize(("axis", "cells"), APART)
def test_two_targets_merge_as_often_as_the_tracker_is_told(axis: int, cells: float) -> None:
    """Fraction of 1000 looks with one plot, against ½^(cells²) and against exp(−½ ΔᵀR_u⁻¹Δ), 4 σ."""
    radar, rng = sensor("radar3d", clutter=0, pfa=1e-9, reference_range=200e3), np.random.default_rng(5)
    polar = np.tile(KM10, (2, 1))
    polar[1, axis] += cells * CELL[axis]
    one = np.mean([len(look_at(radar, polar, rng).z) == 1 for _ in range(1000)])
    p = 0.5 ** (cells**2)
    assert one == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / 1000) + 1e-3)
    there = place(radar, polar)
    R_u = radar.resolution(there.mean(0)[None])
    assert R_u is not None
    d = there[0] - there[1]
    assert math.exp(-0.5 * d @ np.linalg.solve(R_u[0], d)) == pytest.approx(p, rel=0.02)


def test_groups_across_north_and_chains() -> None:
    """A group is whatever chance links; azimuth goes round."""
    rng = np.random.default_rng(6)
    polar = np.array([[9e3, 1e-4, 0.1], [9e3, 2 * math.pi - 1e-4, 0.1], [9e3, 1.0, 0.1], [5e3, 1.0, 0.1]])
    group = unresolved(polar, np.array(CELL), rng)
    assert group[0] == group[1]
    assert len(set(group)) == 3
    leader, x, mean, _ = merged(group, np.array([2.0, 6.0, 1.0, 1.0]), polar, np.zeros(4))
    assert leader[group[0]] == 1
    assert x[group[0]] == 8.0
    assert math.remainder(mean[group[0], 1], 2 * math.pi) == pytest.approx(-0.5e-4)
    assert list(unresolved(polar[:1], np.array(CELL), rng)) == [0]
    assert len(unresolved(polar[:0], np.array(CELL), rng)) == 0


def test_the_one_plot_lies_between_the_two_by_their_powers() -> None:
    """Equal Swerling 1 targets: uniform between them, so mean ½ and variance 1/12, and powers that add."""
    radar, rng = sensor("radar3d", clutter=0, pfa=1e-9, reference_range=400e3), np.random.default_rng(7)
    polar = np.tile(KM10, (2, 1))
    polar[1, 0] += 20.0
    found = [look_at(radar, polar, rng, rcs=0.1) for _ in range(1000)]
    part = np.array([(each.z[0, 0] - KM10[0]) / 20.0 for each in found if len(each.z) == 1])
    assert len(part) > 850
    assert part.mean() == pytest.approx(0.5, abs=0.04)
    assert part.var() == pytest.approx(1 / 12, rel=0.12)
    power = np.array([1 + 10 ** (float(each.claims[0]["snr_db"]) / 10) for each in found if len(each.z) == 1])
    S = float(radar.echo.snr(radar.station, np.zeros((1, 3)), KM10[:1], 0.1)[0])  # type: ignore[attr-defined]
    assert power.mean() == pytest.approx(2 * (1 + S), rel=0.1)


def test_a_radar_that_tells_everything_apart() -> None:
    radar, rng = (
        sensor("radar3d", clutter=0, pfa=1e-9, merging="false", reference_range=200e3),
        np.random.default_rng(8),
    )
    assert radar.resolution(np.zeros((1, 3))) is None
    assert all(len(look_at(radar, np.tile(KM10, (5, 1)), rng).z) == 5 for _ in range(50))


def test_a_fan_beam_does_not_resolve_in_elevation() -> None:
    """A 2-D radar: one cell is as high as the beam."""
    radar, rng = sensor("radar2d", clutter=0, pfa=1e-9, reference_range=200e3), np.random.default_rng(9)
    polar = np.tile(KM10, (2, 1))
    polar[1, 2] += math.radians(5.0)
    one = np.mean([len(look_at(radar, polar, rng).z) == 1 for _ in range(1000)])
    assert one == pytest.approx(0.5 ** ((5 / 29.5) ** 2), abs=0.01)


def test_merging_keeps_the_order_of_draws_of_targets_that_are_far_apart() -> None:
    """Where nobody is near anybody, the same reports with and without."""
    polar = np.array([[8e3, 0.5, 0.1], [9e3, 2.0, 0.1], [15e3, 4.0, 0.05]])
    on, off = (
        look_at(sensor("radar3d", merging=m), polar, np.random.default_rng(3)) for m in ("true", "false")
    )
    assert on.kind is Kind.RANGE_AZ_EL
    assert on.z.tobytes() == off.z.tobytes()
