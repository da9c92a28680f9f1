"""Schemes of shots, one target each, as the columns of a matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, vstack

from vedette.advise.problem import Array, Ints, Problem


@dataclass(frozen=True, slots=True, eq=False)
class Schemes:
    """S schemes: scheme s gives its target the shots count[first[s]:first[s + 1]] of those weapons."""

    target: Ints  # (S,)
    first: Ints  # (S + 1,)
    weapon: Ints
    count: Ints

    def priced(self, prices: Array) -> Array:
        """(S,) what the shots of each cost at prices (T, W)."""
        target = np.repeat(self.target, np.diff(self.first))
        total = np.concatenate([[0.0], np.cumsum(prices[target, self.weapon] * self.count)])
        return np.asarray(total[self.first[1:]] - total[self.first[:-1]])

    def chosen(self, which: Ints) -> Schemes:
        """Only those."""
        keep = np.zeros(len(self.target), bool)
        keep[which] = True
        length = np.diff(self.first)
        entries = np.repeat(keep, length)
        first = np.concatenate([[0], np.cumsum(length[which])])
        return Schemes(self.target[which], first, self.weapon[entries], self.count[entries])


class Columns:
    """The columns of a problem, in the order they were added; `matrix` gives what a programme needs."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._schemes: list[Schemes] = []
        self._cost: list[Array] = []

    def __len__(self) -> int:
        return sum(map(len, self._cost))

    def add(self, schemes: Schemes, cost: Array) -> None:
        """Schemes, and what each costs (S,): what is left of its target, and its shots' own costs."""
        self._schemes.append(schemes)
        self._cost.append(cost)

    def add_assignment(self, x: Ints) -> None:
        """The schemes of an assignment (W, T), one per target."""
        left = self._problem.weight * np.exp(-(self._problem.exponent * x.T).sum(axis=1))
        target, weapon = np.nonzero(x.T)
        first = np.concatenate([[0], np.cumsum((x > 0).sum(axis=0))])
        schemes = Schemes(np.arange(x.shape[1]), first, weapon, x[weapon, target])
        self.add(schemes, left + (self._problem.cost * x).sum(axis=0))

    def matrix(self) -> tuple[Array, csc_array, csc_array, csc_array]:
        """Costs (S,), which target each is of (T, S), its shots (W, S), and what it takes (W + M, S) of what
        is limited: the weapons' shots, and the further limits."""
        cost = np.concatenate(self._cost)
        W, T = self._problem.kill.shape
        S = len(cost)
        of = csc_array((np.ones(S), self._targets(), np.arange(S + 1)), (T, S))
        lengths = np.concatenate([np.diff(schemes.first) for schemes in self._schemes])
        weapon = np.concatenate([schemes.weapon for schemes in self._schemes])
        count = np.concatenate([schemes.count for schemes in self._schemes]).astype(float)
        shots = csc_array((count, weapon, np.concatenate([[0], np.cumsum(lengths)])), (W, S))
        return cost, of, shots, self._limited(shots, np.repeat(self._targets(), lengths))

    def _limited(self, shots: csc_array, target: Ints) -> csc_array:
        """shots and, below them, what each takes of the further limits."""
        p = self._problem
        if not len(p.rounds):
            return shots
        column = np.repeat(np.arange(shots.shape[1]), np.diff(shots.indptr))
        taken = [
            np.where(shots.indices == i, shots.data * k[target], 0.0)
            for i, k in zip(p.of, p.takes, strict=True)
        ]
        limit = np.repeat(np.arange(len(taken)), len(target))
        rows = coo_array(
            (np.concatenate(taken), (limit, np.tile(column, len(taken)))), (len(taken), shots.shape[1])
        )
        return csc_array(vstack([shots, rows], format="csc"))

    def _targets(self) -> Ints:
        return np.concatenate([schemes.target for schemes in self._schemes])

    def assignment(self, picked: Ints) -> Ints:
        """(W, T) the shots of these columns, one per target."""
        _, _, shots, _ = self.matrix()
        x = np.zeros(self._problem.kill.shape, np.int64)
        x[:, self._targets()[picked]] = np.round(shots[:, picked].toarray()).astype(np.int64)
        return x
