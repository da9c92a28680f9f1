"""Compile the kernels once, bottom up, so that the first scan of a run is as fast as the last.

Numba keeps what it compiles beside the code (or in NUMBA_CACHE_DIR); the second start takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vedette.kernel.bend import bend, straighten
from vedette.kernel.cluster import components
from vedette.kernel.convert import geodetic_to_local, local_to_local, unbiased_3d, unbiased_slant
from vedette.kernel.gate import gate
from vedette.kernel.imm import combine, mix
from vedette.kernel.kalman import update_mixtures
from vedette.kernel.marginals import marginals
from vedette.kernel.motion import predict, white_acceleration
from vedette.kernel.pairing import follow, learn
from vedette.kernel.pmb import first_anywhere, forward, keep_score, look, look_anywhere, started_anywhere
from vedette.kernel.registration import consider, given, plots_of_tracks, walk
from vedette.kernel.resolution import pairs
from vedette.kernel.rows import append, pruned, squeeze, worth_keeping
from vedette.kernel.triangulate import triangulate
from vedette.kernel.unresolved import look_unresolved
from vedette.tracker.angle_tracks import AngleTracks, Heard
from vedette.tracker.bernoulli import Bernoullis
from vedette.tracker.pmb import PmbConfig
from vedette.types import Array

STEPS = (
    "conversion",
    "motion",
    "gating",
    "clusters",
    "association",
    "update",
    "one look",
    "first detections",
    "registration",
)


def warm_up() -> Iterator[str]:
    """Call every kernel once on two targets and two plots; yields each step's name before doing it."""
    names = iter(STEPS)
    mu, x, P = np.full((2, 2), 0.5), np.zeros((2, 2, 6)), np.tile(np.eye(6), (2, 2, 1, 1))
    z, R, tau = np.zeros((2, 3)), np.repeat(np.eye(3)[None], 2, axis=0), np.zeros(2)
    r, code, half = np.full(2, 0.5), np.full(2, -1, np.int64), np.full(2, 0.5)
    yield next(names)
    local_to_local(*unbiased_3d(z + 0.1, R), np.eye(3), np.zeros(3))
    unbiased_slant(z + 0.1, R)
    geodetic_to_local(z, R, np.zeros(3), np.eye(3))
    straighten(x, P, np.ones(3), z, tau, 0.0)
    bend(x, P, np.ones(3), z, tau, 0.0)
    yield next(names)
    steps = np.array([white_acceleration(1.0, 0.0)] * 2)
    mix(mu, x, P, np.eye(2))
    predict(x, P, steps)
    combine(mu, x, P)
    rows = Bernoullis(n=6, modes=2, room=4)
    forward(rows.store, 0, steps, 1.0, 0.0)
    yield next(names)
    row, col, likely, share = gate(mu, x, P, z, R, tau, 16.0)
    yield next(names)
    start, members, _ = components(row, col, 2)
    yield next(names)
    p, miss, _, _ = marginals(row, col, likely, half, start, members, 12)
    yield next(names)
    update_mixtures(mu, x, P, z, R, tau, row, col, miss, p, share)
    yield next(names)
    look(rows.rows(), 0, r[:0], True, z, R, tau, code, code, half, half, 16.0, 12, 1.0, 0.5, 0.0, 0)
    near = pairs(r, x[:, 0].copy(), P[:, 0].copy(), R)
    look_unresolved(near, rows.rows(), 2, r, z, R, tau, code, code, half, half, 16.0, 12, 1.0, 0.5, 0.0, 0)
    keep_score(rows.rows(), code[:0], code, 0.0, 0, True, r[:0])
    _directions()
    yield next(names)
    first_anywhere(0.0, 1.0, half, 0.0, np.ones(3), z, R, half)
    new = np.arange(2)
    started_anywhere(new, np.ones(3), z, R, tau)
    append(rows.rows(), 0, code, new, half, mu[0], x[:, 0].copy(), P[:, 0].copy(), code, code, 0.0, 0)
    look_anywhere(
        Bernoullis(n=6, modes=2, room=4).store, 0, r[:0], True, z, R, R, tau, code, code, code, 0, half, half,
        (0.0, 1.0, 0.0), half, np.ones(3), mu[0], 16.0, 12, 1.0, 0.5, 0.0, 0,
    )  # fmt: skip
    keep, _ = worth_keeping(r, r, code, code, 0.0, 0, 0)
    squeeze(rows.rows(), 2, keep)
    pruned(rows.store, 2, 0.0, 0, 0)
    yield next(names)
    _registration(mu, x, P, z, R, tau)


def _directions() -> None:
    """Two targets, one direction; and two lines of sight."""
    for k in (1, 2):
        AngleTracks(k, 1.0, PmbConfig()).look(
            Heard(
                z=np.zeros((1, k)), R=np.eye(k)[None], tau=np.zeros(1), t=np.ones(1, np.int64),
                code=np.full(1, -1), label=np.zeros(1, np.int64), clutter=np.ones(1), beta=np.ones(1),
            ),
            np.empty(0), looking=True,
        )  # fmt: skip
    triangulate(np.eye(3)[:2], np.array([[0.1, np.nan], [-0.1, 0.0]]), np.full((2, 2), 1e-3), 0.0, 1.0)


def _registration(mu: Array, x: Array, P: Array, z: Array, R: Array, tau: Array) -> None:
    """Two sensors at one place, of which the second has just seen two targets."""
    used, sure, t, told = np.arange(2), np.ones(2, np.int64), np.ones(2, np.int64), np.ones(2, bool)
    places = np.repeat(np.eye(3)[None], 2, axis=0), np.zeros((2, 3)), np.zeros(2, bool)
    memory = (
        np.ones((2, 2), np.int64), np.ones((2, 2), bool), np.zeros((2, 2, 6)),
        np.tile(np.eye(6), (2, 2, 1, 1)), np.zeros((2, 2, 3, 3)), np.zeros((2, 2)),
    )  # fmt: skip
    b, B, rate = np.zeros(8), np.eye(8), np.zeros(8)
    plot = plots_of_tracks(1, places, b, used, sure, mu, x, P, np.ones(2), z, R, tau, t, told)
    walk(B, B.copy(), rate, 0.0)
    links, doubt = np.zeros((2, 2), np.int64), np.zeros(2, np.int64)
    learn(b, B, B.copy(), places, np.arange(2), 1, plot, memory, 2, 5, 16, 0, links, doubt)
    follow(x, memory[0], places, b, b, 5)
    consider(z, R, told, places[0][0], places[1][0], False, given(B, 1, 0), np.ones(3))
