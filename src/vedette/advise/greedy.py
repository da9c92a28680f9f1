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
    return x
