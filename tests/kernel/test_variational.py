"""The multi-Bernoulli that fits joint hypotheses best."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from vedette.kernel.hypotheses import moments
from vedette.kernel.variational import project


def swapped(apart):
    """Two targets `apart` m from each other, and two hypotheses alike but for who is who."""
    x = np.zeros((2, 2, 1, 4))
    x[0, 0, 0, 0], x[0, 1, 0, 0] = -apart / 2, apart / 2
    x[1] = x[0, ::-1]
    return (
        np.array([0.6, 0.4]),
        np.ones((2, 2)) - 1e-12,
        np.ones((2, 2, 1)),
        x,
        np.tile(np.eye(4), (2, 2, 1, 1, 1)),
    )


def test_targets_that_parted_are_not_drawn_half_way():
    w, r, mu, x, P = swapped(40.0)
    order, loss = project(w, r, mu, x, P, 10)
    assert order.tolist() == [[0, 1], [1, 0]]
    assert loss == pytest.approx(0.0, abs=1e-9)
    _, _, mean, cov = moments(w, r, mu, np.take_along_axis(x, order[:, :, None, None], axis=1), P)
    np.testing.assert_allclose(mean[:, 0, 0], [-20.0, 20.0])
    np.testing.assert_allclose(cov[:, 0], np.tile(np.eye(4), (2, 1, 1)))


def divergence(r, x, P, r1, x1, P1):
    """KL of one Bernoulli-Gaussian from another, by the textbook."""
    gauss = 0.5 * (
        np.trace(np.linalg.solve(P1, P)) + (x1 - x) @ np.linalg.solve(P1, x1 - x) - len(x)
        + np.log(np.linalg.det(P1) / np.linalg.det(P))
    )  # fmt: skip
    return (1 - r) * np.log((1 - r) / (1 - r1)) + r * (np.log(r / r1) + gauss)


def loss_of(order, w, r, x, P):
    h = np.arange(len(w))[:, None]
    r2, x2, P2 = r[h, order], x[h, order][:, :, 0], P[h, order][:, :, 0]
    one = np.ones((*r.shape, 1))
    r1, _, x1, P1 = moments(w, r2, one, x2[:, :, None], P2[:, :, None])
    return sum(
        w[c] * divergence(r2[c, i], x2[c, i], P2[c, i], r1[i], x1[i, 0], P1[i, 0])
        for c in range(len(w))
        for i in range(r.shape[1])
    )


def random_mixture(rng, H, N, mess):
    """Hypotheses about N targets that differ in who is who and a little in where."""
    places = 30.0 * rng.standard_normal((N, 4))
    who = np.array([rng.permutation(N) for _ in range(H)])
    x = places[who][:, :, None] + mess * rng.standard_normal((H, N, 1, 4))
    root = 0.3 * rng.standard_normal((H, N, 1, 4, 4))
    r = rng.uniform(0.6, 0.99, (H, N))
    return rng.dirichlet(np.ones(H)), r, np.ones((H, N, 1)), x, root @ root.swapaxes(-1, -2) + np.eye(4)


@pytest.mark.parametrize("seed", range(20))
def test_no_other_order_fits_better(seed):
    """Against trying all (N!)^(H−1) orders; the loss it states is the textbook's divergence."""
    rng = np.random.default_rng(seed)
    w, r, mu, x, P = random_mixture(rng, 3, 3, 1.0)
    order, loss = project(w, r, mu, x, P, 10)
    assert order[w.argmax()].tolist() == [0, 1, 2]
    assert loss == pytest.approx(loss_of(order, w, r, x, P), rel=1e-9)
    orders = [np.array(o) for o in itertools.permutations(range(3))]
    best = min(
        loss_of(np.array([orders[a], orders[b], orders[c]]), w, r, x, P)
        for a, b, c in itertools.product(range(6), repeat=3)
        if [a, b, c][w.argmax()] == 0
    )
    assert loss == pytest.approx(best, rel=1e-9)


def test_one_hypothesis_loses_nothing():
    rng = np.random.default_rng(3)
    w, r, mu, x, P = random_mixture(rng, 1, 4, 1.0)
    order, loss = project(w, r, mu, x, P, 10)
    assert order.tolist() == [[0, 1, 2, 3]]
    assert loss == pytest.approx(0.0, abs=1e-12)


def test_existence_is_told_apart_too():
    """Two hypotheses hold one target each, in different slots of the same place: one Bernoulli is enough."""
    w, x = np.array([0.7, 0.3]), np.zeros((2, 2, 1, 4))
    r = np.array([[0.9, 0.0], [0.0, 0.9]])
    P = np.tile(np.eye(4), (2, 2, 1, 1, 1))
    order, _ = project(w, r, np.ones((2, 2, 1)), x, P, 10)
    assert order.tolist() == [[0, 1], [1, 0]]
