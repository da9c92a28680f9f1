"""Swerling's cases 0, 1 and 3: probabilities, inverses and densities, against scipy and simulation."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import gamma, ncx2

from tests.sensor.sensor_examples import SITE, first_look, sensor
from vedette.sensor import Targets
from vedette.sensor.fluctuation import FLUCTUATIONS, swerling0, swerling3

Array = NDArray[np.float64]

CASES = (0, 1, 3)
SHAPE = {1: 1.0, 3: 2.0}  # of the gamma law of the echo's power
SNR = np.array([0.0, 1e-3, 0.5, 3.0, 9.0, 13.8, 20.0, 45.0, 130.0, 2e3, 1e6])


def averaged(case: int, snr: float, of: str, x: float) -> float:
    """scipy's density or tail of x, averaged over the echo's power A by quadrature."""

    def one(A: float) -> float:
        return float(2 * ncx2.pdf(2 * x, 2, 2 * A) if of == "pdf" else ncx2.sf(2 * x, 2, 2 * A))

    if case == 0:
        return one(snr)
    law = gamma(SHAPE[case], scale=snr / SHAPE[case])
    edges = [0.0, *law.ppf([0.02, 0.1, 0.3, 0.6, 0.9, 0.99, 1 - 1e-9])]
    return sum(quad(lambda A: one(A) * law.pdf(A), a, b, epsabs=1e-11)[0] for a, b in pairwise(edges))


@pytest.mark.parametrize("pfa", [1e-2, 1e-4, 1e-6, 1e-9])
def test_constant_echo_is_marcums_q(pfa: float) -> None:
    """ncx2 of scipy: the exact form to 1e-13, the table that trackers use to 4e-6."""
    T, snr = -math.log(pfa), np.concatenate([SNR, np.random.default_rng(1).uniform(0.0, 80.0, 5000)])
    exact = ncx2.sf(2 * T, 2, 2 * snr)
    np.testing.assert_allclose(swerling0(snr, pfa), exact, atol=1e-13)
    np.testing.assert_allclose(FLUCTUATIONS[0](pfa).detection(snr), exact, atol=4e-6)


@pytest.mark.parametrize("case", [1, 3])
@pytest.mark.parametrize("snr", [0.5, 9.0, 45.0])
def test_fading_echo_is_the_mean_of_constant_ones(case: int, snr: float) -> None:
    found = float(FLUCTUATIONS[case](1e-4).detection(np.array(snr)))
    assert found == pytest.approx(averaged(case, snr, "sf", -math.log(1e-4)), abs=2e-8)


@pytest.mark.parametrize(
    ("case", "pd", "decibels"),
    [(0, 0.9, 13.18), (1, 0.9, 21.14), (3, 0.9, 17.30), (0, 0.5, 11.24), (1, 0.5, 12.77), (3, 0.5, 11.95)],
)
def test_published_ratios_at_one_in_a_million(case: int, pd: float, decibels: float) -> None:
    assert 10 * math.log10(FLUCTUATIONS[case](1e-6).snr_for(pd)) == pytest.approx(decibels, abs=0.006)


@pytest.mark.parametrize("case", CASES)
@given(pd=st.floats(0.01, 0.999), pfa=st.floats(1e-9, 5e-3))
def test_the_calibration_point_is_met(case: int, pd: float, pfa: float) -> None:
    law = FLUCTUATIONS[case](pfa)
    assert float(law.detection(np.array(law.snr_for(pd)))) == pytest.approx(pd, abs=5e-6)


@pytest.mark.parametrize("case", CASES)
def test_without_a_target_there_are_false_alarms(case: int) -> None:
    law = FLUCTUATIONS[case](1e-3)
    p = law.detection(SNR)
    assert p[0] == pytest.approx(1e-3, rel=1e-9)
    assert (np.diff(p) >= 0.0).all()
    assert p[-1] == pytest.approx(1.0, abs=1e-5)
    assert law.snr_for(1.001e-3) < 0.01
    assert law.snr_for(1.0 - 1e-12) > 30.0


def frequencies(case: int, pfa: float, snr: Array, n: int) -> Array:
    """How often n simulated echoes pass the threshold: a phasor of random phase in complex Gaussian noise."""
    rng = np.random.default_rng(40 + case)
    noise = (rng.standard_normal(n) + 1j * rng.standard_normal(n)) * math.sqrt(0.5)
    phasor = np.exp(2j * math.pi * rng.random(n))
    power = np.ones(n) if case == 0 else rng.gamma(SHAPE[case], 1.0 / SHAPE[case], n)
    phasor *= np.sqrt(power)
    return np.array([(np.abs(math.sqrt(s) * phasor + noise) ** 2 > -math.log(pfa)).mean() for s in snr])


@pytest.mark.parametrize("case", CASES)
def test_probability_by_simulation(case: int) -> None:
    law = FLUCTUATIONS[case](1e-6)
    snr = np.array([law.snr_for(0.9)])
    np.testing.assert_allclose(frequencies(case, 1e-6, snr, 500_000), law.detection(snr), atol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_curve_by_simulation_to_a_thousandth(case: int) -> None:
    """4,000,000 echoes at each of seven signal-to-noise ratios: a thousandth is four standard errors."""
    snr = 10.0 ** (np.arange(3.0, 24.0, 3.0) / 10.0)
    law = FLUCTUATIONS[case](1e-6)
    np.testing.assert_allclose(frequencies(case, 1e-6, snr, 4_000_000), law.detection(snr), atol=1e-3)


@pytest.mark.parametrize("case", CASES)
def test_drawn_powers_have_the_law(case: int) -> None:
    """Mean 1 + S, and as many above each of three thresholds as P_D says, within 5 standard errors."""
    n, snr = 300_000, 6.0
    law = FLUCTUATIONS[case](1e-3)
    x = law.power(np.full(n, snr), law.draws(n, np.random.default_rng(3)))
    assert x.mean() == pytest.approx(1.0 + snr, abs=5 * x.std() / math.sqrt(n))
    for threshold in (2.0, 6.0, 14.0):
        p = float(FLUCTUATIONS[case](math.exp(-threshold)).detection(np.array(snr)))
        assert (x > threshold).mean() == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / n) + 1e-5)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("snr", [0.3, 12.0, 40.0])
def test_likelihood_ratio_is_that_of_the_densities(case: int, snr: float) -> None:
    """growth · P_D · e^{−(x − T)} is the density of x, which scipy gives."""
    law = FLUCTUATIONS[case](1e-4)
    T = -math.log(1e-4)
    x = T + np.array([0.0, 0.7, 5.0, 30.0])
    pd = float(law.detection(np.array(snr)))
    found = law.growth(x[:, None], np.array([[snr]]))[:, 0] * pd * np.exp(-(x - T))
    np.testing.assert_allclose(found, [averaged(case, snr, "pdf", each) for each in x], rtol=2e-4, atol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_likelihood_ratio_grows_with_strength_and_is_finite(case: int) -> None:
    law = FLUCTUATIONS[case](1e-6)
    x = -math.log(1e-6) + np.array([0.0, 1.0, 10.0, 1e3, 1e9, 1e20])[:, None]
    found = law.growth(x, np.array([[0.0, 0.1, 9.0, 1e4, 1e9]]))
    assert np.isfinite(found).all()
    assert (np.diff(found, axis=0) >= 0.0).all()
    np.testing.assert_allclose(found[:, 0], 1.0, rtol=1e-9)


@pytest.mark.parametrize("case", [0, 3])
def test_radar_reports_as_often_as_it_promises(case: int) -> None:
    """Of 20,000 targets at the calibration point 0.9 are reported, whatever the case; nearer, as foretold."""
    radar = sensor("radar3d", fluctuation=case, merging="false", clutter=0, expected_rcs=-10)
    for distance in (20e3, 24e3):
        lat, lon = radar.station.frame.reckon(distance, 1.0)
        place = SITE.from_geodetic([[lat, lon, SITE.height + 900.0]])
        n = 20_000
        p = float(radar.detection_probability(place)[0])
        if distance == 20e3:
            assert p == pytest.approx(0.9, abs=5e-3)  # 20.02 km along the ray
        targets = Targets(
            position=np.repeat(place, n, axis=0), velocity=np.zeros((n, 3)), rcs=np.full(n, 0.1),
            transponder=("",) * n,
        )  # fmt: skip
        found = radar.measure(targets, first_look(radar), np.random.default_rng(8))
        assert (found.source >= 0).sum() / n == pytest.approx(p, abs=5 * math.sqrt(p * (1 - p) / n))


@pytest.mark.parametrize(("case", "error"), [(0, 1e-3), (1, 7e-3), (3, 1e-3)])
def test_mean_over_uncertain_sizes(case: int, error: float) -> None:
    """A log-normal spread of 8 dB, against 4001 nodes of the trapezoidal rule."""
    law, median = FLUCTUATIONS[case](1e-6), 10.0 ** (np.arange(0.0, 30.0, 0.5) / 10.0)
    u = np.linspace(-7.0, 7.0, 4001)
    fine = np.exp(-0.5 * u * u) / np.exp(-0.5 * u * u).sum()
    nodes, weights = law.normal
    assert weights.sum() == pytest.approx(1.0)
    found, exact = (law.detection(median[:, None] * 10 ** (0.8 * n)) @ w for n, w in (law.normal, (u, fine)))
    assert len(nodes) < 30
    np.testing.assert_allclose(found, exact, atol=error)


def test_steadier_targets_are_lost_more_suddenly() -> None:
    """At half the signal of P_D 0.9 the steadier echo is seen less often, and at twice more often."""
    at = {case: FLUCTUATIONS[case](1e-6) for case in CASES}
    for factor, order in ((0.5, (0, 3, 1)), (2.0, (1, 3, 0))):
        p = [float(at[case].detection(np.array(factor * at[case].snr_for(0.9)))) for case in order]
        assert p == sorted(p)
    assert swerling3(np.array(2.0), 1e-3) == pytest.approx(math.exp(-3.4538776) * (1 + 6.9077553 / 4))
