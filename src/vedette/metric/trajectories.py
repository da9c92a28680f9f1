"""T-GOSPA and OSPA(2): distances between sets of trajectories, so that swapped names cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.kernel.assign import assign
from vedette.kernel.tgospa import tgospa
from vedette.metric.pairs import Pairs, close_pairs
from vedette.metric.paths import Bools, Floats, Ints, Paths, TrackPaths, TruthPaths


@dataclass(frozen=True, kw_only=True)
class TGospaMetric:
    """T-GOSPA (García-Fernández, Rahmathullah & Svensson, IEEE T-SP 68, 2020), α = 2, linear programme.

    c, gamma in m; p order. The base distance is Euclidean whatever p (the authors' Python takes the p-norm,
    GOSPA.m the Euclidean one). `tgospa_m` is the published distance over the run divided by K^(1/p), so that
    runs of different length compare, and equals GOSPA where nothing switches; so are its four parts, each the
    p-th root. Long runs are cut as vedette.kernel.tgospa says, into windows of `window_s` with `overlap_s`.
    """

    perfect: ClassVar[Mapping[str, float]] = {
        "tgospa_m": 0.0, "localisation_m": 0.0, "missed_m": 0.0, "false_m": 0.0, "switch_m": 0.0,
    }  # fmt: skip
    missed: ClassVar[str] = "tgospa_m"
    false: ClassVar[str] = "tgospa_m"

    c: float = 50.0
    p: float = 2.0
    gamma: float = 25.0
    window_s: float = 60.0
    overlap_s: float = 20.0

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        pairs, K = close_pairs(truth, tracks, self.c), len(truth.t)
        pace = float(np.median(np.diff(truth.seconds))) if K > 1 else 1.0
        window, overlap = (max(int(v / pace), 1) for v in (self.window_s, self.overlap_s))
        found = tgospa(
            pairs.step, pairs.i, pairs.j, pairs.d, (len(truth.who), len(tracks.who)),
            c=self.c, p=self.p, gamma=self.gamma, window=window, overlap=overlap,
        )  # fmt: skip
        powers = (found.distance**self.p, found.localisation, found.missed, found.false, found.switch)
        each = [float((max(v, 0.0) / max(K, 1)) ** (1.0 / self.p)) for v in powers]
        return dict(zip(self.perfect, each, strict=True))


@dataclass(frozen=True, kw_only=True)
class Ospa2Metric:
    """OSPA(2) (Beard, Vo & Vo, A solution for large-scale multi-object tracking, IEEE T-SP 68, 2020).

    The OSPA distance of order p between the sets of tracks of a window, where the distance of two tracks is
    the mean of min(d, c), or c where one is absent, over the steps at which either exists. The window is the
    last `window` steps; the figure is the mean over steps. For comparison with the literature, as OSPA.
    """

    perfect: ClassVar[Mapping[str, float]] = {"ospa2_m": 0.0}
    missed: ClassVar[str] = "ospa2_m"
    false: ClassVar[str] = "ospa2_m"

    c: float = 100.0
    p: float = 1.0
    window: int = 10

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        each = ospa2(truth, tracks, close_pairs(truth, tracks, self.c), self.c, self.p, self.window)
        return {"ospa2_m": float(each.mean()) if len(each) else 0.0}


def ospa2(truth: Paths, tracks: Paths, pairs: Pairs, c: float, p: float, window: int) -> Floats:
    """OSPA(2) of every step (K,), over the window that ends there; shorter windows at the start."""
    K = len(truth.t)
    X, Y = presence(truth), presence(tracks)
    code, which = np.unique(pairs.i * max(len(tracks.ids), 1) + pairs.j, return_inverse=True)
    i, j = code // max(len(tracks.ids), 1), code % max(len(tracks.ids), 1)
    saved = np.zeros((len(code), K))
    saved[which, pairs.step] = c - pairs.d
    # Σ over the window of (c − d), and of the steps at which either exists, give c − mean(min(d, c)).
    saving = in_window(saved, window) / np.maximum(in_window((X[i] | Y[j]).astype(float), window), 1.0)
    n, m = in_window(X.astype(float), window) > 0.5, in_window(Y.astype(float), window) > 0.5
    return np.array([_ospa_of(i, j, saving[:, k], n[:, k], m[:, k], c, p) for k in range(K)])


def _ospa_of(i: Ints, j: Ints, saving: Floats, n: Bools, m: Bools, c: float, p: float) -> float:
    """OSPA between tracks alive in one window, from what each close pair saves against c."""
    larger = max(int(n.sum()), int(m.sum()))
    if larger == 0:
        return 0.0
    gain = c**p - (c - saving) ** p
    best = assign(i, j, gain, len(n), len(m))
    return float((max(larger * c**p - gain[best].sum(), 0.0) / larger) ** (1.0 / p))


def presence(paths: Paths) -> Bools:
    """(N, K) whether each object is there at each step."""
    there = np.zeros((len(paths.ids), len(paths.t)), bool)
    there[paths.who, paths.step] = True
    return there


def in_window(v: Floats, window: int) -> Floats:
    """(…, K) sums over the `window` steps that end at each step."""
    total = np.cumsum(v, axis=-1)
    total[..., window:] -= np.array(total[..., :-window]) if window < v.shape[-1] else 0.0
    return total
