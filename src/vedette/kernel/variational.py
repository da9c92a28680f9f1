"""The multi-Bernoulli that fits several joint hypotheses best.

Averaging slot by slot is poor where hypotheses differ only in who is who: two targets that met and parted
would both be put half-way between the two. Here each hypothesis may tell its slots apart anew, such that the
multi-Bernoulli of the averages is as close to all hypotheses as can be (Williams 2015, "An efficient,
variational approximation of the best fitting multi-Bernoulli filter", IEEE T-SP 63(1)). Shapes as in
kernel.hypotheses.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.compiled import compiled
from vedette.kernel.gauss import cholesky, log_density, log_determinant, whiten
from vedette.kernel.hypotheses import moments
from vedette.kernel.imm import combine
from vedette.kernel.ranking import best_assignment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FAINT = 1e-4  # existence and its complement are not taken below this in a logarithm
FAR = 1e6  # squared distances are cut off here: farther is not more different


@compiled
def _gaussians(mu: Floats, x: Floats, P: Floats) -> tuple[Floats, Floats]:
    """Every slot of every hypothesis as one Gaussian: x (H, N, n), P (H, N, n, n)."""
    H, N, K, n = x.shape
    mean, cov = combine(mu.reshape(H * N, K), x.reshape(H * N, K, n), P.reshape(H * N, K, n, n))
    return mean.reshape(H, N, n), cov.reshape(H, N, n, n)


@compiled
def _entropy(r: float) -> float:
    """r log r + (1 − r) log(1 − r), with r kept off 0 and 1."""
    s = min(max(r, FAINT), 1.0 - FAINT)
    return r * math.log(s) + (1.0 - r) * math.log(1.0 - s)


@compiled
def _cross(
    r: float, x: Floats, P: Floats, r1: float, x1: Floats, L: Floats, log_det: float, work: Floats
) -> float:
    """−∫ f log g of a Bernoulli f = (r, x, P) under g = (r₁, x₁, P₁), P₁ = L Lᵀ:

    −(1 − r) log(1 − r₁) − r [log r₁ − ½ (log |2π P₁| + tr P₁⁻¹ P + |L⁻¹ (x − x₁)|²)]
    """
    n = x.shape[0]
    s = min(max(r1, FAINT), 1.0 - FAINT)
    for a in range(n):
        work[a] = x[a] - x1[a]
    d2 = whiten(L, work, n)
    # tr P₁⁻¹ P = tr (L⁻¹ P L⁻ᵀ) = Σ_a e_aᵀ L⁻¹ P L⁻ᵀ e_a; L⁻¹ P column by column, then once more
    trace = 0.0
    half = np.empty((n, n))
    for b in range(n):
        for a in range(n):
            work[a] = P[a, b]
        whiten(L, work, n)
        for a in range(n):
            half[a, b] = work[a]
    for a in range(n):
        for b in range(n):
            work[b] = half[a, b]
        whiten(L, work, n)
        trace += work[a]
    near = log_density(min(d2 + trace, FAR), log_det, n)
    return -(1.0 - r) * math.log(1.0 - s) - r * (math.log(s) + near)


@compiled
def project(w: Floats, r: Floats, mu: Floats, x: Floats, P: Floats, rounds: int) -> tuple[Ints, float]:
    """Tell the slots of each hypothesis apart anew, so that one multi-Bernoulli fits all hypotheses best.

    Returns order (H, N): slot i of the result is slot order[h, i] of hypothesis h; and the loss, the mean
    Kullback–Leibler divergence from a hypothesis to the multi-Bernoulli (nats). The likeliest hypothesis
    keeps its order. Coordinate descent: given the multi-Bernoulli, an assignment per hypothesis; given the
    assignments, the moments; until nothing changes, at most `rounds` times.
    """
    H, N, _, n = x.shape
    mean, cov = _gaussians(mu, x, P)
    order = np.empty((H, N), np.int64)
    for h in range(H):
        for i in range(N):
            order[h, i] = i
    top = 0
    for h in range(1, H):
        if w[h] > w[top]:
            top = h
    one = np.ones((H, N, 1))
    r1, _, x1, P1 = moments(w, r, one, mean.reshape(H, N, 1, n), cov.reshape(H, N, 1, n, n))
    # Begin at the likeliest hypothesis: from the mean of all, targets that sit on one spot never come apart.
    for i in range(N):
        if r[top, i] > FAINT:
            x1[i, 0], P1[i, 0] = mean[top, i], cov[top, i]
    cost, L = np.empty((N, N)), np.zeros((N, n, n))
    nothing_taken, nothing_forbidden = np.zeros(N, np.bool_), np.zeros(N + 1, np.bool_)
    choice, work, log_det = np.empty(N, np.int64), np.empty(n), np.empty(N)
    for _ in range(rounds):
        for q in range(N):
            if not cholesky(P1[q, 0], L[q], n):
                return order, math.inf
            log_det[q] = log_determinant(L[q], n)
        changed = False
        for h in range(H):
            low, high = math.inf, -math.inf
            for q in range(N):
                for i in range(N):
                    cost[q, i] = _cross(
                        r[h, i], mean[h, i], cov[h, i], r1[q], x1[q, 0], L[q], log_det[q], work
                    )
                    low, high = min(low, cost[q, i]), max(high, cost[q, i])
            # So large that no slot is ever better left without one.
            offset = high + N * (high - low) + 1.0
            for q in range(N):
                for i in range(N):
                    cost[q, i] = offset - cost[q, i]
            best_assignment(cost, 0, nothing_taken, nothing_forbidden, choice)
            for q in range(N):
                if order[h, q] != choice[q]:
                    order[h, q], changed = choice[q], True
        r1, _, x1, P1 = moments(*_ordered(order, w, r, mean, cov))
        if not changed:
            break
    # The likeliest hypothesis keeps its order.
    back = np.empty(N, np.int64)
    for q in range(N):
        back[order[top, q]] = q
    for h in range(H):
        for i in range(N):
            choice[i] = order[h, back[i]]
        order[h] = choice
    return order, _loss(order, w, r, mean, cov)


@compiled
def _ordered(
    order: Ints, w: Floats, r: Floats, mean: Floats, cov: Floats
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Arguments of `moments` with every hypothesis in its order."""
    H, N = order.shape
    n = mean.shape[2]
    r2, x2, P2 = np.empty((H, N)), np.empty((H, N, 1, n)), np.empty((H, N, 1, n, n))
    for h in range(H):
        for i in range(N):
            s = order[h, i]
            r2[h, i], x2[h, i, 0], P2[h, i, 0] = r[h, s], mean[h, s], cov[h, s]
    return w, r2, np.ones((H, N, 1)), x2, P2


@compiled
def _loss(order: Ints, w: Floats, r: Floats, mean: Floats, cov: Floats) -> float:
    """Σ_h w_h Σ_i KL( hypothesis h's slot ‖ the moments of all )."""
    _, r2, _, x2, P2 = _ordered(order, w, r, mean, cov)
    r1, _, x1, P1 = moments(w, r2, np.ones((w.shape[0], r.shape[1], 1)), x2, P2)
    H, N = r2.shape
    n = mean.shape[2]
    L, work, loss = np.zeros((n, n)), np.empty(n), 0.0
    for i in range(N):
        if not cholesky(P1[i, 0], L, n):
            return math.inf
        log_det = log_determinant(L, n)
        own = np.zeros((n, n))
        for h in range(H):
            if not cholesky(P2[h, i, 0], own, n):
                continue
            entropy = _entropy(r2[h, i]) + r2[h, i] * log_density(float(n), log_determinant(own, n), n)
            loss += w[h] * (
                entropy + _cross(r2[h, i], x2[h, i, 0], P2[h, i, 0], r1[i], x1[i, 0], L, log_det, work)
            )
    return loss
