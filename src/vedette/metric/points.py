"""GOSPA and OSPA of every step: how far the picture is from the truth, whoever is whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.kernel.gospa import gospa, ospa
from vedette.metric.paths import TrackPaths, TruthPaths


@dataclass(frozen=True, kw_only=True)
class GospaMetric:
    """GOSPA, α = 2 (Rahmathullah, García-Fernández & Svensson, FUSION 2017), over all steps.

    c cut-off in m, p order; rho ½ is GOSPA, less weighs misses more than false tracks (q-metric,
    García-Fernández et al. 2026). Each figure is (mean over steps of its p-th power)^(1/p): the powers of the
    parts add up to the power of `gospa_m`, the figures do not.
    """

    perfect: ClassVar[Mapping[str, float]] = {
        "gospa_m": 0.0, "localisation_m": 0.0, "missed_m": 0.0, "false_m": 0.0,
    }  # fmt: skip
    missed: ClassVar[str] = "gospa_m"
    false: ClassVar[str] = "gospa_m"

    c: float = 50.0
    p: float = 2.0
    rho: float = 0.5

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        parts = [
            (g.localisation, g.missed, g.false)
            for X, Y in _positions(truth, tracks)
            for g in (gospa(X, Y, c=self.c, p=self.p, rho=self.rho),)
        ]
        mean = np.mean(parts, axis=0) if parts else np.zeros(3)
        powers = (mean.sum(), *mean)
        return {name: float(v ** (1.0 / self.p)) for name, v in zip(self.perfect, powers, strict=True)}


@dataclass(frozen=True, kw_only=True)
class OspaMetric:
    """OSPA (Schuhmacher, Vo & Vo, IEEE T-SP 56(8), 2008), the mean over steps.

    For comparison with the literature only: the best OSPA report can be one that no target is near to
    (García-Fernández & Svensson, arXiv 1908.08815). GOSPA is the figure to look at.
    """

    perfect: ClassVar[Mapping[str, float]] = {"ospa_m": 0.0, "localisation_m": 0.0, "cardinality_m": 0.0}
    missed: ClassVar[str] = "ospa_m"
    false: ClassVar[str] = "ospa_m"

    c: float = 100.0
    p: float = 1.0

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        parts = [
            (o.distance, o.localisation, o.cardinality)
            for X, Y in _positions(truth, tracks)
            for o in (ospa(X, Y, c=self.c, p=self.p),)
        ]
        mean = np.mean(parts, axis=0) if parts else np.zeros(3)
        return {name: float(v) for name, v in zip(self.perfect, mean, strict=True)}


def _positions(truth: TruthPaths, tracks: TrackPaths) -> list[tuple[np.ndarray, np.ndarray]]:
    """Positions (N, 3) and (M, 3) of each step."""
    a, b = truth.start, tracks.start
    return [(truth.x[a[k] : a[k + 1], :3], tracks.x[b[k] : b[k + 1], :3]) for k in range(len(truth.t))]
