"""Vo12 for trackers that do not know the birth places: ours and Stone Soup's on the same plots.

All are told P_D, the clutter density, σ, the process noise (an acceleration of 5 m/s², constant over each
second) and how fast targets may be at birth (10 m/s per axis). Ours is told how many births to expect too;
Stone Soup's count hits and misses, with the best rule found on these very plots (`RULES`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D
from stonesoup.models.transition.linear import LinearGaussianTimeInvariantTransitionModel

from vedette.kernel.gospa import ospa
from vedette.scenario.reference import vo12
from vedette.scenario.traffic import Traffic
from vedette.study.oracles import mean_ospa, vo12_uniform_setting
from vedette.study.side_by_side.rule import Rule
from vedette.study.side_by_side.stone_soup import KDTreeEHM2, build

C = 100.0  # m, OSPA's cut-off; p = 1, as published
SEEDS = range(1, 6)

# A square of 2 km with 30 false plots a scan, as Traffic says it; (0² + 0·s + s²)/6 = 10² for the speeds.
TOLD = Traffic(
    targets=12, density=3.0, false_per_target=2.5, p_detect=0.98, sigma=10.0, slowest=0.0,
    fastest=math.sqrt(600.0), seed=0,
)  # fmt: skip
RULES: Mapping[str, Sequence[Rule]] = MappingProxyType(
    dict.fromkeys(
        ("stonesoup-kdgnn", "stonesoup-kdehm2"),
        [Rule(hits, 2, distance) for hits in (3, 4, 5) for distance in (2.0, 2.5, 3.0)]
        + [Rule(3, 1, 2.5), Rule(3, 1, 3.0), Rule(4, 1, 2.5), Rule(4, 3, 2.5)],
    )
)


def motion() -> LinearGaussianTimeInvariantTransitionModel:
    """F and Q of one second for states [x, vx, y, vy]: acceleration N(0, 5²) constant over it."""
    F, G = np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([[0.5], [1.0]])
    return LinearGaussianTimeInvariantTransitionModel(
        transition_matrix=np.kron(np.eye(2), F), covariance_matrix=np.kron(np.eye(2), 25.0 * G @ G.T)
    )


def theirs(name: str, rule: Rule, seeds: Sequence[int] = SEEDS) -> float:
    """Mean OSPA (m) over seeds and steps of "stonesoup-kdgnn" or "stonesoup-kdehm2"."""
    probabilistic = name == "stonesoup-kdehm2"
    associator = KDTreeEHM2 if probabilistic else DetectionKDTreeGNN2D
    found = []
    for seed in seeds:
        plane = vo12(seed)
        one = build(TOLD, associator, probabilistic=probabilistic, tree=True, rule=rule, motion=motion())
        for k, z in enumerate(plane.scans):
            one.step(one.prepare(k, z))
            found.append(ospa(plane.alive(k), one.positions(), c=C, p=1).distance)
    return float(np.mean(found))


def ours(seeds: Sequence[int] = SEEDS) -> float:
    """The same of the Poisson multi-Bernoulli filter with births anywhere."""
    return mean_ospa((vo12(seed) for seed in seeds), vo12_uniform_setting(), C)
