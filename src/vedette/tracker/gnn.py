"""Global nearest neighbour with M-of-N logic: the tracker of every textbook, as the plain baseline.

Each track takes at most one plot and each plot goes to at most one track, such that the sum of
log-likelihood ratios is greatest (Blackman & Popoli, Design and Analysis of Modern Tracking Systems, 1999,
§6.4 and §6.5: assignment; §6.2.4: M of N). Confirmed tracks choose first; a plot nobody takes starts a new
track. Compare `pmb`, which weighs all pairings and knows how probably a target exists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.assign import assign
from vedette.kernel.gate import gate
from vedette.kernel.kalman import update_mixtures
from vedette.kernel.motion import Step, predict, white_acceleration
from vedette.kernel.pmb import started_anywhere
from vedette.tracker.plots import Plots
from vedette.types import Array

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class GnnConfig:
    """gamma    gate on d²
    confirm  M: hits that confirm a track …
    within   N: … among its last so many looks
    misses   looks without a hit, in a row, that drop a track
    """

    gamma: float = 9.0
    confirm: int = 3
    within: int = 5
    misses: int = 3


@dataclass(slots=True)
class Tracks:
    """One row per track. x (N, n), P (N, n, n) SI; label (N,) never used twice; history (N, within) looks,
    the last one first, True where it was hit; sure (N,) once confirmed; updated (N,) ns UTC of the last plot.
    """

    x: Array
    P: Array
    label: Ints
    history: Bools
    sure: Bools
    updated: Ints

    def __len__(self) -> int:
        return len(self.x)


@dataclass(slots=True)
class Gnn:
    """Tracks of `n` state components; the arrays in and out are those of `Pmb`.

    sigma_v  velocity per axis before the second plot, 1 σ, m/s
    model    dt (s) → Step
    """

    n: int
    sigma_v: tuple[float, ...]
    config: GnnConfig = field(default_factory=GnnConfig)
    model: Callable[[float], Step] = field(default=partial(white_acceleration, 1.0))
    tracks: Tracks = field(init=False)
    next_label: int = 0

    def __post_init__(self) -> None:
        n, none = self.n, np.zeros(0, np.int64)
        history = np.zeros((0, self.config.within), bool)
        self.tracks = Tracks(np.zeros((0, n)), np.zeros((0, n, n)), none, history, none > 0, none)

    def predict(self, dt: float, survival: float = 1.0) -> None:
        """Every track forward by dt seconds; `survival` is Pmb's and means nothing here."""
        predict(self.tracks.x[:, None], self.tracks.P[:, None], np.array([self.model(dt)]))

    def look(self, plots: Plots, p_detect: Array, *, looking: bool) -> None:
        """Update with one scan; plots nobody takes start tracks.

        p_detect (N,) per track; looking: not being hit counts as a miss. A pair's gain is
            ln( p l_ij / ((1 − p) κ_j) ),     κ_j the density of false plots;
        a plot that more probably is false than this track's is not taken.
        """
        tracks, N = self.tracks, len(self.tracks)
        row, col, likely, share = gate(
            np.ones((N, 1)), tracks.x[:, None], tracks.P[:, None], plots.z, plots.R, plots.tau,
            self.config.gamma,
        )  # fmt: skip
        who = np.repeat(np.arange(N), np.diff(row))
        p = np.clip(p_detect, 1e-3, 1.0 - 1e-3)
        gain = np.log(p / (1.0 - p))[who] + np.log(likely / plots.clutter[col])
        taken = self._assign(who, col, gain, len(plots.z))
        hit = np.zeros(len(col))
        hit[taken] = 1.0
        self._update(plots, row, col, hit, share, who[taken], col[taken], looking)
        free = np.ones(len(plots.z), bool)
        free[col[taken]] = False
        self._start(plots, free)

    def _assign(self, who: Ints, col: Ints, gain: Array, M: int) -> Ints:
        """Indices of the pairs taken: confirmed tracks choose first, then the others among what is left."""
        sure, free = self.tracks.sure[who], np.ones(M, bool)
        taken = []
        for some in (np.flatnonzero(sure), np.flatnonzero(~sure)):
            edges = some[free[col[some]]]
            best = edges[assign(who[edges], col[edges], gain[edges], len(self.tracks), M)]
            free[col[best]] = False
            taken.append(best)
        return np.concatenate(taken)

    def _update(
        self, plots: Plots, row: Ints, col: Ints, hit: Array, share: Array, i: Ints, j: Ints, looking: bool
    ) -> None:
        """Kalman update of tracks i with plots j, and one more look in every track's history."""
        tracks = self.tracks
        miss = np.ones(len(tracks))
        miss[i] = 0.0
        mu = np.ones((len(tracks), 1))
        update_mixtures(
            mu, tracks.x[:, None], tracks.P[:, None], plots.z, plots.R, plots.tau, row, col, miss, hit, share
        )
        seen = miss == 0.0
        looked = np.ones(len(tracks), bool) if looking else seen
        tracks.history[looked, 1:] = tracks.history[looked, :-1]
        tracks.history[looked, 0] = seen[looked]
        tracks.updated[i] = plots.t[j]
        tracks.sure |= tracks.history.sum(axis=1) >= self.config.confirm

    def _start(self, plots: Plots, free: Bools) -> None:
        """A track for every free plot, at rest within sigma_v."""
        new, old = int(free.sum()), self.tracks
        x, P = started_anywhere(np.flatnonzero(free), np.array(self.sigma_v), plots.z, plots.R, plots.tau)
        history = np.zeros((new, self.config.within), bool)
        history[:, 0] = True
        self.tracks = Tracks(
            np.concatenate([old.x, x]),
            np.concatenate([old.P, P]),
            np.concatenate([old.label, self.next_label + np.arange(new)]),
            np.concatenate([old.history, history]),
            np.concatenate([old.sure, np.full(new, self.config.confirm <= 1)]),
            np.concatenate([old.updated, plots.t[free]]),
        )
        self.next_label += new

    def worth_keeping(self, oldest: int = 0) -> Bools | None:
        """Which rows (N,) are worth keeping, or None for all: hit in the last `misses` looks, and since
        `oldest` (ns UTC)."""
        tracks = self.tracks
        keep: Bools = tracks.history[:, : self.config.misses].any(axis=1) & (tracks.updated >= oldest)
        return None if keep.all() else keep

    def forget(self, keep: Bools | None) -> None:
        """Take out the rows not to keep."""
        if keep is not None:
            t = self.tracks
            self.tracks = Tracks(
                t.x[keep], t.P[keep], t.label[keep], t.history[keep], t.sure[keep], t.updated[keep]
            )

    def confirmed(self) -> Array:
        """States (K, n) of the confirmed tracks."""
        return self.tracks.x[self.tracks.sure]
