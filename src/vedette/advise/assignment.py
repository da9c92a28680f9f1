"""The best assignment, with proof: columns priced exactly, then all columns that could matter.

Price-and-branch. A column is one target's scheme of shots. The linear programme over columns is solved by
column generation, its prices smoothed towards the best so far (Wentges, Int. Trans. Opl Res. 4, 1997). That
gives a bound; the best assignment of the columns at hand gives an answer. Only columns whose reduced cost
does not exceed the gap between the two can be part of a better answer (Lu and Chen, Omega 103, 2021). All of
them are listed, and the integer programme over them is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from vedette.advise.columns import Columns, Schemes
from vedette.advise.greedy import greedy
from vedette.advise.problem import Array, Assignment, Problem
from vedette.kernel.schemes import price, within

TOLERANCE = 1e-9  # of the objective: a smaller gap is none
ROUNDS = 300  # of column generation
PATIENCE = 8  # rounds without better prices or a cheaper programme, after which it goes on no longer
NODES = 20_000  # of one target's search; beyond them its bound is that of divided shots
MOST_COLUMNS = 400_000  # to list; more would not be chosen among in reasonable time
SMOOTHING = 0.7  # part of the best prices so far
REDUCED = 1e-7  # of the mean cost per target: HiGHS's own tolerance; less negative is not negative

Left = Callable[[], float]


def forever() -> float:
    """No end of time."""
    return math.inf


def assign(problem: Problem, *, left: Left = forever, most_columns: int = MOST_COLUMNS) -> Assignment:
    """The best assignment, or the best that was found in the time there was; its gap says which.

    left          s that may still be spent, asked between steps; the same without a limit is deterministic
    most_columns  that may be listed for the proof
    """
    x = greedy(problem)
    found = Assignment(shots=x, objective=problem.value(x), bound=0.0, method="greedy")
    if not len(problem.weight) or not problem.most.any():
        return replace(found, bound=found.objective)
    search = _Search(problem, found, left)
    search.price()
    if not search.proven:  # in a small raid the simple rule is mostly best already
        search.choose("columns")
        search.prove(most_columns)
    return search.best


class _Search:
    """One problem being solved: `best` is the answer so far, with its bound."""

    def __init__(self, problem: Problem, best: Assignment, left: Left) -> None:
        self.problem, self.best, self.left = problem, best, left
        self.w, self.a, self.u = problem.weight, problem.exponent, problem.most.T.copy()
        self.g = problem.cost.T.copy()
        self.limits = np.concatenate([problem.shots, problem.rounds]).astype(float)
        self.columns = Columns(problem)
        self.columns.add_assignment(best.shots)
        self.columns.add_assignment(np.zeros_like(best.shots))
        self.prices = self._first_prices()

    @property
    def proven(self) -> bool:
        """Nothing can be better than the answer there is."""
        return self._meets(self.best.bound)

    def _meets(self, bound: float) -> bool:
        return self.best.objective - bound <= TOLERANCE * self.best.objective

    def _first_prices(self) -> Array:
        """What one more shot of each weapon would save in the assignment there is; all else is free yet."""
        x = self.best.shots.T
        alive = self.w * np.exp(-(self.a * x).sum(axis=1))
        saved = np.where(self.u > x, -alive[:, None] * np.expm1(-self.a) - self.g, 0.0)
        return np.concatenate([np.maximum(saved.max(axis=0), 0.0), np.zeros(len(self.problem.rounds))])

    def _of_shots(self, prices: Array) -> Array:
        """(T, W) what a shot costs at the prices (W + M,) of what is limited."""
        p, W = self.problem, len(self.problem.shots)
        each = np.broadcast_to(prices[:W], self.a.shape)
        if not len(p.rounds):
            return each
        further = np.zeros(self.a.shape)
        np.add.at(further.T, p.of, p.takes * prices[W:, None])
        return each + further

    # --------------------------------------------------------------- column generation

    def price(self) -> None:
        """Add the columns that the linear programme misses, until it misses none; raise the bound."""
        bound, waited, cheapest = self._without_rivals(), 0, math.inf
        for round_ in range(ROUNDS):
            if self.left() <= 0.0 or waited > PATIENCE or self._meets(bound):
                break
            cost, outer, theta = self._programme()
            tried = self.prices if round_ == 0 else SMOOTHING * self.prices + (1.0 - SMOOTHING) * outer
            better, added = self._generate((tried, outer), outer, theta, bound)
            waited = 0 if better > bound or cost < cheapest * (1.0 - TOLERANCE) else waited + 1
            bound, cheapest = max(bound, better), min(cheapest, cost)
            if not added or cost - bound <= TOLERANCE * abs(cost):
                break
        self.best = replace(self.best, bound=min(max(bound, 0.0), self.best.objective))

    def _without_rivals(self) -> float:
        """The bound that every target could have its best shots: no programme is needed where all do."""
        _, least, _, _ = self._cheapest(np.zeros(len(self.limits)))
        return float(least.sum())

    def _programme(self) -> tuple[float, Array, Array]:
        """The linear programme over the columns: its cost, and the prices of what is limited (W + M,) and of
        the targets (T,)."""
        cost, of, _, taken = self.columns.matrix()
        every = np.ones(len(self.w))
        found = linprog(cost, A_eq=of, b_eq=every, A_ub=taken, b_ub=self.limits, method="highs")
        return float(found.fun), np.maximum(-found.ineqlin.marginals, 0.0), found.eqlin.marginals

    def _generate(
        self, tries: tuple[Array, Array], outer: Array, theta: Array, bound: float
    ) -> tuple[float, bool]:
        """Price at the smoothed prices, and if that brings no column, at the programme's own."""
        enough = -REDUCED * max(float(np.abs(theta).mean()), 1e-12)
        for prices in tries:
            cost, least, own, schemes = self._cheapest(prices)
            lower = float(least.sum() - prices @ self.limits)
            if lower > bound:
                bound, self.prices = lower, prices
            reduced = cost + schemes.priced(self._of_shots(outer - prices)) - theta
            missing = np.flatnonzero(reduced < enough)
            if len(missing):
                self.columns.add(schemes.chosen(missing), own[missing])
                return bound, True
        return bound, False

    def _cheapest(self, prices: Array) -> tuple[Array, Array, Array, Schemes]:
        """Per target the cheapest scheme at the prices: cost, least possible cost, cost without prices."""
        each = self._of_shots(prices)
        free = np.zeros(len(self.problem.shots))
        cost, least, _, *scheme = price(self.w, self.a, self.g + each, free, self.u, NODES)
        schemes = Schemes(np.arange(len(self.w)), *scheme)
        return cost, least, cost - schemes.priced(each), schemes

    # ------------------------------------------------------------------ whole answers

    def choose(self, method: str) -> Any:
        """The best assignment of the columns there are; what HiGHS says, None when there was no time."""
        left = self.left()
        if left <= 0.0:
            return None
        cost, of, _, taken = self.columns.matrix()
        limits = [LinearConstraint(of, 1.0, 1.0), LinearConstraint(taken, -np.inf, self.limits)]
        options = {"mip_rel_gap": 0.0, **({} if left == math.inf else {"time_limit": left})}
        whole = np.ones(len(cost))
        found = milp(cost, constraints=limits, integrality=whole, bounds=Bounds(0, 1), options=options)
        if found.x is not None:
            x = self.columns.assignment(np.flatnonzero(found.x > 0.5))
            value = self.problem.value(x)
            if value < self.best.objective and self.problem.allows(x):
                self.best = replace(self.best, shots=x, objective=value, method=method)
        return found

    def prove(self, most: int) -> None:
        """List every column that could be part of something better, and choose among them."""
        if self.proven or self.left() <= 0.0:
            return
        gap = self.best.objective - self.best.bound
        _, least, _, _ = self._cheapest(self.prices)
        limit = least + gap * (1.0 + 1e-9) + 1e-12
        each = self._of_shots(self.prices)
        free = np.zeros(len(self.problem.shots))
        every, target, at, *scheme = within(self.w, self.a, self.g + each, free, self.u, limit, most)
        if not every:
            return
        schemes = Schemes(target, *scheme)
        self.columns = Columns(self.problem)
        self.columns.add(schemes, at - schemes.priced(each))
        found = self.choose("all columns")
        if found is not None and found.mip_dual_bound is not None:
            bound = max(self.best.bound, min(found.mip_dual_bound, self.best.objective))
            self.best = replace(self.best, bound=bound)
