"""The likelihood ratio of a report's strength, against the simulated radar and against closed forms."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from tests.sensor.sensor_examples import SITE, sensor
from vedette.sensor import Targets
from vedette.sensor.fluctuation import FLUCTUATIONS, Swerling1, swerling1
from vedette.sensor.link import amplitude_ratio, doubted

SECOND = 1_000_000_000
PFA = 1e-4


def strengths(spread: float, n: int, distance: float, case: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """x of n reports of targets at a distance, of sizes drawn from the log-normal, and of n false ones."""
    radar = sensor("radar3d", expected_rcs_spread=spread, clutter=n, merging="false", fluctuation=case)
    rng = np.random.default_rng(31)
    place = SITE.from_geodetic(
        np.column_stack([*radar.station.frame.reckon(distance, 1.0), SITE.height + 600.0])  # type: ignore[attr-defined]
    )
    size = 0.1 * 10 ** (spread * rng.standard_normal(n) / 10)
    targets = Targets(
        position=np.repeat(place, n, axis=0), velocity=np.zeros((n, 3)), rcs=size, transponder=("",) * n
    )
    found = radar.measure(targets, next(iter(radar.schedule(0, SECOND))), rng)
    x = np.array([1 + 10 ** (float(c["snr_db"]) / 10) for c in found.claims])  # type: ignore[arg-type]
    return x[found.source >= 0], x[found.source < 0]


def possible(spread: float, distance: float, case: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """S and its probabilities as the radar integrates over them."""
    radar = sensor("radar3d", expected_rcs_spread=spread, fluctuation=case)
    return radar.echo.possible(radar.station, np.zeros((1, 3)), np.array([distance]))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("spread", "distance", "case"),
    [(0.0, 22e3, 1), (0.0, 28e3, 1), (6.0, 26e3, 1), (0.0, 20e3, 0), (6.0, 22e3, 0), (0.0, 24e3, 3)],
)
def test_closed_form_equals_the_simulated_radar(spread: float, distance: float, case: int) -> None:
    """Both densities from 60,000 simulated reports of each kind, in bins of x, within 5 standard errors and
    the 0.1 dB to which reports are rounded: the false ones weighted by Λ are distributed as the true ones."""
    true, false = strengths(spread, 60_000, distance, case)
    edges = 13.8155 + np.array([0.3, 1.0, 2.0, 3.0, 4.5])
    snr, share = possible(spread, distance, case)
    law = FLUCTUATIONS[case](1e-6)
    weight = amplitude_ratio(false, np.repeat(snr, len(false), axis=0), share, law)
    for a, b in pairwise(edges):
        inside = (false >= a) & (false < b)
        predicted = weight[inside].sum() / len(false)
        error = math.sqrt((weight[inside] ** 2).sum()) / len(false)
        found = ((true >= a) & (true < b)).mean()
        error = math.hypot(error, math.sqrt(found / len(true)))
        assert found == pytest.approx(predicted, abs=5 * error + 0.06 * predicted)


@pytest.mark.parametrize("spread", [0.0, 8.0])
def test_ratio_times_false_density_integrates_to_one(spread: float) -> None:
    """∫ Λ(x) e^{−(x − T)} dx = 1 over x > T: what is reported of a target is a density."""
    snr, share = possible(spread, 20e3)
    T = -math.log(PFA)

    def density(y: float) -> float:
        return float(amplitude_ratio(np.array([T + y]), snr, share, Swerling1(PFA))[0]) * math.exp(-y)

    parts = [quad(density, a, b, limit=200)[0] for a, b in ((0, 10), (10, 60), (60, 95))]
    # Beyond y = 95 the ratio is held; there the closed form says what is left.
    weight = share * swerling1(snr[0], PFA)
    left = float((weight * np.exp(-95 / (1 + snr[0]))).sum() / weight.sum())
    assert sum(parts) + left == pytest.approx(1.0, abs=1e-6)


def test_ratio_by_hand() -> None:
    """S = 9, x = T + 5: e^{4.5} / 10. And S = 0, no target at all: 1."""
    x = np.array([-math.log(PFA) + 5.0])
    assert amplitude_ratio(x, np.array([[9.0]]), np.ones(1), Swerling1(PFA))[0] == pytest.approx(
        math.exp(4.5) / 10
    )
    assert amplitude_ratio(x, np.array([[0.0]]), np.ones(1), Swerling1(PFA))[0] == 1.0


def test_nothing_is_made_certain() -> None:
    """Whatever a feed claims, one report counts for no more than 99 and no less than a 99th."""
    radar = sensor("radar3d", expected_rcs_spread=8)
    said = np.array([-1e9, -50.0, 0.0, 11.5, 20.0, 60.0, 1e9, math.nan])
    found = radar.amplitude_ratio(np.tile([[8e3, 9e3, 900.0]], (8, 1)), said)
    assert (found > 1 / 99.01).all()
    assert (found < 99.01).all()
    assert found[-1] == 1.0
    assert (np.diff(found[:-1]) >= 0).all()
    np.testing.assert_allclose(doubted(np.array([0.0, 1.0, 1e300]), 0.01), [1 / 99, 1, 99])


def test_a_radar_whose_strengths_mean_something_else() -> None:
    radar = sensor("radar3d", amplitude="false")
    np.testing.assert_array_equal(radar.amplitude_ratio(np.full((3, 3), 5e3), np.full(3, 40.0)), 1.0)
