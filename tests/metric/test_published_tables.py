"""Published examples: HOTA's and CLEAR's table, Stone Soup's fixtures, χ² bounds."""

from __future__ import annotations

import numpy as np
import pytest

from tests.metric.arrays import NS, case
from vedette.metric import (
    Associations,
    ClearMetric,
    HotaMetric,
    IdentityMetric,
    bounds,
    track_paths,
    truth_paths,
)
from vedette.metric.siap import attributes, followed_for, identified, needed

# trackeval 1.3.0, s = max(0, 1 − d/10): HOTA, DetA, AssA, LocA, MOTA, IDSW, FN, FP, IDF1
TABLE = {
    "H1": (1, 1, 1, 1, 1, 0, 0, 0, 1),
    "H2": (0.842105, 0.842105, 0.842105, 0.831579, 1, 0, 0, 0, 1),
    "H3": (0.577350, 1, 0.333333, 1, 0.9, 2, 0, 0, 0.5),
    "H4": (0.866025, 1, 0.75, 1, 0.95, 1, 0, 0, 0.75),
    "H5": (0.645497, 0.416667, 1, 1, 0.3, 0, 10, 4, 0.588235),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_table_of_hota_clear_and_idf1(name):
    truth, tracks, c = case(name)
    h, q = HotaMetric(c=c).score(truth, tracks), ClearMetric(c=c).score(truth, tracks)
    got = (h["hota"], h["deta"], h["assa"], h["loca"], q["mota"], q["switches"], q["missed"], q["false"])
    idf1 = IdentityMetric(c=c).score(truth, tracks)["idf1"]
    assert (*got, idf1) == pytest.approx(TABLE[name], abs=6e-7)


# Stone Soup's fixture of three truths and three tracks over four seconds, [x, vx, y, vy] as published.
T = np.arange(4) * NS
TRUTHS = [
    [(0, 1, 0, 1), (1, 1, 1, 1), (2, 1, 2, 1), (3, 1, 3, 1)],
    [(-2, 1, -2, 1), (-1, 1, -1, 1), (0, 1, 0, 1), (2, 1, 2, 1)],
    [(-1, 1, 1, 0), (0, 1, 1, 0), (1, 1, 2, 0), (3, 1, 3, 0)],
]
TRACKS = [
    [(0.1, 1.2, 0.1, 1.2), (1.1, 1.2, 1.1, 1.2), (2.1, 1.2, 2.1, 1.2), (3.1, 1.2, 3.1, 1.2)],
    [(-2.5, 1.6, -2.5, 1.6), (-1.5, 1.6, -1.5, 1.6), (0.5, 1.6, 0.5, 1.6), (1.5, 1.6, 1.5, 1.6)],
    [(-1.99, 1.99, 1.99, 1.99), (0.999, 1.99, 1.999, 1.99), (1.99,) * 4, (2.99, 1.99, 1.99, 1.99)],
]
FOLLOWS = Associations.of([(0, 0, 0, 2), (1, 1, 0, 1), (1, 1, 2, 3), (2, 2, 1, 2), (0, 2, 1, 3)])
RED, GREEN, BLUE, NONE = 0, 1, 2, -1
SAYS = np.array([[RED, BLUE, RED, RED], [RED, RED, GREEN, GREEN], [NONE, NONE, BLUE, GREEN]])


def fixture():
    def flat(given):
        a = np.array(given)  # (object, step, 4)
        zero = np.zeros(a.shape[:2])
        x = np.stack([a[..., 0], a[..., 2], zero, a[..., 1], a[..., 3], zero], axis=-1)
        who, step = np.indices(a.shape[:2])
        return step.ravel(), who.ravel(), x.reshape(-1, 6)

    return truth_paths(T, *flat(TRUTHS)), track_paths(T, *flat(TRACKS))


def test_stone_soups_siap_fixture():
    truth, tracks = fixture()
    _, a, b = FOLLOWS.rows(truth, tracks)
    associated = [len(np.unique(tracks.who[b[tracks.step[b] == k]])) for k in range(4)]
    assert associated == [2, 3, 3, 2]
    e = np.linalg.norm((tracks.x[b] - truth.x[a])[truth.step[a] == 0, :3], axis=1)
    assert e.sum() == pytest.approx(np.sqrt(0.02) + np.sqrt(0.5), abs=1e-12)
    together, longest = followed_for(FOLLOWS, truth.seconds)
    assert together.tolist() == [3, 2, 1]
    assert longest.tolist() == [2, 2, 1]
    assert needed(FOLLOWS).tolist() == [2, 2, 1]


def test_stone_soups_siap_attributes():
    truth, tracks = fixture()
    got = attributes(truth, tracks, FOLLOWS)
    # Targets followed 2, 3, 3, 2 of 3 and tracks following 2, 3, 3, 2 of 3, from the fixture's associations.
    assert got["completeness"] == pytest.approx(10 / 12)
    assert got["ambiguity"] == pytest.approx(10 / 10)
    assert got["spuriousness"] == pytest.approx(2 / 12)
    assert got["track_number_change_per_s"] == pytest.approx(2 / 6)
    assert got["longest_segment"] == pytest.approx(5 / 9)


def test_stone_soups_identity_counts():
    truth, tracks = fixture()
    _, a, b = FOLLOWS.rows(truth, tracks)
    says = SAYS[tracks.who[b], tracks.step[b]]
    for k, expected in enumerate([(0, 1, 1), (1, 0, 1), (0, 2, 0), (0, 1, 1)]):
        now = truth.step[a] == k
        assert identified(a[now], says[now], truth.who)[:3] == expected


def line(offset: float, ids: list[int], steps: list[int]):
    x = [[k + offset, k + offset, 0, 1, 1, 0] for k in steps]
    return steps, ids, x


def test_stone_soups_clear_examples():
    """Constant offset; with a false track as long; two truths, one missed, a name cut, one false."""
    steps, far = list(range(4)), [[500.0, k, 0, 0, 0, 0] for k in range(4)]
    one = truth_paths(T, *line(0.0, [0] * 4, steps))
    got = ClearMetric(c=10.0).score(one, track_paths(T, *line(0.1, [0] * 4, steps)))
    assert (got["mota"], got["motp_m"]) == pytest.approx((1.0, 0.141421), abs=5e-7)
    _, _, x = line(0.1, [], steps)
    false = track_paths(T, steps * 2, [0] * 4 + [1] * 4, x + far)
    assert ClearMetric(c=10.0).score(one, false)["mota"] == 0.0
    _, _, y = line(0.0, [], steps)
    two = truth_paths(T, steps * 2, [0] * 4 + [1] * 4, y + [[-900.0, k, 0, 0, 0, 0] for k in range(4)])
    cut = track_paths(T, steps * 2, [0, 0, 2, 2] + [1] * 4, x + far)
    assert ClearMetric(c=10.0).score(two, cut)["mota"] == pytest.approx(-0.125)


@pytest.mark.parametrize(
    ("N", "d", "low", "high"),
    [(1, 2, 0.0506, 7.378), (50, 4, 3.2546, 4.8212), (100, 6, 5.3402, 6.6977)],
)
def test_chi_squared_bounds(N, d, low, high):
    got = bounds(N, d)
    assert (float(got[0]), float(got[1])) == pytest.approx((low, high), rel=1e-3, abs=5e-5)
