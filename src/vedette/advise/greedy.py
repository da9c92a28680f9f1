"""A good assignment at once: the shot that saves most first, then exchanges while they help."""

from __future__ import annotations

import numpy as np

from vedette.advise.problem import Ints, Problem
from vedette.kernel.shots import improve, marginal_return


def greedy(problem: Problem, start: Ints | None = None) -> Ints:
    """(W, T) shots: maximum marginal return (den Broeder, Ellison and Emerling 1959), improved locally.

    start  shots that are given; those beyond what the limits leave are dropped
    """
    x = np.zeros(problem.kill.shape, np.int64) if start is None else start.copy()
    given = (problem.weight, problem.exponent, problem.cost.T.copy(), problem.most, problem.shots, x)
    marginal_return(*given)
    improve(*given)
    return within_rounds(problem, x)


def within_rounds(problem: Problem, x: Ints) -> Ints:
    """x without the shots that the further limits do not allow, those that save least first."""
    while (over := problem.taken(x) > problem.rounds).any():
        left = problem.weight * np.exp(-(problem.exponent * x.T).sum(axis=1))
        lost = left[None, :] * np.expm1(problem.exponent.T) - problem.cost  # by taking one away
        m = int(np.argmax(over))
        i = problem.of[m]
        mine = (x[i] > 0) & (problem.takes[m] > 0)
        x[i, np.argmin(np.where(mine, lost[i], np.inf))] -= 1
    return x
