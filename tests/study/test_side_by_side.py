"""Every tracker in the comparison takes part by the same rules, and the figures mean what they say."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from vedette.scenario.traffic import Traffic
from vedette.study.side_by_side import CONTENDERS, PeerError, check, contender, measure, measure_apart
from vedette.study.side_by_side.measure import play

SMALL = Traffic(targets=12, seed=3, scans=12)


def available(name):
    try:
        check(name)
    except PeerError as missing:
        pytest.skip(str(missing))
    return name


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("name", CONTENDERS)
def test_everyone_sees_most_of_the_targets(name, dims):
    traffic = Traffic(targets=12, seed=3, scans=12, dims=dims)
    one = contender(available(name))(traffic)
    moments = list(traffic)
    _, reported = play(one, moments, lambda: 0.0)
    assert all(y.shape[1:] == (dims,) for y in reported)
    near = np.linalg.norm(moments[-1].states[:, None, :dims] - reported[-1][None], axis=2).min(axis=1) < 100.0
    assert near.mean() >= 0.7


@pytest.mark.parametrize("name", [name for name in CONTENDERS if name.startswith("vedette")])
def test_ours_give_the_same_bytes_twice(name):
    runs = [play(contender(name)(SMALL), list(SMALL), lambda: 0.0)[1] for _ in range(2)]
    assert [y.tobytes() for y in runs[0]] == [y.tobytes() for y in runs[1]]


def test_the_recipe_sees_what_stone_soups_nearest_neighbours_see():
    """Two independent programs with the same rules: the same picture, whoever is faster."""
    recipe, theirs = measure(available("recipe"), SMALL), measure(available("stonesoup-kdgnn"), SMALL)
    assert recipe.gospa == pytest.approx(theirs.gospa, rel=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_existence_beats_counting_on_the_same_plots(seed):
    traffic = Traffic(targets=60, seed=seed)
    ours, plain = measure("vedette", traffic), measure("vedette-gnn", traffic)
    assert ours.gospa < 0.97 * plain.gospa
    assert ours.gospa_settled < 0.97 * plain.gospa_settled


class Silent:
    """Reports nothing."""

    def __init__(self, traffic):
        self.traffic = traffic

    def prepare(self, k, plots):
        return plots

    def step(self, scan):
        pass

    def positions(self):
        return np.empty((0, self.traffic.dims))


def test_figures_of_a_tracker_that_says_nothing():
    """GOSPA of an empty picture is c √(n/2); the clock here takes a quarter of a second per look at it."""
    ticks = SimpleNamespace(now=0.0)

    def clock():
        ticks.now += 0.25
        return ticks.now

    found = measure(Silent, SMALL, clock=clock)
    counts = np.array([len(m.ids) for m in SMALL])
    assert found.gospa == pytest.approx(np.mean(100.0 * np.sqrt(counts / 2)))
    assert found.gospa_rms == pytest.approx(np.sqrt(np.mean(5000.0 * counts)))
    assert found.missed == pytest.approx(found.gospa_rms)
    assert found.ms_per_scan == found.ms_max == 250.0
    assert found.detections_per_s == pytest.approx(sum(len(m.plots) for m in SMALL) / (12 * 0.25))


@pytest.mark.slow
def test_a_measurement_in_its_own_process_scores_the_same():
    apart, here = measure_apart("vedette", SMALL), measure("vedette", SMALL)
    assert apart.gospa == here.gospa
    assert apart.peak_mib >= apart.base_mib > 20.0


def test_a_tracker_that_is_not_installed_is_asked_for_in_a_sentence(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(PeerError, match=r"stonesoup, which is not installed; run: .*pip install stonesoup=="):
        check("stonesoup-kdgnn")
    with pytest.raises(PeerError, match="choose one of vedette"):
        check("nobody")


@pytest.mark.slow
def test_without_birth_places_ours_is_ahead_of_stone_soup_on_the_published_scenario():
    """Vo12, first seed, both told the same, Stone Soup with its best rule found there."""
    available("stonesoup-kdgnn")
    from vedette.study.side_by_side.rule import Rule
    from vedette.study.side_by_side.vo12 import TOLD, ours, theirs

    assert (TOLD.side, TOLD.clutter) == pytest.approx((2000.0, 30 / 2000.0**2))
    assert TOLD.speed_sigma == pytest.approx((10.0, 10.0))
    mine = ours([1])
    assert mine == pytest.approx(14.66, abs=0.05)
    assert mine < theirs("stonesoup-kdgnn", Rule(4, 2, 2.5), [1])
