"""The direction finder's link budget and bearings, against hand calculation and Monte Carlo."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, norm

from tests.sensor.sensor_examples import SITE, first_look, sensor, truths
from vedette.sensor import RfBearing
from vedette.sensor.radio import bearing_sigma, free_space_loss, noise_power, wavelength


def finder(**changes: object) -> RfBearing:
    made = sensor("rf_bearing", **changes)
    assert isinstance(made, RfBearing)
    return made


def ahead(made: RfBearing, r: float) -> np.ndarray:
    """(1, 3) in the site's frame, at slant range r from the sensor and 3° up."""
    return made.station.in_site(np.array([[0.0, r * math.cos(0.05), r * math.sin(0.05)]]))


def test_published_link_figures() -> None:
    """32.45 + 20 lg f(MHz) + 20 lg d(km), ITU-R P.525; −174 dBm/Hz at 290 K."""
    assert free_space_loss(np.array(5000.0), 2.4e9) == pytest.approx(
        32.45 + 20 * math.log10(2400) + 20 * math.log10(5), abs=0.01
    )
    assert noise_power(1.0, 0.0) == pytest.approx(-173.98, abs=0.005)
    assert noise_power(20e6, 6.0) == pytest.approx(-173.98 + 73.01 + 6, abs=0.01)


def test_range_by_hand() -> None:
    """20 dBm to 2 dBi, 10 dB above −94.97 dBm: half are heard at 2.18 km."""
    made = finder(emits=1, expected_power=20, expected_power_spread=0)
    r = wavelength(2.44e9) / (4 * math.pi) * 10 ** ((20 + 2 - 10 + 94.968) / 20)
    assert r == pytest.approx(2183, abs=10)
    assert made.detection_probability(ahead(made, r))[0] == pytest.approx(0.5, abs=0.001)
    # twice as far is 6.02 dB less, one standard deviation of the shadowing
    assert made.detection_probability(ahead(made, 2 * r))[0] == pytest.approx(norm.cdf(-6.02 / 6), abs=0.001)
    half = finder(emits=0.3, expected_power=20, expected_power_spread=0)
    assert half.detection_probability(ahead(half, r))[0] == pytest.approx(0.15, abs=0.001)


def test_without_shadowing_range_is_sharp() -> None:
    made = finder(emits=1, expected_power=20, expected_power_spread=0, shadowing=0)
    p = [made.detection_probability(ahead(made, r))[0] for r in (2100, 2250)]
    assert p == [1, 0]


def test_silent_drones_are_never_heard() -> None:
    made, rng = finder(false_reports=1e-6), np.random.default_rng(41)
    silent = truths("rf_bearing", 500, rng, rf_power=np.full(500, -np.inf))
    assert not any(len(made.measure(silent, first_look(made), rng).z) for _ in range(20))


def test_probability_is_that_of_drones_of_which_some_transmit() -> None:
    """4,000 drones drawn from what the tracker was told: some silent, powers spread; one look."""
    made, rng = finder(emits=0.6, expected_power=24, expected_power_spread=5), np.random.default_rng(42)
    n = 4000
    power = np.where(rng.random(n) < 0.6, rng.normal(24, 5, n), -np.inf)
    targets = truths("rf_bearing", n, rng, rf_power=power)
    p = made.detection_probability(targets.position)
    hits = (made.measure(targets, first_look(made), rng).source >= 0).sum()
    assert abs(hits - p.sum()) < 4 * math.sqrt((p * (1 - p)).sum())
    assert made.perceptible == 0.6


def test_bearing_error_grows_with_weakness() -> None:
    """λ/2 apart: 1/(π√S), 5.8° at 10 dB and 1.8° at 20 dB; never below the floor."""
    assert bearing_sigma(np.array(10.0), 0.12, 0.06, 0.0) == pytest.approx(math.radians(5.77), rel=0.002)
    assert bearing_sigma(np.array(100.0), 0.12, 0.06, 0.0) == pytest.approx(math.radians(1.824), rel=0.002)
    assert bearing_sigma(np.array(1e9), 0.12, 0.06, 0.03) == pytest.approx(0.03, rel=1e-4)
    made, rng = finder(shadowing=0), np.random.default_rng(43)
    found = made.measure(truths("rf_bearing", 300, rng), first_look(made), rng)
    real = found.source >= 0
    snr = np.array([float(claim["snr_db"]) for claim in found.claims])[real]
    sigma = np.degrees(np.sqrt(found.R[real, 0, 0]))
    order = np.argsort(snr)
    assert (np.diff(sigma[order][:: len(order) // 10]) < 0).all()
    assert sigma.min() > 2


def test_antennas_of_a_narrow_sector_measure_worse_off_its_middle() -> None:
    made = finder(azimuth_start=-60, azimuth_width=120, bearing_floor=0.01)
    local = np.array([[0.0, 1e3, 50.0], [math.sin(math.pi / 3) * 1e3, math.cos(math.pi / 3) * 1e3, 50.0]])
    middle, edge = made._sigma(local, np.full(2, 20.0))[:, 0]
    assert edge == pytest.approx(2 * middle, rel=0.01)


def test_horizon_hides_a_low_transmitter() -> None:
    made = finder(range_max=100e3, expected_power=80, emits=1, expected_power_spread=0)
    frame = made.station.frame
    lat, lon = frame.reckon(60e3, 1.0)
    low, high = (SITE.from_geodetic([[lat, lon, SITE.height + h]]) for h in (60, 2000))
    assert made.detection_probability(low)[0] == 0
    assert made.detection_probability(high)[0] > 0.9


def test_misses_of_one_silent_drone_are_not_independent() -> None:
    """Why `perceptible` is told apart: the number heard of ten looks is all or nothing, not binomial."""
    made, rng = finder(emits=0.5, shadowing=0), np.random.default_rng(44)
    power = np.where(np.arange(400) < 200, 40.0, -np.inf)
    targets = truths("rf_bearing", 400, rng, rf_power=power)
    count = np.zeros(400)
    for _ in range(10):
        found = made.measure(targets, first_look(made), rng)
        count[found.source[found.source >= 0]] += 1
    assert set(count) == {0, 10}
    assert binom.pmf([0, 10], 10, 0.5).sum() < 0.01
