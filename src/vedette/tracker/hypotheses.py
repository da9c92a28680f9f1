"""Accuracy mode: where believed targets compete for the same plots, every way of telling them apart.

A Bernoulli per target is the average over who may have been who. That average is good while targets are apart
and poor while they are not: two that meet and part are both drawn half-way between (coalescence). So while at
least two believed targets compete for a plot, their cluster is held as a Poisson multi-Bernoulli mixture: the
best joint hypotheses, each with its own densities (kernel.hypotheses). What everybody else sees of it is the
multi-Bernoulli that fits the hypotheses best (kernel.variational); when that has told the whole story for a
few looks in a row, the hypotheses are dropped. Entering and leaving follow from the data alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.kernel.hypotheses import descend, gains, moments
from vedette.kernel.imm import mix
from vedette.kernel.motion import predict
from vedette.kernel.pmb import SURE, Pairs, survive
from vedette.kernel.ranking import MISS, rank
from vedette.kernel.variational import project
from vedette.tracker.bernoulli import Bernoullis
from vedette.tracker.group import Densities, Group
from vedette.tracker.plots import Plots, gate_for
from vedette.types import Array

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BELIEVED = 0.5  # existence above which two targets competing for a plot are worth hypotheses …
CONTESTED = 0.05  # … if each has it with at least this probability
WEAK = 0.01  # existence below which a Bernoulli of the cluster stays outside
SETTLED = 0.05  # nats that dropping the hypotheses may cost …
CALM = 3  # … in so many looks in a row, until they are dropped
SLOTS = 12  # a cluster of more Bernoullis is left to the marginals
LEAST = math.log(1e4)  # hypotheses so much less likely than the best are not kept
ROUNDS = 10  # of the projection, which mostly needs two


@dataclass(slots=True)
class Contest:
    """One cluster in one look: its hypotheses, the plots (J,) in its gates, and what each hypothesis, once
    ranked, makes of every slot: choice (H, N), a place among `plots` or −1."""

    group: Group
    plots: Ints
    choice: Ints = field(default_factory=lambda: np.zeros((0, 0), np.int64))


class Births(NamedTuple):
    """What each plot (M,) of a look began: the row of its Bernoulli or −1, and the existence it has wherever
    nobody else has the plot, β/κ."""

    row: Ints
    existence: Array


@dataclass(slots=True)
class Hypotheses:
    """The clusters that are held as mixtures, at most `most` joint hypotheses each."""

    most: int
    trust: float
    gamma: float
    counters: Counter[str]
    groups: list[Group] = field(default_factory=list)

    def predict(self, b: Bernoullis, steps: Array, switch: Array, survival: float, dt: float) -> None:
        """All hypotheses forward by dt seconds, as the Bernoullis themselves."""
        for group in self.groups:
            at, (H, N, K, n) = group.at, group.at.x.shape
            x, P = at.x.reshape(H * N, K, n), at.P.reshape(H * N, K, n, n)
            if K > 1:
                mix(at.mu.reshape(H * N, K), x, P, switch)
            predict(x, P, steps)
            survive(at.r.reshape(H * N), np.tile(b.rate[group.rows], H), survival, dt)

    def densities(self) -> Iterator[tuple[tuple[Array, Array], Ints]]:
        """Of every group: x (H N, K, n) and P (H N, K, n, n), to be changed in place, and the row of each."""
        for group in self.groups:
            H, N, K, n = group.at.x.shape
            flat = group.at.x.reshape(H * N, K, n), group.at.P.reshape(H * N, K, n, n)
            yield flat, np.tile(group.rows, H)

    # ------------------------------------------------------------- one look

    def contests(self, b: Bernoullis, pairs: Pairs) -> list[Contest]:
        """The clusters to be weighed jointly in this look: those held already, with all that now competes
        with them, and those in which believed targets have begun to compete."""
        cluster = self._cluster_of(pairs, b.size)
        bundles = self._joined(cluster)
        held = set().union(*(labels for labels, _ in bundles)) if bundles else set()
        bundles += [({label}, []) for label in self._contested(b, pairs, cluster) if label not in held]
        self.groups = []
        found = []
        for labels, groups in bundles:
            group = self._gathered(b, cluster, labels, groups)
            if group is None:
                self.counters["clusters_too_large"] += 1
            else:
                found.append(Contest(group, self._plots_of(group, pairs)))
        return found

    def _cluster_of(self, pairs: Pairs, N: int) -> Ints:
        """(N,) label of each Bernoulli's cluster, −1 without any plot."""
        label = np.full(N, -1, np.int64)
        label[pairs.members] = np.repeat(np.arange(len(pairs.start) - 1), np.diff(pairs.start))
        return label

    def _joined(self, cluster: Ints) -> list[tuple[set[int], list[Group]]]:
        """Groups with the clusters they touch; those that touch the same cluster together."""
        bundles: list[tuple[set[int], list[Group]]] = []
        for group in self.groups:
            labels, groups = set(cluster[group.rows].tolist()) - {-1}, [group]
            apart = []
            for other in bundles:
                if labels & other[0]:
                    labels, groups = labels | other[0], other[1] + groups
                else:
                    apart.append(other)
            bundles = [*apart, (labels, groups)]
        return bundles

    def _contested(self, b: Bernoullis, pairs: Pairs, cluster: Ints) -> list[int]:
        """Labels, ascending, of clusters in which two believed targets may well have the same plot."""
        who = np.repeat(np.arange(b.size), np.diff(pairs.row))
        strong = (b.r[who] > BELIEVED) & (pairs.p > CONTESTED)
        rivals = np.bincount(pairs.col[strong], minlength=len(pairs.kappa)) > 1
        labels: list[int] = np.unique(cluster[who[strong & rivals[pairs.col]]]).tolist()
        return labels

    def _gathered(self, b: Bernoullis, cluster: Ints, labels: set[int], groups: list[Group]) -> Group | None:
        """One group of all that competes; None when that is too much to be weighed jointly."""
        held = np.zeros(b.size, bool)
        for group in groups:
            held[group.rows] = True
        more = np.flatnonzero(np.isin(cluster, sorted(labels)) & ~held & (b.r[: b.size] >= WEAK))
        if len(more) + held.sum() > SLOTS:
            return None
        whole, *others = ([Group.of(b, more)] if len(more) else []) + groups
        for group in others:
            whole = whole.times(group, self.most)
        return whole

    def _plots_of(self, group: Group, pairs: Pairs) -> Ints:
        """Plots, ascending, in the gates of the group's Bernoullis."""
        gates = [pairs.col[pairs.row[i] : pairs.row[i + 1]] for i in group.rows]
        return np.unique(np.concatenate(gates))

    def weigh(
        self, contest: Contest, b: Bernoullis, plots: Plots, p_detect: Array, looking: bool, pairs: Pairs
    ) -> None:
        """The best hypotheses after the look, and how probably each plot is nobody's."""
        group, js = contest.group, contest.plots
        z, R, tau = plots.z[js], plots.R[js], plots.tau[js]
        p, names = p_detect[group.rows], self._names(b.code[group.rows], plots.code[js])
        gamma = gate_for(self.gamma, R.shape[1], group.at.x.shape[3] // 2)
        gain, base, share = gains(group.w, *group.at, p, looking, z, R, tau, pairs.kappa[js], names, gamma)
        parent, contest.choice, value = rank(gain, base, self.most, LEAST)
        group.at = Densities(*descend(parent, contest.choice, *group.at, p, looking, z, R, tau, share))
        group.w = np.exp(value - value[0])
        group.w /= group.w.sum()
        outside = self._claims_of_others(group, pairs)
        for k, j in enumerate(js):
            taken = float(group.w @ (contest.choice == k).any(axis=1))
            pairs.p_new[j] = max(1.0 - taken - outside[j], 0.0)

    def _claims_of_others(self, group: Group, pairs: Pairs) -> Array:
        """(M,) how probably each plot is that of a Bernoulli too weak to be in the group."""
        others = np.ones(len(pairs.row) - 1, bool)
        others[group.rows] = False
        edges = np.repeat(others, np.diff(pairs.row))
        return np.asarray(np.bincount(pairs.col[edges], pairs.p[edges], len(pairs.kappa)), float)

    def _names(self, mine: Ints, theirs: Ints) -> Array:
        """(N, J) log likelihood ratio of names that agree or differ, 0 where one is unknown."""
        known = (mine[:, None] >= 0) & (theirs[None] >= 0)
        sign = np.where(mine[:, None] == theirs[None], 1.0, -1.0)
        return np.where(known, sign * math.log(self.trust), 0.0)

    def settle(self, contest: Contest, b: Bernoullis, born: Births, used: Ints, plot_code: Ints) -> None:
        """Take in the targets that the look may have begun, and show everybody the best multi-Bernoulli."""
        group, js = contest.group, contest.plots
        self._take_in(contest, b, born)
        order, loss = project(group.w, *group.at, ROUNDS)
        group.tell_apart(order)
        choice = np.take_along_axis(contest.choice, order, axis=1)
        for i, row in enumerate(group.rows):
            hit = np.bincount(choice[:, i] + 1, weights=group.w, minlength=len(js) + 1)[1:]
            if hit.sum() > 0.5 and row < len(used):
                best = int(hit.argmax())
                used[row] = js[best]
                if hit[best] > 0.5 and plot_code[js[best]] >= 0:
                    b.code[row] = plot_code[js[best]]
        r, mu, x, P = moments(group.w, *group.at)
        b.r[group.rows], b.mu[group.rows], b.x[group.rows], b.P[group.rows] = np.minimum(r, SURE), mu, x, P
        group.calm = group.calm + 1 if loss < SETTLED else 0
        if group.calm < CALM:
            self.groups.append(group)

    def _take_in(self, contest: Contest, b: Bernoullis, born: Births) -> None:
        """A slot for every target that one of the plots began, in hypotheses that leave the plot free."""
        group = contest.group
        k = np.flatnonzero((born.row[contest.plots] >= 0) & (b.r[born.row[contest.plots]] >= WEAK))
        j = contest.plots[k]
        free = ~(contest.choice[:, :, None] == k).any(axis=1)
        group.join(b, born.row[j], np.where(free, born.existence[j], 0.0))
        none = np.full((len(group.w), len(k)), MISS, np.int64)
        contest.choice = np.concatenate([contest.choice, none], axis=1)

    # ----------------------------------------------------------- life cycle

    def forget(self, keep: Bools) -> None:
        """Rows not to keep (N,) leave; the others move up."""
        if not self.groups:
            return
        place = np.cumsum(keep) - 1
        left = [group.only(keep[group.rows], place[group.rows[keep[group.rows]]]) for group in self.groups]
        self.groups = [group for group in left if len(group) > 1]

    def save(self) -> tuple[Group, ...]:
        return tuple(group.copy() for group in self.groups)

    def restore(self, saved: tuple[Group, ...]) -> None:
        self.groups = [group.copy() for group in saved]
