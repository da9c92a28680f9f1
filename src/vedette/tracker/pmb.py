"""The Poisson multi-Bernoulli filter: predict, look, prune. Knows arrays and time, no sensor and no site."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.imm import combine, mix, switching
from vedette.kernel.motion import Step, predict, white_acceleration
from vedette.kernel.pmb import SURE, Pairs, absorb, associate, keep_score, survive
from vedette.kernel.rows import append, squeeze, worth_keeping
from vedette.tracker.bernoulli import Bernoullis
from vedette.tracker.group import Group
from vedette.tracker.hypotheses import Births, Hypotheses
from vedette.tracker.plots import Plots
from vedette.tracker.undetected import Undetected
from vedette.types import Array

Ints = NDArray[np.int64]

FAR = 1e15  # m, from where no plot is in any gate


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
    hypotheses   accuracy mode: joint hypotheses kept per cluster in which believed targets compete; 0: none
    """

    gamma: float = 20.0
    exact_plots: int = 12
    prune: float = 1e-2
    grace: int = 1
    unexplained: float = 0.0
    trust: float = 1e6
    hypotheses: int = 0


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
    groups: tuple[Group, ...]


@dataclass(slots=True)
class Pmb:
    """Bernoullis of `n` state components and the Poisson intensity of undetected targets."""

    n: int
    undetected: Undetected
    config: PmbConfig
    motion: Motion = field(default_factory=lambda: Motion((partial(white_acceleration, 1.0),)))
    sensors: int = 1
    bernoullis: Bernoullis = field(init=False)
    hypotheses: Hypotheses = field(init=False)
    counters: Counter[str] = field(default_factory=Counter)
    next_label: int = 0

    def __post_init__(self) -> None:
        self.bernoullis = Bernoullis(self.n, len(self.motion.models), self.sensors)
        c = self.config
        self.hypotheses = Hypotheses(c.hypotheses, c.trust, c.gamma, self.counters)

    def predict(self, dt: float, survival: float) -> None:
        """Everything forward by dt seconds: modes interact, then each moves in its own way."""
        b, N = self.bernoullis, self.bernoullis.size
        steps, switch = self.motion.steps(dt), self.motion.switching(dt)
        if len(steps) > 1:
            mix(b.mu[:N], b.x[:N], b.P[:N], switch)
        predict(b.x[:N], b.P[:N], steps)
        survive(b.r[:N], b.rate[:N], survival, dt)
        self.hypotheses.predict(b, steps, switch, survival, dt)
        self.undetected.predict(dt, steps, survival)

    def combined(self) -> tuple[Array, Array]:
        """Mean (N, n) and covariance (N, n, n) of every Bernoulli, its modes taken together."""
        b, N = self.bernoullis, self.bernoullis.size
        return combine(b.mu[:N], b.x[:N], b.P[:N])

    def look(
        self, plots: Plots, p_detect: Array, *, looking: bool, rate: float = 0.0, sensor: int = 0
    ) -> None:
        """Update with one scan; plots that may be new targets start Bernoullis.

        p_detect (N,) per Bernoulli; looking: a miss is evidence; rate: reports per second a target that this
        sensor heard goes on sending (its later silence is evidence), 0 if unknown; sensor: its number.
        """
        b, N, config = self.bernoullis, self.bernoullis.size, self.config
        beta, x, P = self.undetected.births(plots.z, plots.R, plots.tau, plots.p_detect)
        kappa = plots.clutter + beta
        pairs = associate(
            b.r[:N], b.mu[:N], b.x[:N], b.P[:N], b.code[:N], p_detect, looking,
            plots.z, plots.R, plots.tau, plots.code, kappa,
            config.gamma, config.exact_plots, config.trust,
        )  # fmt: skip
        self.counters["gated_pairs"] += len(pairs.col)
        self.counters["loopy_clusters"] += pairs.loopy
        contests = self.hypotheses.contests(b, pairs) if config.hypotheses else []
        apart = np.ones(N, bool)
        for contest in contests:
            apart[contest.group.rows] = False
        used = absorb(
            b.r[:N],
            b.mu[:N],
            b.x[:N],
            b.P[:N],
            b.code[:N],
            plots.z,
            plots.R,
            plots.tau,
            plots.code,
            pairs,
            apart,
        )
        for contest in contests:
            self.hypotheses.weigh(contest, b, plots, p_detect, looking, pairs)
        place = self._begin(plots, pairs, beta / kappa, x, P, rate, sensor)
        for contest in contests:
            born = Births(place, beta / kappa, np.array(self.motion.at_birth), x, P)
            self.hypotheses.settle(contest, b, born, used, plots.code)
        could_see = p_detect if looking else np.zeros(N)
        keep_score(used, plots.t, rate, sensor, b.looks[:N], could_see, b.hits, b.updated, b.rate, b.seen)

    @contextmanager
    def unaware(self, rows: Ints) -> Iterator[None]:
        """Within, the Bernoullis at `rows` are out of every gate; with P_D 0 a look does not change them."""
        b = self.bernoullis
        place = b.x[rows, :, 0]
        b.x[rows, :, 0] = FAR
        try:
            yield
        finally:
            # The accuracy mode may have written its own average, which knows nothing of being away.
            b.x[rows, :, 0] = np.where(b.x[rows, :, 0] == FAR, place, b.x[rows, :, 0])

    def _begin(
        self, plots: Plots, pairs: Pairs, real: Array, x: Array, P: Array, rate: float, sensor: int
    ) -> Ints:
        """A Bernoulli for every plot that may be a new target; returns its row (M,) or −1.

        real (M,): existence of a target whose plot is nobody's, β/κ.
        """
        b, N, M = self.bernoullis, self.bernoullis.size, len(plots.t)
        labels = plots.label
        if labels is None:
            labels = np.arange(self.next_label, self.next_label + M)
            self.next_label += M
        r_new = np.minimum(pairs.p_new * real, SURE)
        begun = (r_new > 0.0) & (pairs.p_new >= self.config.unexplained)
        b.make_room(int(begun.sum()))
        b.size = append(
            b.rows(), N, labels, r_new, pairs.p_new, self.config.unexplained, np.array(self.motion.at_birth),
            x, P, plots.t, plots.code, rate, sensor,
        )  # fmt: skip
        return np.where(begun, N + np.cumsum(begun) - 1, -1)

    def save(self) -> PmbState:
        """A copy of all that the next scan's result depends on."""
        return PmbState(self.bernoullis.copy(), self.undetected.save(), self.hypotheses.save())

    def restore(self, state: PmbState) -> None:
        """Be as at `save`; the copy stays good for another time."""
        self.bernoullis = state.bernoullis.copy()
        self.undetected.restore(state.undetected)
        self.hypotheses.restore(state.groups)

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
            self.hypotheses.forget(keep)
            self.bernoullis.size = squeeze(self.bernoullis.rows(), self.bernoullis.size, keep)
