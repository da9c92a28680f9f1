"""The Poisson multi-Bernoulli filter: predict, look, prune. Knows arrays and time, no sensor and no site."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.motion import Noise, predict
from vedette.kernel.pmb import keep_score, look, survive
from vedette.kernel.rows import append, squeeze, worth_keeping
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
    exact_plots  clusters with at most so many plots are solved exactly, others by belief propagation
    prune        existence below which a Bernoulli is dropped
    grace        looks for which a newborn is kept whatever its existence. After them the threshold is
                 min(prune, r_birth / 2), because any absolute threshold above the existence at birth would
                 stop all initiation. −1: the threshold is `prune` from the start, as published ones do
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
        self.bernoullis = Bernoullis(self.n, self.sensors)

    def predict(self, dt: float, noise: Noise, survival: float) -> None:
        """Everything forward by dt seconds."""
        b, N = self.bernoullis, self.bernoullis.size
        predict(b.x[:N], b.P[:N], dt, noise)
        survive(b.r[:N], b.rate[:N], survival, dt)
        self.undetected.predict(dt, noise, survival)

    def look(
        self, plots: Plots, p_detect: Array, *, looking: bool, rate: float = 0.0, sensor: int = 0
    ) -> None:
        """Update with one scan; plots that may be new targets start Bernoullis.

        p_detect (N,) per Bernoulli; looking: a miss is evidence; rate: reports per second a target that this
        sensor heard goes on sending (its later silence is evidence), 0 if unknown; sensor: its number.
        """
        b, N = self.bernoullis, self.bernoullis.size
        config = self.config
        beta, x, P = self.undetected.births(plots.z, plots.R, plots.tau, plots.p_detect)
        p_new, r_new, used, gated, loopy = look(
            b.r[:N], b.x[:N], b.P[:N], b.code[:N], p_detect, looking, plots.z, plots.R, plots.tau, plots.code,
            plots.clutter, beta, config.gamma, config.exact_plots, config.trust,
        )  # fmt: skip
        self.counters["gated_pairs"] += gated
        self.counters["loopy_clusters"] += loopy
        could_see = p_detect if looking else np.zeros(N)
        keep_score(
            used,
            plots.t,
            plots.code,
            rate,
            sensor,
            b.looks[:N],
            could_see,
            b.hits,
            b.updated,
            b.code,
            b.rate,
            b.seen,
        )
        b.make_room(len(plots.t))
        size = append(
            b.rows(),
            N,
            self.next_label,
            r_new,
            p_new,
            config.unexplained,
            x,
            P,
            plots.t,
            plots.code,
            rate,
            sensor,
        )
        self.next_label += size - N
        b.size = size

    def worth_keeping(self, oldest: int = 0) -> NDArray[np.bool_] | None:
        """Which rows (N,) are worth keeping, or None for all; `oldest` as in kernel.rows.worth_keeping."""
        b, N = self.bernoullis, self.bernoullis.size
        keep, everything = worth_keeping(
            b.r[:N], b.r_birth[:N], b.looks[:N], b.updated[:N], self.config.prune, self.config.grace, oldest
        )
        return None if everything else keep

    def forget(self, keep: NDArray[np.bool_] | None) -> None:
        """Squeeze out the rows not to keep."""
        if keep is not None:
            self.bernoullis.size = squeeze(self.bernoullis.rows(), self.bernoullis.size, keep)
