"""What holds for every metric of the registry, whatever it measures."""

from __future__ import annotations

import dataclasses
import math
from functools import cache

import numpy as np
import pytest

from vedette import clock
from vedette.metric import METRICS, gather, score, truth_paths
from vedette.metric.protocol import NOTHING
from vedette.types import Estimate, Status, Track, Truth

NS, K = clock.NS, 80
P = np.diag([25.0, 25.0, 100.0, 4.0, 4.0, 4.0])
CLASSES = ("attack", "aircraft", "bird")


def course(n: int, k: int) -> np.ndarray:
    """Five targets on their own ways; the first two fly into the volume about the origin."""
    angle, speed = 1.1 * n + 0.3, 25.0 + 3.0 * n
    away = (2200.0 if n < 2 else 6000.0) - speed * k
    u = np.array([math.cos(angle), math.sin(angle), 0.0])
    return np.concatenate([away * u + np.array([0, 0, 120.0 + 40.0 * n]), -speed * u])


def snapshot(number: int, k: int, x: np.ndarray, klass: str) -> Track:
    return Track(
        id=number, status=Status.CONFIRMED, estimate=Estimate(t=k * NS, x=x, P=P.copy(), frame="enu:test"),
        existence=0.99, identity={}, klass={klass: 1.0}, contributors={}, t_born=0, t_updated=k * NS, hits=9,
    )  # fmt: skip


@cache
def run(
    *,
    noise: float = 0.0,
    without: tuple[int, ...] = (),
    ghost: bool = False,
    names=range(6),
    shuffle: int = -1,
):
    """Truths and tracks as the system hands them out, gathered into arrays."""
    rng = np.random.default_rng(5)
    order = np.random.default_rng(shuffle).permutation(5) if shuffle >= 0 else np.arange(5)
    steps = []
    for k in range(K):
        there = {n: course(n, k) for n in range(5)}
        shown = {n: x + noise * rng.normal(0, 1, 6) for n, x in there.items()}
        if ghost and 20 <= k < 60:
            shown[5] = np.array([-5000.0 + 10.0 * k, 300.0 * math.sin(k), 80.0, 10.0, 0.0, 0.0])
        truths = [Truth(t=k * NS, id=f"T{names[n]}", klass=CLASSES[n % 3], x=there[n]) for n in order]
        tracks = [
            snapshot(names[n], k, shown[n], CLASSES[n % 3])
            for n in [*order, 5]
            if n in shown and n not in without
        ]
        steps.append((k * NS, truths, tracks))
    return gather(steps)


PERFECT = run()


@pytest.mark.parametrize("name", METRICS)
def test_a_perfect_answer_scores_perfectly(name):
    metric = METRICS[name]
    got = metric.score(*PERFECT)
    assert {key: got[key] for key in metric.perfect} == pytest.approx(dict(metric.perfect), abs=1e-9)
    assert {metric.missed, metric.false} - {NOTHING} <= set(metric.perfect)


def distance(name: str, figure: str, answer) -> float:
    """How far the figure is from a perfect one."""
    return abs(METRICS[name].score(*answer)[figure] - METRICS[name].perfect[figure])


@pytest.mark.parametrize("noise", [0.0, 3.0])
@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.missed])
def test_it_grows_worse_with_every_track_removed(name, noise):
    figure = METRICS[name].missed
    lost = [distance(name, figure, run(noise=noise, without=w)) for w in ((), (0,), (0, 1), (0, 1, 2))]
    grows = np.diff(lost[:3] if name == "warning" else lost)  # only the first two ever enter
    assert (grows > 0).all()


@pytest.mark.parametrize("noise", [0.0, 3.0])
@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.false])
def test_it_grows_worse_with_a_track_that_follows_nothing(name, noise):
    figure = METRICS[name].false
    assert distance(name, figure, run(noise=noise, ghost=True)) > distance(name, figure, run(noise=noise))


@pytest.mark.parametrize("name", METRICS)
def test_names_and_order_do_not_matter(name):
    metric = METRICS[name]
    plain = metric.score(*run(noise=5.0, ghost=True, without=(2,)))
    other = metric.score(*run(noise=5.0, ghost=True, without=(2,), names=(41, 3, 99, 17, 8, 2), shuffle=1))
    assert other == pytest.approx(plain, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", METRICS)
def test_every_figure_is_finite_on_empty_input(name):
    truth, tracks = PERFECT
    idle = gather([(k * NS, [], []) for k in range(4)])
    cases = {
        "no steps": gather([]),
        "no objects": idle,
        "one step": gather([(0, [], [])]),
        "no tracks": (truth, run(without=(0, 1, 2, 3, 4))[1]),
        "no truths": (truth_paths(truth.t, [], [], []), tracks),
    }
    keys = set(METRICS[name].score(*PERFECT))
    for case, (there, shown) in cases.items():
        got = METRICS[name].score(there, shown)
        assert set(got) == keys, case
        assert all(math.isfinite(v) and isinstance(v, float) for v in got.values()), (case, got)


def test_nothing_there_and_nothing_reported_is_perfect():
    for name, got in score(*gather([(k * NS, [], []) for k in range(4)])).items():
        metric = METRICS[name]
        assert {key: got[key] for key in metric.perfect} == pytest.approx(dict(metric.perfect)), name


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_a_value(name):
    metric = METRICS[name]
    assert dataclasses.replace(metric) == metric
    with pytest.raises(dataclasses.FrozenInstanceError):
        metric.c = 1.0  # type: ignore[attr-defined]
