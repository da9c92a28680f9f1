"""The Poisson multi-Bernoulli filter: predict, look, prune. Knows arrays and time, no sensor and no site."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.motion import Noise, predict
from vedette.kernel.pmb import look, survive
from vedette.tracker.bernoulli import Bernoullis
from vedette.tracker.undetected import Undetected
from vedette.types import Array

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plots:
    """One scan as arrays, in the filter's own Cartesian frame.

    z (M, m), R (M, m, m): position, or position and velocity; tau (M,) s before the scan's time;
    clutter (M,): expected false plots per unit of measurement space at each plot;
    p_detect (M,): detection probability at each plot; t (M,) ns UTC; code (M,) identity or −1.
    """

    z: Array
    R: Array
    tau: Array
    clutter: Array
    p_detect: Array
    t: Ints
    code: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class PmbConfig:
    """What the filter may be told.

    gamma        gate on d²
    exact_plots  clusters with so many plots or fewer are solved exactly, larger by belief propagation
    prune        existence below which a Bernoulli is dropped
    grace        looks for which a newborn is kept whatever its existence. After them the threshold is
                 min(prune, r_birth / 2), because any absolute threshold above the existence at birth would
                 stop all initiation. −1: the threshold is `prune` from the start, as published filters have it
    unexplained  a plot starts a Bernoulli only when it is new or clutter with at least this probability;
                 one that a known target explains would only leave a ghost beside it for two looks
    trust        likelihood ratio of two names that agree; its inverse when they differ
    """

    gamma: float = 20.0
    exact_plots: int = 12
    prune: float = 1e-2
    grace: int = 1
    unexplained: float = 0.0
    trust: float = 1e6


@dataclass(slots=True)
class Pmb:
    """Bernoullis of `n` state components and the Poisson intensity of undetected targets."""

    n: int
    undetected: Undetected
    config: PmbConfig
    sensors: int = 1
    bernoullis: Bernoullis = field(init=False)
    counters: Counter[str] = field(default_factory=Counter)
    next_label: int = 0

    def __post_init__(self) -> None:
        self.bernoullis = Bernoullis.none(self.n, self.sensors)

    def predict(self, dt: float, noise: Noise, survival: float) -> None:
        """Everything forward by dt seconds."""
        b = self.bernoullis
        predict(b.x, b.P, dt, noise)
        survive(b.r, survival, np.exp(-b.rate * dt))
        self.undetected.predict(dt, noise, survival)

    def look(
        self, plots: Plots, p_detect: Array, *, looking: bool, rate: float = 0.0, sensor: int = 0
    ) -> None:
        """Update with one scan; plots that may be new targets start Bernoullis.

        p_detect (N,) per Bernoulli; looking: a miss is evidence; rate: reports per second a target that this
        sensor heard goes on sending (its later silence is evidence), 0 if unknown; sensor: its number.
        """
        b = self.bernoullis
        beta, x, P = self.undetected.births(plots.z, plots.R, plots.tau, plots.p_detect)
        p_new, r_new, used, gated, loopy = look(
            b.r, b.x, b.P, b.code, p_detect, looking, plots.z, plots.R, plots.tau, plots.code,
            plots.clutter, beta, self.config.gamma, self.config.exact_plots, self.config.trust,
        )  # fmt: skip
        self.counters["loopy_clusters"] += int(loopy)
        self.counters["gated_pairs"] += int(gated.sum())
        self._count(plots, used, rate, sensor)
        if looking:
            b.looks += p_detect > 0.05  # elsewhere a miss says nothing
        born = np.flatnonzero((r_new > 0.0) & (p_new >= self.config.unexplained))
        seen = np.zeros((len(born), self.sensors), np.int64)
        seen[:, sensor] = plots.t[born]
        new = Bernoullis.first(
            self.next_label, r_new[born], x[born], P[born], plots.t[born], plots.code[born], rate, seen
        )
        self.next_label += len(new)
        self.bernoullis = b.join(new)

    def _count(self, plots: Plots, used: Ints, rate: float, sensor: int) -> None:
        """Book-keeping of one look: hits, times and names."""
        b = self.bernoullis
        i = np.flatnonzero(used >= 0)
        j = used[i]
        b.hits[i] += 1
        b.updated[i] = np.maximum(b.updated[i], plots.t[j])
        b.seen[i, sensor] = plots.t[j]
        if rate > 0.0:
            b.rate[i] = rate
        named = plots.code[j] >= 0
        b.code[i[named]] = plots.code[j[named]]

    def _threshold(self) -> Array:
        b, config = self.bernoullis, self.config
        if config.grace < 0:
            return np.full(len(b), config.prune)
        return np.where(b.looks > config.grace, np.minimum(config.prune, 0.5 * b.r_birth), 0.0)

    def prune(self, extra: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
        """Drop what is no longer worth its cost; returns which rows stayed."""
        b = self.bernoullis
        keep = b.r >= self._threshold()
        if extra is not None:
            keep &= ~extra
        if not keep.all():
            self.bernoullis = b.take(keep)
        return keep
