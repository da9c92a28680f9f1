"""Two tracks on one target, told from two targets that are not resolved: no look ever saw them apart.

To a sensor that merges, one plot is as well of two targets as of one, whatever the look, so that a second
track on one target would live for ever. What counts is whether one look ever showed two. Of every pair that a
sensor may report as one (kernel.resolution) the log-odds of two against one are kept:

    Λ ← Λ₀ + (Λ − Λ₀) e^(−Δt/τ) + log P(look | two) / P(look | one)

the last from kernel.unresolved.told_apart, and in favour of two only where each used a plot of its own: what
else it says for two hangs on P_D alone, and would add up. Where a look that does not take them for a pair
gives each a plot, they are two (`APART`).

Λ begins, for a pair of which each used a plot of its own in one and the same look just before, at what the
filter believes, the lesser of their log-odds of existence. Else it begins at Λ₀ < 0: that a stranger keeps
within a target's resolution cell, with its velocity, and was never seen beside it, is improbable.

A pair that is as near as one target and has used the same plots in a row is one target: with Λ < 0 after
`PATIENCE` of them, because what speaks then may be Λ₀ alone; with Λ < `PROVEN` after `ENOUGH`, because then
looks have spoken (Wald's sequential test). Two radars that contradict each other show only their own track of
each target again and again, and Λ falls by up to three at such a look.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vedette.clock import NS
from vedette.kernel.resolution import Pairs
from vedette.tracker.bernoulli import Bernoullis
from vedette.types import Array

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

STRANGERS = -3.0  # Λ₀
MOST = 20.0  # |Λ|; from there to 0 it takes four minutes
MEMORY = 120.0  # s, τ
APART = 6.0  # what a look says that gives each of two a plot, and does not take them for a pair
PATIENCE = 10  # plots in a row
PROVEN = -6.0  # Λ, two against one: 1 in 400
ENOUGH = 2  # plots in a row: both tracks have come to where both sensors report it
SAME = 16.8  # d² of the difference of two states, 99 % of χ² with 6 degrees of freedom
FORGET = 60 * NS  # ns after which a pair that is near no more is forgotten


@dataclass(slots=True)
class Duplicates:
    """Pairs of rows one < two (Q,), sorted, with Λ (`score`), the number of plots in a row that both used
    (`shared`) and when they were near last (`near`, ns UTC). `t` is the time of the scores."""

    one: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    two: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    score: Array = field(default_factory=lambda: np.empty(0))
    shared: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    near: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    t: int = 0

    def meet(self, near: Pairs | None, b: Bernoullis, t: int, since: Ints) -> None:
        """Before a look at time t: the pairs that it may report as one.

        since (S,): when each sensor's look before began, ns UTC; t where it has none.
        """
        if len(self.one):
            self.score = STRANGERS + (self.score - STRANGERS) * np.exp((self.t - t) / NS / MEMORY)
            self._keep(self.near >= t - FORGET)
        self.t = t
        if near is None:
            return
        known = np.isin(_key(near[0], near[1]), _key(self.one, self.two))
        one, two = near[0][~known], near[1][~known]
        apart = ((b.seen[one] >= since) & (b.seen[two] >= since) & (since < t)).any(axis=1)
        r = np.clip(np.minimum(b.r[one], b.r[two]), 1e-9, 1.0 - 1e-9)
        score = np.where(apart, np.clip(np.log(r / (1.0 - r)), STRANGERS, MOST), STRANGERS)
        self._add(one, two, score)
        self.near[self._at(near)] = t

    def look(self, near: Pairs | None, told: Array, used: Ints) -> None:
        """What the look said: told (·,) of the pairs `near`, and the plot each target used (N,), −1: none."""
        if not len(self.one):
            return
        a, b = used[self.one], used[self.two]
        apart = (a >= 0) & (b >= 0) & (a != b)
        self.shared = np.where(apart, 0, self.shared + ((a >= 0) & (a == b)))
        says = np.where(apart, APART, 0.0)
        if near is not None:
            at = self._at(near)
            says[at] = np.where(apart[at], told, np.minimum(told, 0.0))
        self.score = np.clip(self.score + says, -MOST, MOST)

    def settle(self, b: Bernoullis, mean: Array, cov: Array) -> int:
        """Take those for one that are: the younger's existence is zero from now on, and what it is called and
        was seen by goes to the elder. mean (N, n), cov (N, n, n). Returns how many went."""
        gone: set[int] = set()
        needed = np.where(self.score < PROVEN, ENOUGH, PATIENCE)
        for q in np.flatnonzero((self.score < 0.0) & (self.shared >= needed)):
            i, k = int(self.one[q]), int(self.two[q])
            d, names = mean[i] - mean[k], {int(b.code[i]), int(b.code[k])} - {-1}
            if gone & {i, k} or len(names) > 1 or d @ np.linalg.solve(cov[i] + cov[k], d) > SAME:
                continue
            elder, other = sorted((i, k), key=lambda row: (b.confirmed[row] < 1, b.born[row], b.label[row]))
            for one in (b.r, b.rate, b.updated, b.hits, b.code, b.seen):
                one[elder] = np.maximum(one[elder], one[other])
            b.r[other] = 0.0
            gone.add(other)
        return len(gone)

    def forget(self, keep: Bools | None) -> None:
        """Squeeze out the rows not to keep, as `Pmb.forget` does."""
        if keep is None or not len(self.one):
            return
        row = np.cumsum(keep) - 1
        self._keep(keep[self.one] & keep[self.two])
        self.one, self.two = row[self.one], row[self.two]

    def _at(self, near: Pairs) -> Ints:
        return np.searchsorted(_key(self.one, self.two), _key(near[0], near[1]))

    def _add(self, one: Ints, two: Ints, score: Array) -> None:
        if not len(one):
            return
        one, two = np.concatenate([self.one, one]), np.concatenate([self.two, two])
        room, order = np.zeros(len(one) - len(self.one), np.int64), np.argsort(_key(one, two))
        self.one, self.two = one[order], two[order]
        self.score = np.concatenate([self.score, score])[order]
        self.shared = np.concatenate([self.shared, room])[order]
        self.near = np.concatenate([self.near, room])[order]

    def _keep(self, which: Bools) -> None:
        if not which.all():
            self.one, self.two, self.score = self.one[which], self.two[which], self.score[which]
            self.shared, self.near = self.shared[which], self.near[which]

    def save(self) -> Duplicates:
        """A copy of all that the next look's result depends on."""
        return Duplicates(
            self.one.copy(), self.two.copy(), self.score.copy(), self.shared.copy(), self.near.copy(), self.t
        )

    def restore(self, state: Duplicates) -> None:
        """Be as at `save`; the copy stays good for another time."""
        again = state.save()
        self.one, self.two, self.score = again.one, again.two, again.score
        self.shared, self.near, self.t = again.shared, again.near, again.t


def _key(one: Ints, two: Ints) -> Ints:
    """One number for each pair of rows, that sorts as they do."""
    return np.asarray((one << 32) + two)
