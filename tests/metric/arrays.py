"""Scenes as the arrays that the metrics take."""

from __future__ import annotations

import numpy as np

from tests.metric.scenes import C, Scene, published, scene
from vedette.metric import TrackPaths, TruthPaths, track_paths, truth_paths

NS = 1_000_000_000


def rows(Z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(step, who, x) of everything that is there."""
    who, step = np.nonzero(np.isfinite(Z[..., 0]))
    return step, who, Z[who, step]


def paths(s: Scene) -> tuple[TruthPaths, TrackPaths]:
    t = np.arange(s.K) * NS
    names = [[str(n) for n in range(len(Z))] for Z in (s.X, s.Y)]
    return truth_paths(t, *rows(s.X), ids=names[0]), track_paths(t, *rows(s.Y), ids=names[1])


def case(name: str, *, gaps: bool = True) -> tuple[TruthPaths, TrackPaths, float]:
    """The truth, tracks and cut-off of a case of peers.json."""
    if name.startswith("seed"):
        return *paths(scene(int(name.removeprefix("seed ")), gaps=gaps)), C
    return *paths(published()[name]), 10.0
