"""What the ground does to an echo: lobes against formulas and traced rays, clutter by hand, both sides."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from tests.sensor.sensor_examples import SITE, config, first_look
from vedette.geo import EFFECTIVE_RADIUS, Terrain, horizon_distance, minimum_height
from vedette.sensor import Radar2D, Targets, build, cover
from vedette.sensor.link import decibel
from vedette.sensor.propagation import above_reflection, ground_clutter, lobes, reflection

Array = NDArray[np.float64]

MAST = 10.0
PLAIN = {
    "bearing": None, "distance": None, "height": MAST, "elevation_min": -5, "elevation_max": 40,
    "range_min": 0, "clutter": 0, "merging": "false", "range_max": 60_000, "expected_rcs": -10,
}  # fmt: skip
L_BAND = 1.3e9
LAMBDA = 299_792_458.0 / L_BAND


def radar(kind: str = "radar2d", terrain: Terrain | None = None, **changes: Any) -> Radar2D:
    return build(config(kind, **{**PLAIN, **changes}), SITE, terrain)  # type: ignore[return-value]


def north(distance: Array | float, height: Array | float) -> Array:
    """Places north of the site, heights in m above its smooth ground."""
    d, h = np.broadcast_arrays(np.atleast_1d(distance).astype(float), height)
    lat, lon = SITE.reckon(1.0, 0.0)
    metre = lat - SITE.latitude
    return SITE.from_geodetic(
        np.column_stack([SITE.latitude + d * metre, np.full(len(d), lon), SITE.height + h])
    )


def snr(made: Radar2D, place: Array) -> Array:
    local = made.station.local(place)
    return made.echo.snr(made.station, local, np.linalg.norm(local, axis=1), made.echo.rcs_expected)


# --- the two rays


def test_flat_ground_is_the_textbook_formula() -> None:
    """F = 2 |sin(2π h_r h_t / λR)| for smooth ground, to a part in a thousand of a lobe."""
    d, h = np.linspace(2e3, 40e3, 500), 80.0
    phase, rho = reflection(np.full(500, MAST), np.full(500, h), d, LAMBDA, 0.0, math.inf)
    F = 2.0 * np.abs(np.sin(2.0 * math.pi * MAST * h / (LAMBDA * np.hypot(d, h))))
    np.testing.assert_array_equal(rho, 1.0)
    np.testing.assert_allclose(lobes(phase, rho), F**4, atol=2e-2)


def test_below_the_first_lobe_an_echo_falls_with_the_eighth_power() -> None:
    """F ≈ 4π h_r h_t / λR there: S F⁴ ∝ R⁻⁸, and the formula's own value within 1 %."""
    d, h = np.array([6e3, 12e3, 24e3, 48e3]), 3.0
    assert (h < LAMBDA * d / (4.0 * MAST) / 8.0).all()
    F4 = lobes(*reflection(np.full(4, MAST), np.full(4, h), d, LAMBDA, 0.0, math.inf))
    np.testing.assert_allclose(F4, (4.0 * math.pi * MAST * h / (LAMBDA * d)) ** 4, rtol=0.03)
    fall = np.diff(np.log(F4 / d**4)) / np.diff(np.log(d))
    np.testing.assert_allclose(fall, -8.0, atol=0.03)


def test_a_radar_s_echo_falls_so_too() -> None:
    """Of the radar itself over a nearly flat piece of Earth; without `frequency` with the fourth power."""
    d = np.array([1e3, 1.5e3])
    place = north(d, 1.0)
    for keys, power in (({"frequency": 0.4e9}, -8.0), ({}, -4.0)):
        S = snr(radar(**keys), place)
        assert np.log(S[1] / S[0]) / np.log(1.5) == pytest.approx(power, abs=0.1)


def test_first_lobe_gives_twelve_decibels_and_the_null_nothing() -> None:
    assert lobes(np.array(math.pi), np.array(1.0)) == pytest.approx(16.0)
    assert lobes(np.array(2.0 * math.pi), np.array(1.0)) == pytest.approx(0.0, abs=1e-30)
    assert lobes(np.array(math.pi), np.array(0.5)) == pytest.approx(1.5**4)
    np.testing.assert_array_equal(lobes(np.linspace(0.0, 9.0, 5), np.zeros(5)), 1.0)


def test_rough_ground_mirrors_less_by_ament() -> None:
    """g = 4π σ sin ψ/λ = 1 leaves e^{−1/2}; a metre of gravel for a centimetre's wave leaves free space."""
    d, h = np.array([1000.0]), np.array([90.0])
    sine = 100.0 / math.hypot(1000.0, 100.0)
    sigma = LAMBDA / (4.0 * math.pi * sine)
    _, rho = reflection(np.array([10.0]), h, d, LAMBDA, sigma, math.inf)
    assert rho[0] == pytest.approx(math.exp(-0.5))
    place = north(np.linspace(3e3, 12e3, 40), 400.0)
    rough = snr(radar(frequency=10e9, surface_roughness=1.0), place)
    np.testing.assert_allclose(rough, snr(radar(), place), rtol=1e-9)


def test_a_narrow_beam_looks_away_from_the_ground() -> None:
    """A 3-D radar's beam that points 10° up is free; that of a fan beam is not."""
    place = north(np.linspace(4e3, 9e3, 50), 1600.0)
    free = snr(radar("radar3d"), place)
    np.testing.assert_allclose(snr(radar("radar3d", frequency=L_BAND), place), free, rtol=1e-6)
    assert np.ptp(snr(radar(frequency=L_BAND), place) / free) > 10.0


def traced(antenna: float, height: float, distance: float) -> float:
    """m by which the ray reflected on a sphere is longer: the least way over any point of it (Fermat)."""
    a = EFFECTIVE_RADIUS

    def leg(h: float, theta: float) -> float:
        return math.sqrt(h * h + 4.0 * a * (a + h) * math.sin(0.5 * theta) ** 2)

    full = distance / a
    found = minimize_scalar(
        lambda t: leg(antenna, t) + leg(height, full - t), bounds=(0.0, full), method="bounded",
        options={"xatol": 1e-13},
    )  # fmt: skip
    rise = height - antenna
    return float(found.fun) - math.sqrt(
        rise * rise + 4.0 * (a + antenna) * (a + height) * math.sin(0.5 * full) ** 2
    )


@pytest.mark.parametrize("antenna", [5.0, 30.0])
@pytest.mark.parametrize("height", [20.0, 150.0, 2000.0])
def test_path_difference_over_a_sphere(antenna: float, height: float) -> None:
    """Against rays traced over the 4/3 Earth, to four fifths of the way to the horizon, within 1.5 %."""
    for part in (0.2, 0.5, 0.8):
        d = part * float(horizon_distance(antenna, height))
        ends = above_reflection(np.array([antenna]), np.array([height]), np.array([d]))
        phase, _ = reflection(*ends, np.array([d]), 1.0, 0.0, math.inf)
        assert phase[0] / (2.0 * math.pi) == pytest.approx(traced(antenna, height, d), rel=0.015)


def test_at_the_horizon_both_rays_are_one() -> None:
    d = np.array([20e3, 40e3, 90e3])
    least = minimum_height(MAST, d)
    ends = above_reflection(np.full(3, MAST), least, d)
    np.testing.assert_allclose(np.concatenate(ends), 0.0, atol=2e-3)
    below = above_reflection(np.full(3, MAST), 0.5 * least, d)
    assert min(np.min(below[0]), np.min(below[1])) == 0.0
    assert all(np.isfinite(each).all() for each in above_reflection(np.zeros(1), np.zeros(1), np.zeros(1)))


# --- both sides


def seen(made: Radar2D, place: Array, seed: int) -> Array:
    """Whether each of the places' targets is reported in one look."""
    n = len(place)
    targets = Targets(position=place, velocity=np.zeros((n, 3)), rcs=np.full(n, 0.1), transponder=("",) * n)
    found = made.measure(targets, first_look(made), np.random.default_rng(seed))
    hit = np.zeros(n, bool)
    hit[found.source[found.source >= 0]] = True
    return hit


def test_simulated_targets_vanish_in_the_nulls() -> None:
    """What is simulated has the lobes in full: nothing in the first null, most in the lobes beside it."""
    made = radar(frequency=L_BAND, reference_range=12_000)
    d = 12e3
    h = np.linspace(5.0, 250.0, 4000)
    S = snr(made, north(d, h))
    null = h[np.argmin(np.where((h > 90.0) & (h < 190.0), S, np.inf))]
    peaks = [h[np.argmax(np.where(h < null, S, 0.0))], h[np.argmax(np.where(h > null, S, 0.0))]]
    shares = [seen(made, north(np.full(2000, d), each), 5).mean() for each in (null, *peaks)]
    assert shares[0] < 0.002
    assert min(shares[1:]) > 0.95


def test_what_is_foretold_is_that_on_the_average_over_heights() -> None:
    """Heights up to six lobes, a fine comb of targets: as many reported as foretold, within 2 %."""
    made = radar(frequency=L_BAND, reference_range=14_000)
    place = north(14e3, np.linspace(100.0, 700.0, 30_000))
    p = made.detection_probability(place)
    assert seen(made, place, 6).mean() == pytest.approx(p.mean(), abs=0.02)
    beyond = p[place[:, 2] > 300.0]
    exact = made.echo.law.detection(snr(made, place))
    assert np.ptp(beyond) < 0.1 < np.ptp(exact[place[:, 2] > 300.0])
    assert beyond.max() < 0.9


def test_low_targets_stay_unseen_in_what_is_foretold() -> None:
    """Evening out reaches no further down than a third of the height: below the first lobe it is all dark."""
    made = radar(frequency=L_BAND, reference_range=15_000)
    place = north(15e3, np.array([2.0, 5.0, 8.0]))
    assert (radar(reference_range=15_000).detection_probability(place) > 0.85).all()
    assert (made.detection_probability(place) < [1e-5, 1e-3, 0.03]).all()
    best = made.detection_probability(north(15e3, LAMBDA * 15e3 / (4.0 * MAST) * 1.1))
    assert best[0] > 0.97


def test_strength_is_weighed_by_the_same_lobes() -> None:
    """A weak report from where no strong echo can come from is likelier a low target's than in free space."""
    made, free = (radar(reference_range=30e3, **keys) for keys in ({"frequency": L_BAND}, {}))
    place, weak = north(10e3, 12.0), np.array([11.8])
    assert made.amplitude_ratio(place, weak)[0] > 2.0 * free.amplitude_ratio(place, weak)[0]


def test_map_of_the_lowest_altitude_has_the_lobe() -> None:
    """Each cell is seen from where P_D reaches one half; without reflection from the horizon on."""
    charts = {}
    for name, keys in (("lobe", {"frequency": L_BAND}), ("free", {})):
        made = radar(reference_range=15_000, reference_rcs=-10, **keys)
        charts[name] = cover({"r": made}, SITE, extent=12_000, cells=9, ceiling=500).layers["r"].height
        if name == "lobe":
            lowest = charts[name][8, 4]  # 12 km north
            p = made.detection_probability(north(12e3, np.array([lowest - 2.0, lowest + 1.0])))
            assert p[0] < 0.5 < p[1] + 1e-2
    assert charts["free"][8, 4] < 3.0
    assert 10.0 < charts["lobe"][8, 4] < LAMBDA * 12e3 / (4.0 * MAST)


def test_hilltop_mirrors_in_the_valley_it_looks_into() -> None:
    """A radar on a hill 200 m high: a lower target stands over the valley's floor."""
    z = np.full((301, 301), SITE.height)
    z[150, 150] += 200.0
    hill = Terrain.of(SITE, z, 100.0)
    made = radar(terrain=hill, frequency=L_BAND, height=200.0 + MAST)
    antenna, height = made.station.above_plain(made.station.local(north(8e3, 60.0)))
    assert antenna[0] == pytest.approx(200.0 + MAST, abs=0.5)
    assert height[0] == pytest.approx(60.0, abs=0.5)
    assert made.detection_probability(north(np.linspace(6e3, 9e3, 50), 60.0)).min() > 0.3
    flat = radar(terrain=Terrain.of(SITE, np.full((301, 301), SITE.height), 100.0), frequency=L_BAND)
    np.testing.assert_allclose(
        snr(flat, north(8e3, 60.0)), snr(radar(frequency=L_BAND), north(8e3, 60.0)), rtol=1e-3
    )


# --- clutter


def test_ground_clutter_by_hand() -> None:
    """10 m up, 5 km away: sin ψ = 0.002 − 0.00029; −15 dB, 2.5°, 60 m: 0.353 m²."""
    found = ground_clutter(
        np.array([10.0]), np.array([5e3]), np.zeros(1), decibel(-15), math.radians(2.5), 60.0, math.inf
    )
    sine = 0.002 - 5e3 / (2.0 * EFFECTIVE_RADIUS)
    assert found[0] == pytest.approx(10**-1.5 * sine * 5e3 * math.radians(2.5) * 60.0, rel=1e-4)
    assert found[0] == pytest.approx(0.7056, rel=1e-3)


def test_clutter_takes_from_the_signal_what_it_adds_to_the_noise() -> None:
    """S / (1 + C/I): C is the radar's own equation for the ground's cross-section."""
    place = north(np.array([3e3, 8e3]), 200.0)
    free, made = snr(radar(), place), snr(radar(clutter_gamma=-15, clutter_improvement=20), place)
    r = np.linalg.norm(radar().station.local(place), axis=1)
    patch = ground_clutter(np.full(2, MAST), r, np.zeros(2), decibel(-15), math.radians(2.5), 60.0, math.inf)
    np.testing.assert_allclose(made, free / (1.0 + free * patch / 0.1 / 100.0), rtol=1e-4)
    assert (made < 0.5 * free).all()
    better = snr(radar(clutter_gamma=-15, clutter_improvement=90), place)
    np.testing.assert_allclose(better, free, rtol=0.01)


def test_no_clutter_beyond_the_radar_s_horizon_or_below_a_high_beam() -> None:
    over = north(1.02 * float(horizon_distance(MAST, 0.0)), 2000.0)
    keys = {"clutter_gamma": -5, "clutter_improvement": 0}
    np.testing.assert_array_equal(snr(radar(**keys), over), snr(radar(), over))
    high = north(5e3, 1500.0)
    np.testing.assert_allclose(snr(radar("radar3d", **keys), high), snr(radar("radar3d"), high), rtol=1e-9)
    assert snr(radar(**keys), high)[0] < 0.01 * snr(radar(), high)[0]


def test_in_clutter_as_many_are_reported_as_foretold() -> None:
    made = radar(clutter_gamma=-15, clutter_improvement=18, fluctuation=3)
    place = north(np.linspace(6e3, 12e3, 20_000), 400.0)
    p = made.detection_probability(place)
    assert 0.05 < p.mean() < 0.9
    assert seen(made, place, 7).sum() == pytest.approx(p.sum(), abs=4 * math.sqrt((p * (1 - p)).sum()))
