"""The Poisson multi-Bernoulli filter: predict, look, prune. Knows arrays and time, no sensor and no site."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.gate import grid
from vedette.kernel.imm import combine, mix, switching
from vedette.kernel.motion import Step, white_acceleration
from vedette.kernel.pmb import forward, look
from vedette.kernel.resolution import Pairs, pairs
from vedette.kernel.rows import append, squeeze, worth_keeping
from vedette.kernel.unresolved import look_unresolved
from vedette.tracker.bernoulli import Bernoullis
from vedette.tracker.undetected import Undetected
from vedette.types import Array

Ints = NDArray[np.int64]

UNSEEN = 0.01  # P_D up to which a target is taken to be out of this look's sight
MANY = 4096  # plots; so many, and the targets near them, are in the processor's cache in whatever order


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plots:
    """One scan as arrays, in the filter's own Cartesian frame.

    z (M, m), R (M, m, m): position, or position and velocity, or position and radial speed (then z is
    longer: see kernel.kalman); tau (M,) s before the scan's time;
    clutter (M,): expected false plots per unit of measurement space at each plot;
    p_detect (M,): detection probability at each plot; t (M,) ns UTC; code (M,) identity or −1;
    label (M,): what a Bernoulli started by the plot is called, running numbers if None.
    """

    z: Array
    R: Array
    tau: Array
    clutter: Array
    p_detect: Array
    t: Ints
    code: Ints
    label: Ints | None = None

    def taken(self, which: Ints) -> Plots:
        """Only these plots, in this order."""
        return Plots(
            z=self.z[which], R=self.R[which], tau=self.tau[which], clutter=self.clutter[which],
            p_detect=self.p_detect[which], t=self.t[which], code=self.code[which],
            label=None if self.label is None else self.label[which],
        )  # fmt: skip


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


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """The ways a target moves: models dt (s) → Step, mean sojourn in each (s), probability at birth."""

    models: tuple[Callable[[float], Step], ...]
    sojourn: tuple[float, ...] = (math.inf,)
    at_birth: tuple[float, ...] = (1.0,)

    def steps(self, dt: float) -> Array:
        """(K, 5)"""
        return np.array([model(dt) for model in self.models])

    def switching(self, dt: float) -> Array:
        """Π(dt), (K, K)"""
        return switching(np.array(self.sojourn), dt)


@dataclass(frozen=True, slots=True, eq=False)
class PmbState:
    """What `Pmb.save` keeps."""

    bernoullis: Bernoullis
    undetected: tuple[Array, ...]


@dataclass(slots=True)
class Pmb:
    """Bernoullis of `n` state components and the Poisson intensity of undetected targets."""

    n: int
    undetected: Undetected
    config: PmbConfig
    motion: Motion = field(default_factory=lambda: Motion((partial(white_acceleration, 1.0),)))
    sensors: int = 1
    bernoullis: Bernoullis = field(init=False)
    counters: Counter[str] = field(default_factory=Counter)
    next_label: int = 0
    _at_birth: Array = field(init=False)
    _step: tuple[float, Array, Array] = field(init=False)  # of the last dt: mostly it is the next one too

    def __post_init__(self) -> None:
        self.bernoullis = Bernoullis(self.n, len(self.motion.models), self.sensors)
        self._at_birth = np.array(self.motion.at_birth, float)
        self._step = (0.0, self.motion.steps(0.0), self.motion.switching(0.0))

    def predict(self, dt: float, survival: float) -> None:
        """Everything forward by dt seconds: modes interact, then each moves in its own way."""
        b = self.bernoullis
        if dt != self._step[0]:
            self._step = (dt, self.motion.steps(dt), self.motion.switching(dt))
        _, steps, switch = self._step
        if len(steps) > 1:
            mix(b.mu[: b.size], b.x[: b.size], b.P[: b.size], switch)
        forward(b.rows(), b.size, steps, survival, dt)
        self.undetected.predict(dt, steps, survival)

    def combined(self) -> tuple[Array, Array]:
        """Mean (N, n) and covariance (N, n, n) of every Bernoulli, its modes taken together."""
        b, N = self.bernoullis, self.bernoullis.size
        return combine(b.mu[:N], b.x[:N], b.P[:N])

    def look(
        self,
        plots: Plots,
        p_detect: Array,
        *,
        looking: bool,
        rate: float = 0.0,
        sensor: int = 0,
        resolution: Array | None = None,
    ) -> None:
        """Update with one scan; plots that may be new targets start Bernoullis.

        p_detect (N,) per Bernoulli; looking: a miss is evidence; rate: reports per second a target that this
        sensor heard goes on sending (its later silence is evidence), 0 if unknown; sensor: its number;
        resolution (N, D, D): R_u of kernel.resolution at each Bernoulli, None when all are told apart.
        """
        b, config = self.bernoullis, self.config
        labels = self._labels(plots)
        if len(plots.t) > MANY:  # the Bernoullis started here will then lie side by side too
            order = grid(plots.z, 1.0)[-1]
            plots, labels = plots.taken(order), labels[order]
        beta = self.undetected.births(plots.z, plots.R, plots.tau, plots.p_detect)
        scan = (
            plots.z, plots.R, plots.tau, plots.t, plots.code, plots.clutter, beta,
            config.gamma, config.exact_plots, config.trust, config.unexplained, rate, sensor,
        )  # fmt: skip
        near = self._near(resolution, p_detect) if looking and resolution is not None else None
        if near is None or len(near[0]) == 0:
            r_new, new, gated, loopy = look(b.rows(), b.size, p_detect, looking, *scan)
        else:
            self.counters["unresolved_pairs"] += len(near[0])
            r_new, new, gated, loopy = look_unresolved(near, b.rows(), b.size, p_detect, *scan)
        self.counters["gated_pairs"] += gated
        self.counters["loopy_clusters"] += loopy
        if len(new):
            self._start(plots, labels, new, r_new, rate, sensor)

    def _labels(self, plots: Plots) -> Ints:
        if plots.label is not None:
            return plots.label
        first, self.next_label = self.next_label, self.next_label + len(plots.t)
        return np.arange(first, self.next_label)

    def _start(self, plots: Plots, labels: Ints, new: Ints, r_new: Array, rate: float, sensor: int) -> None:
        """A Bernoulli for each of the plots `new`, with existence r_new (M,)."""
        b = self.bernoullis
        x, P = self.undetected.started(new, plots.z, plots.R, plots.tau)
        b.make_room(len(new))
        b.size = append(
            b.rows(), b.size, labels, new, r_new, self._at_birth, x, P,
            plots.t, plots.code, rate, sensor,
        )  # fmt: skip

    def _near(self, resolution: Array, p_detect: Array) -> Pairs:
        """The pairs that the sensor may report as one; whom it cannot see now it cannot confuse."""
        b, N = self.bernoullis, self.bernoullis.size
        mean, cov = self.combined()
        return pairs(np.where(p_detect > UNSEEN, b.r[:N], 0.0), mean, cov, resolution)

    def save(self) -> PmbState:
        """A copy of all that the next scan's result depends on."""
        return PmbState(self.bernoullis.copy(), self.undetected.save())

    def restore(self, state: PmbState) -> None:
        """Be as at `save`; the copy stays good for another time."""
        self.bernoullis = state.bernoullis.copy()
        self.undetected.restore(state.undetected)

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
