"""What an engineer writes in an afternoon with filterpy and scipy: nearest neighbours in two stages.

The honest rival in Python: no framework, one filterpy call per track, scipy for trees and assignment. The
logic is that of the Stone Soup trackers: confirmed tracks choose first, hits confirm, misses drop.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from filterpy.kalman import predict, update
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from vedette.scenario.traffic import Traffic
from vedette.study.side_by_side.rule import Rule, best_rule
from vedette.types import Array


@dataclass(slots=True)
class Track:
    """State [p, v] and how often it was hit, and missed in a row."""

    x: Array
    P: Array
    hits: int = 1
    misses: int = 0


@dataclass(slots=True)
class Recipe:
    """The whole tracker."""

    traffic: Traffic
    rule: Rule
    tracks: list[Track] = field(default_factory=list)

    def prepare(self, k: int, plots: Array) -> Array:
        return plots

    def step(self, scan: Array) -> None:
        D, T, q = self.traffic.dims, self.traffic.period, self.traffic.q
        one, none = np.eye(D), np.zeros((D, D))
        F = np.block([[one, T * one], [none, one]])
        Q = q * np.block([[T**3 / 3 * one, T**2 / 2 * one], [T**2 / 2 * one, T * one]])
        for track in self.tracks:
            track.x, track.P = predict(track.x, track.P, F, Q)
        free = np.ones(len(scan), bool)
        for confirmed in (True, False):
            self._assign([t for t in self.tracks if (t.hits >= self.rule.hits) is confirmed], scan, free)
        self.tracks = [track for track in self.tracks if track.misses < self.rule.misses]
        P0 = np.diag([self.traffic.sigma**2] * D + [s * s for s in self.traffic.speed_sigma])
        self.tracks += [Track(np.concatenate([z, np.zeros(D)]), P0.copy()) for z in scan[free]]

    def _assign(self, tracks: list[Track], scan: Array, free: NDArray[np.bool_]) -> None:
        """Give each track at most one free plot, the sum of distances least, and update it."""
        left, D = np.flatnonzero(free), self.traffic.dims
        if not tracks or not len(left):
            for track in tracks:
                track.misses += 1
            return
        H, R = np.eye(D, 2 * D), self.traffic.sigma**2 * np.eye(D)
        x, S = np.array([t.x[:D] for t in tracks]), np.array([t.P[:D, :D] for t in tracks]) + R
        gate = self.rule.distance
        reach = gate * np.sqrt(S.diagonal(axis1=1, axis2=2).max(axis=1))
        near = cKDTree(scan[left]).query_ball_point(x, reach)
        i = np.repeat(np.arange(len(tracks)), [len(some) for some in near])
        j = np.concatenate(near).astype(int)
        nu = scan[left[j]] - x[i]
        d = np.sqrt(np.einsum("ea,eab,eb->e", nu, np.linalg.inv(S)[i], nu))
        cost = np.full((len(tracks), len(left) + len(tracks)), 1e6)
        cost[i[d < gate], j[d < gate]] = d[d < gate]
        cost[np.arange(len(tracks)), len(left) + np.arange(len(tracks))] = gate  # missed
        for track, k in zip(tracks, linear_sum_assignment(cost)[1], strict=True):
            if k >= len(left):
                track.misses += 1
                continue
            track.x, track.P = update(track.x, track.P, scan[left[k]], R, H)
            track.hits, track.misses, free[left[k]] = track.hits + 1, 0, False

    def positions(self) -> Array:
        D = self.traffic.dims
        return np.array([t.x[:D] for t in self.tracks if t.hits >= self.rule.hits]).reshape(-1, D)


def recipe(traffic: Traffic) -> Recipe:
    return Recipe(traffic, best_rule(traffic))
