"""What every registered sensor promises to the tracker and to the simulator."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chi2, poisson

from tests.sensor.sensor_examples import EXAMPLES, REPORTERS, SITE, sensor, truths
from vedette.errors import ConfigError, MeasurementError
from vedette.sensor import SENSORS, Sensor, SensorConfig, Simulated, Targets
from vedette.types import SIZE, Kind

KINDS = sorted(SENSORS)
SECOND = 1_000_000_000


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


@pytest.mark.parametrize("kind", KINDS)
def test_converted_reports_are_unbiased_and_consistent(kind: str) -> None:
    """NEES against the truth at the report's time inside the 99.9 % bounds; mean error 0 within 4 σ."""
    rng = np.random.default_rng(11)
    made, targets = sensor(kind), truths(kind, 4000, rng)
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
    """Targets of the expected size: reports per look against Σ P_D, 4 σ of the binomial sum."""
    rng = np.random.default_rng(13)
    made, targets = (
        sensor(kind, **({} if kind in REPORTERS else {"expected_rcs": -10})),
        truths(kind, 3000, rng),
    )
    targets = Targets(
        position=targets.position * 1.4, velocity=targets.velocity, rcs=np.full(3000, 0.1),
        transponder=targets.transponder,
    )  # fmt: skip
    look = next(iter(made.schedule(0, SECOND)))
    p = made.detection_probability(targets.position)
    if kind in REPORTERS:  # a fifth of the targets have their turn in a slice of 0.1 s of a period of 0.5 s
        p = p * 0.2
    hits = sum((made.measure(targets, look, rng).source >= 0).sum() for _ in range(20))
    sigma = math.sqrt(20 * (p * (1 - p)).sum())
    assert abs(hits - 20 * p.sum()) < 4 * sigma + (20 * 3000 * 0.01 if kind in REPORTERS else 0)


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
    look = next(iter(made.schedule(0, SECOND)))
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
    with pytest.raises(MeasurementError, match=r"cannot place .* az_el; it takes geodetic"):
        sensor(kind).convert(Kind.AZ_EL, np.zeros((1, 2)), np.eye(2)[None])


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
    ("radar3d", {"bearing": None}, "'distance' needs 'bearing'"),
    ("radar3d", {"latitude": 91, "longitude": 0}, "latitude"),
    ("adsb", {"reception": 0}, "reception"),
    ("adsb", {"range_max": 0}, "range_max"),
    ("tracks", {"process_noise": 0}, "process_noise"),
    ("tracks", {"memory": -1}, "memory"),
    ("adsb", {"name": '""'}, "name"),
]


@pytest.mark.parametrize(("kind", "changes", "said"), IMPOSSIBLE, ids=lambda v: str(v))
def test_an_impossible_sensor_is_refused_in_a_sentence(
    kind: str, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        sensor(kind, **changes)
