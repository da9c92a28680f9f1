"""From truths and tracks of the running system to the arrays that are scored."""

from __future__ import annotations

import numpy as np
import pytest

from vedette import clock
from vedette.errors import FrameError, VedetteError
from vedette.metric import close_pairs, gather, track_paths, truth_paths
from vedette.types import Estimate, Status, Track, Truth

NS = clock.NS


def truth(k: int, name: str, x: float = 0.0) -> Truth:
    return Truth(t=k * NS, id=name, klass="drone", x=np.array([x, 0, 0, 1, 0, 0.0]))


def track(
    k: float, number: int, status: Status = Status.CONFIRMED, frame: str = "enu:a", **klass: float
) -> Track:
    t = int(k * NS)
    estimate = Estimate(t=t, x=np.array([10.0 * k, 0, 0, 10, 0, 0]), P=np.eye(6), frame=frame)
    return Track(
        id=number, status=status, estimate=estimate, existence=1.0, identity={}, klass=klass, contributors={},
        t_born=0, t_updated=t, hits=3,
    )  # fmt: skip


def test_rows_are_sorted_and_named():
    there, shown = gather([
        (1 * NS, [truth(1, "b"), truth(1, "a")], [track(1, 7, drone=0.8, bird=0.2)]),
        (2 * NS, [], []),
        (3 * NS, [truth(3, "a")], [track(3, 9), track(3, 7, drone=1.0)]),
    ])  # fmt: skip
    assert there.ids == ("b", "a")
    assert there.klass == ("drone", "drone")
    assert (there.start.tolist(), there.step.tolist(), there.who.tolist()) == (
        [0, 2, 2, 3],
        [0, 0, 2],
        [0, 1, 1],
    )
    assert shown.ids == ("7", "9")
    assert shown.classes == ("bird", "drone")
    assert shown.p_class.tolist() == [[0.2, 0.8], [0.0, 1.0], [0.0, 0.0]]
    assert there.find(np.array([0, 1, 2]), np.array([1, 1, 1])).tolist() == [1, -1, 2]
    assert there.hours == 2.0 / 3600.0


def test_only_what_was_reported_is_scored():
    states = [Status.TENTATIVE, Status.CONFIRMED, Status.COASTING, Status.DROPPED]
    step = (NS, [], [track(1, n, status) for n, status in enumerate(states)])
    assert gather([step])[1].ids == ("1", "2")
    assert gather([step], reported=[Status.TENTATIVE])[1].ids == ("0",)


def test_an_older_estimate_is_moved_to_the_step():
    _, shown = gather([(3 * NS, [], [track(2, 1)])])
    assert shown.x[0].tolist() == [30, 0, 0, 10, 0, 0]
    assert shown.P[0, 0].tolist() == [2, 0, 0, 1, 0, 0]  # P_pp + P_vv τ², P_pv + P_vv τ
    assert shown.t_updated.tolist() == [2 * NS]


def test_coverage_is_asked_of_true_states():
    there, _ = gather([(NS, [truth(1, "a", 5.0), truth(1, "b", 50.0)], [])], covered=lambda x: x[:, 0] < 10.0)
    assert there.covered.tolist() == [True, False]


@pytest.mark.parametrize(
    ("steps", "error", "words"),
    [
        ([(2 * NS, [], []), (NS, [], [])], VedetteError, "forward in time"),
        ([(2 * NS, [truth(1, "a")], [])], FrameError, "Truth a is not at 1970-01-01T00:00:02"),
        ([(NS, [], [track(1, 1), track(1, 2, frame="enu:b")])], FrameError, "enu:a and enu:b"),
        ([(NS, [], [track(1, 4), track(1, 4)])], VedetteError, "4 is there twice at 1970"),
    ],
)
def test_what_cannot_be_scored_is_said(steps, error, words):
    with pytest.raises(error, match=words):
        gather(steps)


def test_a_state_that_is_not_finite_is_refused():
    with pytest.raises(VedetteError, match="not finite"):
        truth_paths([0], [0], [0], [[np.nan, 0, 0]])


def test_close_pairs_are_those_of_one_step_within_c():
    rng = np.random.default_rng(0)
    K, c = 30, 25.0
    t = np.arange(K) * NS
    step, who = (a.ravel() for a in np.indices((K, 20)))
    x, y = rng.uniform(0, 200, (2, len(who), 3))
    pairs = close_pairs(truth_paths(t, step, who, x), track_paths(t, step, who, y), c)
    d = np.linalg.norm(x[:, None] - y[None], axis=-1)
    a, b = np.nonzero((d < c) & (step[:, None] == step[None]))
    assert sorted(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)) == sorted(zip(a, b, strict=True))
    assert pairs.d == pytest.approx(d[pairs.a, pairs.b], rel=1e-12)
    assert (np.diff(pairs.step) >= 0).all()
