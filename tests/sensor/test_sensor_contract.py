"""What every registered sensor promises to the tracker and to the simulator."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chi2, poisson

from tests.sensor.sensor_examples import EXAMPLES, MATCHED, REPORTERS, SITE, first_look, sensor, truths
from vedette.errors import ConfigError, MeasurementError
from vedette.sensor import DIRECTIONS, SENSORS, DirectionSensor, Sensor, SensorConfig, Simulated, Targets
from vedette.types import SIZE, Kind

KINDS = sorted(SENSORS)
BEARERS = [kind for kind in KINDS if sensor(kind).accepts & DIRECTIONS]  # of directions
PLACERS = [kind for kind in KINDS if kind not in BEARERS]
PERIOD = {"adsb": 0.5, "tracks": 0.5, "remote_id": 1.0}  # s between two reports of one target
SECOND = 1_000_000_000


def apart(kind: str) -> dict[str, str]:
    """Thousands of targets stand for as many single ones: none may hide another."""
    return {"merging": "false"} if kind.startswith("radar") else {}


def test_every_kind_has_an_example_and_a_config() -> None:
    assert set(EXAMPLES) == set(SENSORS) == {c.__struct_config__.tag for c in SensorConfig.__args__}


@pytest.mark.parametrize("kind", KINDS)
def test_it_keeps_the_protocols(kind: str) -> None:
    made = sensor(kind)
    assert isinstance(made, Sensor)
    assert isinstance(made, Simulated)
    assert made.kind == kind
    assert made.accepts >= {Kind.GEODETIC, Kind.GEODETIC_VELOCITY}
    assert (made.look_rate > 0) == made.looks
    np.testing.assert_allclose(made.geodetic[2], SITE.height + (10 if kind in REPORTERS else 12))


@pytest.mark.parametrize("kind", PLACERS)
def test_converted_reports_are_unbiased_and_consistent(kind: str) -> None:
    """NEES against the truth at the report's time inside the 99.9 % bounds; mean error 0 within 4 σ."""
    rng = np.random.default_rng(11)
    made, targets = sensor(kind, **apart(kind)), truths(kind, 4000, rng)
    errors, nees = [], []
    for look in list(made.schedule(0, SECOND)):
        found = made.measure(targets, look, rng)
        real = found.source >= 0
        y, S = made.convert(found.kind, found.z[real], found.R[real])
        rows = found.source[real]
        truth = targets.position[rows] - found.age[real, None] * targets.velocity[rows]
        truth = np.hstack([truth, targets.velocity[rows]])[:, : y.shape[1]]
        errors.append(y - truth)
        nees.append(np.einsum("ia,iab,ib->i", y - truth, np.linalg.inv(S), y - truth))
    e, d2 = np.concatenate(errors), np.concatenate(nees)
    n, d = e.shape
    assert n > 2000
    low, high = chi2.ppf([0.0005, 0.9995], n * d) / n
    assert low < d2.mean() < high
    assert (np.abs(e.mean(0)) < 4 * e.std(0) / math.sqrt(n)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_detection_probability_is_one(kind: str) -> None:
    rng = np.random.default_rng(12)
    made = sensor(kind)
    p = made.detection_probability(rng.uniform(-60e3, 60e3, (2000, 3)) * [1, 1, 0.2])
    assert p.shape == (2000,)
    assert ((p >= 0) & (p <= 1)).all()
    assert p.any()
    assert not p.all()
    assert made.detection_probability(np.empty((0, 3))).shape == (0,)


@pytest.mark.parametrize("kind", KINDS)
def test_simulated_detections_happen_as_often_as_promised(kind: str) -> None:
    """Targets of the expected sort: reports per look against Σ P_D, 4 σ of the binomial sum."""
    rng = np.random.default_rng(13)
    made, targets = sensor(kind, **apart(kind), **MATCHED.get(kind, {})), truths(kind, 3000, rng)
    targets = replace(targets, position=targets.position * 1.4, rcs=np.full(3000, 0.1))
    looks = list(made.schedule(0, 30 * SECOND)) if kind == "camera" else [first_look(made)]
    due = 0.1 / PERIOD.get(kind, 0.1)  # the part of the targets whose turn it is in a slice of 0.1 s
    sectors = [{} if look.sector is None else {"sector": look.sector} for look in looks]
    p = due * np.array(
        [made.detection_probability(targets.position, targets.velocity, **sector) for sector in sectors]
    )
    rounds = 20 // len(looks) + 1
    hits = sum((made.measure(targets, look, rng).source >= 0).sum() for _ in range(rounds) for look in looks)
    sigma = math.sqrt(rounds * (p * (1 - p)).sum())
    assert p.sum() > 100
    assert abs(hits - rounds * p.sum()) < 4 * sigma + (rounds * 3000 * 0.01 if due < 1 else 0)


@pytest.mark.parametrize("kind", BEARERS)
def test_directions_are_unbiased_and_consistent(kind: str) -> None:
    """Residuals against h, with what is late in it, inside the 99.9 % bounds of R, mean 0."""
    rng = np.random.default_rng(11)
    made, targets = sensor(kind, **MATCHED[kind]), truths(kind, 4000, rng)
    assert isinstance(made, DirectionSensor)
    h, _ = made.expected(made.reports, targets.position, targets.velocity)
    errors = []
    for look in list(made.schedule(0, 60 * SECOND)):
        found = made.measure(targets, look, rng)
        assert found.kind is made.reports
        real = found.source >= 0
        e = found.z[real] - h[found.source[real]]
        e[:, 0] = np.remainder(e[:, 0] + math.pi, 2 * math.pi) - math.pi
        off = np.abs(found.R[real] - np.eye(e.shape[1]) * found.R[real])
        assert off.max() == 0
        errors.append(e / np.sqrt(np.einsum("iaa->ia", found.R[real])))
    e = np.concatenate(errors)
    n, d = e.shape
    assert n > 2000
    low, high = chi2.ppf([0.0005, 0.9995], n * d) / n
    assert low < (e**2).sum(1).mean() < high
    assert (np.abs(e.mean(0)) < 4 / math.sqrt(n)).all()


@pytest.mark.parametrize("kind", BEARERS)
def test_density_of_directions_is_that_of_the_false_reports(kind: str) -> None:
    """Over the angles of one look it integrates to the expected count; in fact they come so often, evenly."""
    rng = np.random.default_rng(17)
    made = sensor(kind, false_reports=4)
    nothing = truths(kind, 0, rng)
    look = first_look(made)
    found = [made.measure(nothing, look, rng) for _ in range(1000)]
    z = np.concatenate([one.z for one in found])
    assert poisson.ppf(0.0005, 4000) < len(z) < poisson.ppf(0.9995, 4000)
    s = look.sector
    sides = [s.width, s.el1 - s.el0][: z.shape[1]]
    kappa = made.direction_density(made.reports, z)  # type: ignore[attr-defined]
    np.testing.assert_allclose(kappa * np.prod(sides), 4, rtol=0.02)  # a camera's width in azimuth varies
    u = np.column_stack([np.mod(z[:, 0] - s.az0, 2 * math.pi) / s.width, *[(z[:, 1:] - s.el0) / sides[-1]]])
    assert ((u >= 0) & (u <= 1)).all()
    assert (np.abs(u.mean(0) - 0.5) < 4 * math.sqrt(1 / 12 / len(u))).all()


@pytest.mark.parametrize("kind", BEARERS)
def test_volume_density_of_a_direction_sensor_integrates_to_the_same(kind: str) -> None:
    rng = np.random.default_rng(18)
    made = sensor(kind)
    s, n = first_look(made).sector, 400_000
    assert s is not None
    r = np.cbrt(rng.uniform(s.r0**3, s.r1**3, n))
    az = s.az0 + s.width * rng.random(n)
    el = np.arcsin(rng.uniform(math.sin(s.el0), math.sin(s.el1), n))
    local = np.column_stack([r * np.cos(el) * np.sin(az), r * np.cos(el) * np.cos(az), r * np.sin(el)])
    kappa = made.clutter_density(made.station.in_site(local))  # type: ignore[attr-defined]
    volume = (s.r1**3 - s.r0**3) / 3 * s.width * (math.sin(s.el1) - math.sin(s.el0))
    assert (kappa > 0).all()
    expected = made.false_reports  # type: ignore[attr-defined]
    error = 5 * volume * kappa.std() / math.sqrt(n) + 0.02 * expected
    assert volume * kappa.mean() == pytest.approx(expected, abs=error)


@pytest.mark.parametrize("kind", KINDS)
def test_resolution_and_strength_have_their_forms(kind: str) -> None:
    """R_u positive definite or None; a strength that nobody claims counts for nothing."""
    rng = np.random.default_rng(17)
    made, place = sensor(kind), truths(kind, 200, rng).position
    cell = made.resolution(place)
    if cell is not None:
        assert cell.shape == (200, 3, 3)
        np.testing.assert_allclose(cell, cell.transpose(0, 2, 1), rtol=1e-9)
        assert (np.linalg.eigvalsh(cell) > 0).all()
    ratio = made.amplitude_ratio(place, rng.uniform(0, 60, 200))
    assert ratio.shape == (200,)
    assert (ratio > 0).all()
    np.testing.assert_array_equal(made.amplitude_ratio(place, np.full(200, np.nan)), 1.0)


@pytest.mark.parametrize("kind", ["radar2d", "radar3d"])
def test_clutter_density_integrates_to_the_expected_count(kind: str) -> None:
    """Monte Carlo over the coverage, uniform in volume: V · mean κ = expected false reports per look."""
    rng = np.random.default_rng(14)
    made = sensor(kind)
    s, n = made.coverage, 400_000  # type: ignore[attr-defined]
    r = np.cbrt(rng.uniform(s.r0**3, s.r1**3, n))
    az = rng.uniform(0, 2 * math.pi, n)
    # a 2-D report stands at the height of its prior, wherever the beam points
    low, high = (s.el0, s.el1) if kind == "radar3d" else (-math.pi / 2, math.pi / 2)
    el = np.arcsin(rng.uniform(math.sin(low), math.sin(high), n))
    local = np.column_stack([r * np.cos(el) * np.sin(az), r * np.cos(el) * np.cos(az), r * np.sin(el)])
    kappa = made.clutter_density(made.station.in_site(local))  # type: ignore[attr-defined]
    volume = (s.r1**3 - s.r0**3) / 3 * 2 * math.pi * (math.sin(high) - math.sin(low))
    if kind == "radar3d":
        assert volume == pytest.approx(made.volume())
    expected = made.false_alarms()  # type: ignore[attr-defined]
    assert volume * kappa.mean() == pytest.approx(
        expected, abs=5 * volume * kappa.std() / math.sqrt(n) + 0.004 * expected
    )
    assert (kappa > 0).all()


@pytest.mark.parametrize("kind", ["radar2d", "radar3d"])
def test_false_reports_come_as_often_as_stated(kind: str) -> None:
    rng = np.random.default_rng(15)
    made = sensor(kind)
    nothing = Targets(position=np.empty((0, 3)), velocity=np.empty((0, 3)), rcs=np.empty(0), transponder=())
    look = next(iter(made.schedule(0, SECOND)))
    counts = [len(made.measure(nothing, look, rng).z) for _ in range(2000)]
    total = 2000 * made.false_alarms()  # type: ignore[attr-defined]
    assert poisson.ppf(0.0005, total) < sum(counts) < poisson.ppf(0.9995, total)


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_reports_and_sound_detections(kind: str) -> None:
    made, targets = sensor(kind), truths(kind, 50, np.random.default_rng(16))
    look = first_look(made)
    one = made.measure(targets, look, np.random.default_rng(5))
    two = made.measure(targets, look, np.random.default_rng(5))
    assert one.z.tobytes() == two.z.tobytes()
    detections = one.detections(made, look, 100)
    assert [d.seq for d in detections] == list(range(100, 100 + len(detections)))
    assert sorted(d.key for d in detections) == [d.key for d in detections]
    for d in detections:
        assert look.t0 <= d.t <= look.t1 <= d.t_rx
        assert len(d.z) == SIZE[d.kind]
        assert d.kind in made.accepts


@pytest.mark.parametrize("kind", KINDS)
def test_schedule_is_gapless(kind: str) -> None:
    made = sensor(kind)
    looks = list(made.schedule(5, 5 + 10 * SECOND))
    assert looks[0].t0 == 5
    assert looks[-1].t1 == 5 + 10 * SECOND
    assert all(a.t1 == b.t0 for a, b in pairwise(looks))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_it_cannot_place_is_refused(kind: str) -> None:
    made = sensor(kind)
    said = "a direction has no range" if Kind.AZ_EL in made.accepts else "it takes .*geodetic"
    with pytest.raises(MeasurementError, match=rf"cannot place .* az_el[;:] {said}"):
        made.convert(Kind.AZ_EL, np.zeros((1, 2)), np.eye(2)[None])
    if kind in BEARERS:
        with pytest.raises(MeasurementError, match=r"cannot place .* range_az_el; it takes "):
            made.convert(Kind.RANGE_AZ_EL, np.ones((1, 3)), np.eye(3)[None])


IMPOSSIBLE = [
    ("radar3d", {"azimuth_beamwidth": 0}, "azimuth_beamwidth"),
    ("radar3d", {"elevation_beamwidth": 0}, "elevation_beamwidth"),
    ("radar3d", {"elevation_min": 40}, "elevation_min must lie below"),
    ("radar2d", {"range_min": 40e3}, "range_min must lie below"),
    ("radar2d", {"height_sigma": 0}, "height_sigma"),
    ("radar2d", {"period": -1}, "period"),
    ("radar3d", {"reference_pd": 1}, "reference_pd"),
    ("radar3d", {"reference_pd": 1e-7}, "must be above pfa"),
    ("radar3d", {"pfa": 0}, "pfa"),
    ("radar3d", {"sectors": 0}, "sectors"),
    ("radar3d", {"azimuth_beamwidth": -2}, "azimuth_beamwidth"),
    ("radar2d", {"azimuth_width": 0}, "azimuth_width"),
    ("radar2d", {"range_max": 0}, "range_max"),
    ("radar2d", {"range_resolution": 0}, "range_resolution"),
    ("radar3d", {"reference_range": 0}, "reference_range"),
    ("radar3d", {"reference_pd": 0}, "reference_pd"),
    ("radar3d", {"elevation_max": 95}, "elevation_max"),
    ("radar3d", {"radial_speed_span": 0}, "radial_speed_span"),
    ("radar3d", {"fluctuation": 2}, "fluctuation"),
    ("radar3d", {"fluctuation": 4}, "fluctuation"),
    ("radar3d", {"frequency": 9.4}, "frequency in Hz"),
    ("radar2d", {"frequency": 0}, "frequency in Hz"),
    ("radar2d", {"frequency": 3e9, "surface_roughness": -1}, "surface_roughness"),
    ("radar2d", {"surface_roughness": 0.1}, "surface_roughness needs frequency"),
    ("radar2d", {"clutter_gamma": 20}, "reflectivity γ in dB"),
    ("radar2d", {"clutter_gamma": -15, "clutter_improvement": -3}, "clutter improvement in dB"),
    ("radar2d", {"clutter_improvement": 30}, "clutter_improvement needs clutter_gamma"),
    ("radar3d", {"doppler_cells": 0}, "Doppler cells"),
    ("radar3d", {"bearing": None}, "'distance' needs 'bearing'"),
    ("radar3d", {"latitude": 91, "longitude": 0}, "latitude"),
    ("adsb", {"reception": 0}, "reception"),
    ("adsb", {"range_max": 0}, "range_max"),
    ("tracks", {"process_noise": 0}, "process_noise"),
    ("tracks", {"memory": -1}, "memory"),
    ("adsb", {"name": '""'}, "name"),
    ("rf_bearing", {"bearing_floor": 0}, "bearing_floor"),
    ("rf_bearing", {"range_max": -1}, "range_max"),
    ("rf_bearing", {"range_min": 20e3}, "range_min must lie below"),
    ("rf_bearing", {"emits": 0}, "emits"),
    ("rf_bearing", {"frequency": 2.4}, "frequency in Hz"),
    ("rf_bearing", {"azimuth_width": 0}, "azimuth_width"),
    ("acoustic", {"angle_floor": 0}, "angle_floor"),
    ("acoustic", {"microphones": 0}, "microphones"),
    ("acoustic", {"aperture": 0}, "aperture"),
    ("acoustic", {"humidity": 0}, "relative humidity"),
    ("acoustic", {"temperature": 300}, "air temperature in °C"),
    ("camera", {"fov": 0}, "fov"),
    ("camera", {"fov": 120}, "fov"),
    ("camera", {"pixels": 0}, "pixels"),
    ("camera", {"mode": '"ultraviolet"'}, "mode"),
    ("camera", {"contrast": 0.01}, "contrast"),
    ("camera", {"recognition": 0.5}, "detection ≤ recognition ≤ identification"),
    ("camera", {"patrol_elevation": 85}, "round lies outside"),
    ("camera", {"slew_rate": 0}, "slew_rate"),
    ("camera", {"classes": '["bird"]'}, "at least two names of classes"),
    ("camera", {"elevation_min": 85}, "elevation_min must lie below"),
    ("remote_id", {"horizontal_accuracy": 0}, "code of horizontal accuracy, 1 to 12"),
    ("remote_id", {"sensitivity": 20}, "received power in dBm"),
    ("remote_id", {"range_max": 0}, "range_max"),
    ("observer", {"azimuth_sigma": 0}, "azimuth_sigma"),
    ("observer", {"range_factor": 1}, "factor above 1"),
    ("observer", {"attention": 0}, "attention"),
    ("observer", {"delay": -5}, "delay"),
]


@pytest.mark.parametrize(("kind", "changes", "said"), IMPOSSIBLE, ids=lambda v: str(v))
def test_an_impossible_sensor_is_refused_in_a_sentence(
    kind: str, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        sensor(kind, **changes)
