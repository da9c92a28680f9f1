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

from vedette.kernel.angles import look as look_along
from vedette.kernel.gate import grid
from vedette.kernel.imm import combine, mix, switching
from vedette.kernel.motion import Step, white_acceleration
from vedette.kernel.pmb import absorb, associate, begin, forward, keep_score, look, look_anywhere
from vedette.kernel.resolution import Pairs
from vedette.kernel.rows import append, pruned, squeeze, worth_keeping
from vedette.kernel.unresolved import look_unresolved
from vedette.tracker.bernoulli import Bernoullis
from vedette.tracker.group import Group
from vedette.tracker.hypotheses import Births, Hypotheses
from vedette.tracker.plots import Plots, gate_for
from vedette.tracker.undetected import Anywhere, Undetected
from vedette.types import Array

Ints = NDArray[np.int64]

MANY = 4096  # plots; so many, and the targets near them, are in the processor's cache in whatever order
NO_LABELS: Ints = np.empty(0, np.int64)
FAR = 1e15  # m, from where no plot is in any gate


@dataclass(frozen=True, slots=True, kw_only=True)
class PmbConfig:
    """What the filter may be told.

    gamma        gate on d² of a position; as wide for plots that measure more (gate_for)
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
    told: Array = field(default_factory=lambda: np.empty(0))  # of each pair in the last look: `told_apart`
    _at_birth: Array = field(init=False)
    _step: tuple[float, Array, Array] = field(init=False)  # of the last dt: mostly it is the next one too

    def __post_init__(self) -> None:
        self.bernoullis = Bernoullis(self.n, len(self.motion.models), self.sensors)
        c = self.config
        self.hypotheses = Hypotheses(c.hypotheses, c.trust, c.gamma, self.counters)
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
        forward(b.store, b.size, steps, survival, dt)
        self.hypotheses.predict(b, steps, switch, survival, dt)
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
        near: Pairs | None = None,
    ) -> Ints:
        """Update with one scan; plots that may be new targets start Bernoullis.

        p_detect (N,) per Bernoulli; looking: a miss is evidence; rate: reports per second a target that this
        sensor heard goes on sending (its later silence is evidence), 0 if unknown; sensor: its number;
        near: the pairs (kernel.resolution) that a looking sensor may report as one, None for none.
        Returns the plot that each Bernoulli used (N,), −1 for none.
        """
        unknown, jointly, M = self.undetected, near is None and self.config.hypotheses > 0, len(plots.t)
        if near is None and not jointly and M <= MANY and isinstance(unknown, Anywhere):
            return self._look_anywhere(unknown, plots, p_detect, looking, rate, sensor)
        labels, order = self._labels(plots), None
        if M > MANY:  # the Bernoullis started here will then lie side by side too
            order = grid(plots.z, 1.0)[-1]
            plots, labels = plots.taken(order), labels[order]
        beta = self.undetected.births(plots.z, plots.at_birth, plots.tau, plots.p_detect)
        if jointly:
            used = self._look_jointly(plots, labels, beta, p_detect, looking, rate, sensor)
        else:
            used = self._look_marginally(plots, labels, beta, p_detect, looking, rate, sensor, near)
        return used if order is None else np.where(used >= 0, order[used], -1)

    def _look_anywhere(
        self,
        undetected: Anywhere,
        plots: Plots,
        p_detect: Array,
        looking: bool,
        rate: float,
        sensor: int,
    ) -> Ints:
        """What `_look_marginally` does, in one call where targets may appear anywhere; with room for all
        plots to start one, so that this is not for floods."""
        b, c = self.bernoullis, self.config
        first, labels = self.next_label, plots.label
        if labels is None:
            labels, self.next_label = NO_LABELS, first + len(plots.t)
        b.make_room(len(plots.t))
        b.size, used, gated, loopy = look_anywhere(
            b.store, b.size, p_detect, looking, plots.z, plots.R, plots.at_birth, plots.tau, plots.t,
            plots.code, labels, first, plots.clutter, plots.p_detect, undetected.unknown,
            undetected.loss(plots.z), undetected.sigma, self._at_birth, self._gate(plots), c.exact_plots,
            c.trust, c.unexplained, rate, sensor,
        )  # fmt: skip
        self._tally(gated, loopy)
        return np.asarray(used)

    def _look_marginally(
        self,
        plots: Plots,
        labels: Ints,
        beta: Array,
        p_detect: Array,
        looking: bool,
        rate: float,
        sensor: int,
        near: Pairs | None,
    ) -> Ints:
        """Marginals for everybody. Where the sensor may report two targets as one, joint hypotheses, which
        hold every plot to be of one target, are dropped: their best multi-Bernoulli goes on."""
        b, config = self.bernoullis, self.config
        scan = (
            plots.z, plots.R, plots.tau, plots.t, plots.code, plots.clutter, beta,
            self._gate(plots), config.exact_plots, config.trust, config.unexplained, rate, sensor,
        )  # fmt: skip
        if near is None:
            r_new, new, used, gated, loopy = look(b.rows(), b.size, p_detect, looking, *scan)
        else:
            self.counters["unresolved_pairs"] += len(near[0])
            self.hypotheses.groups = []
            r_new, new, used, gated, loopy, self.told = look_unresolved(
                near, b.rows(), b.size, p_detect, *scan
            )
        self._tally(gated, loopy)
        self._start(plots, labels, new, r_new, rate, sensor)
        return used

    def _look_jointly(
        self,
        plots: Plots,
        labels: Ints,
        beta: Array,
        p_detect: Array,
        looking: bool,
        rate: float,
        sensor: int,
    ) -> Ints:
        """The same, but clusters in which believed targets compete are weighed as joint hypotheses."""
        b, N, config = self.bernoullis, self.bernoullis.size, self.config
        kappa = plots.clutter + beta
        pairs = associate(
            b.rows(), N, p_detect, looking, plots.z, plots.R, plots.tau, plots.code, kappa,
            self._gate(plots), config.exact_plots, config.trust,
        )  # fmt: skip
        self._tally(len(pairs.col), pairs.loopy)
        contests = self.hypotheses.contests(b, pairs)
        apart = np.ones(N, bool)
        for contest in contests:
            apart[contest.group.rows] = False
        used = absorb(b.rows(), N, plots.z, plots.R, plots.tau, plots.code, pairs, apart)
        for contest in contests:
            self.hypotheses.weigh(contest, b, plots, p_detect, looking, pairs)
        r_new, new = begin(pairs.p_new, beta, kappa, config.unexplained)
        self._start(plots, labels, new, r_new, rate, sensor)
        born = Births(np.full(len(plots.t), -1, np.int64), beta / kappa)
        born.row[new] = np.arange(N, b.size)
        for contest in contests:
            self.hypotheses.settle(contest, b, born, used, plots.code)
        keep_score(b.rows(), used, plots.t, rate, sensor, looking, p_detect)
        return used

    def look_along(
        self,
        h: Array,
        H: Array,
        when: Ints,
        z: Array,
        R: Array,
        t: Ints,
        code: Ints,
        kappa: Array,
        p_detect: Array,
        heard: NDArray[np.bool_],
        *,
        looking: bool,
        sensor: int,
    ) -> Array:
        """Update with one look of a sensor of directions, which start nothing here: kernel.angles.look.

        Returns how probably each report is of nobody known (M,). Joint hypotheses of whom a report may be
        are dropped, and their best multi-Bernoulli goes on.
        """
        b, config = self.bernoullis, self.config
        pairs, _ = look_along(
            b.rows(), b.size, h, H, when, z, R, t, code, kappa, p_detect, heard, looking,
            config.gamma, config.exact_plots, config.trust, sensor,
        )  # fmt: skip
        self._tally(len(pairs.col), pairs.loopy)
        touched = np.diff(pairs.row) > 0
        self.hypotheses.groups = [g for g in self.hypotheses.groups if not touched[g.rows].any()]
        return np.asarray(pairs.p_new)

    def start_at(self, z: Array, R: Array, r: Array, t: int, labels: Ints, code: Ints, seen: Ints) -> None:
        """Bernoullis at places z (C, D), known to R (C, D, D), with existence r (C,) at time t;
        seen (C, sensors)."""
        b, C = self.bernoullis, len(r)
        x, P = self.undetected.started(np.arange(C), z, R, np.zeros(C))
        b.make_room(C)
        b.size = append(
            b.rows(), b.size, labels, np.arange(C), r, self._at_birth, x, P, np.full(C, t), code, 0.0, 0
        )
        b.seen[b.size - C : b.size] = seen

    def _tally(self, gated: int, loopy: int) -> None:
        self.counters["gated_pairs"] += gated
        self.counters["loopy_clusters"] += loopy

    def _gate(self, plots: Plots) -> float:
        return gate_for(self.config.gamma, plots.R.shape[1], self.n // 2)

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

    def _labels(self, plots: Plots) -> Ints:
        if plots.label is not None:
            return plots.label
        first, self.next_label = self.next_label, self.next_label + len(plots.t)
        return np.arange(first, self.next_label)

    def _start(self, plots: Plots, labels: Ints, new: Ints, r_new: Array, rate: float, sensor: int) -> None:
        """A Bernoulli for each of the plots `new`, with existence r_new (M,)."""
        if not len(new):
            return
        b = self.bernoullis
        x, P = self.undetected.started(new, plots.z, plots.at_birth, plots.tau)
        b.make_room(len(new))
        b.size = append(
            b.rows(), b.size, labels, new, r_new, self._at_birth, x, P,
            plots.t, plots.code, rate, sensor,
        )  # fmt: skip

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

    def prune(self, oldest: int = 0) -> None:
        """Forget what is not worth keeping, where nobody else goes by rows: the same as `forget` after
        `worth_keeping`, in one call."""
        b, c = self.bernoullis, self.config
        b.size, keep = pruned(b.store, b.size, c.prune, c.grace, oldest)
        self.hypotheses.forget(keep)
