"""Warning time: how long before a target enters the protected volume it was reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.metric.association import associate
from vedette.metric.paths import Bools, Floats, Ints, TrackPaths, TruthPaths
from vedette.metric.protocol import NOTHING

Volume = Callable[[Floats], Bools]  # (R, 3) positions → (R,) inside


@dataclass(frozen=True)
class Ball:
    """A volume within `radius` m of `centre`, in the site's frame."""

    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
    radius: float = 1000.0

    def __call__(self, position: Floats) -> Bools:
        return np.asarray(np.linalg.norm(position - np.array(self.centre), axis=-1) < self.radius)


@dataclass(frozen=True, kw_only=True)
class WarningMetric:
    """Time from the first report that follows an intruder to its entry: median and 10 % quantile.

    An intruder is a target of a class in `threats` (of any, if that is empty) that was outside `inside` and
    then enters it. `classed` is the same from the first report with P(threat) ≥ `sure` on; with no threats
    named, P of the target's own class. A report after entry, or none, is a warning of 0 s.

    warned         share of intruders that were reported before they entered
    warning_share  warning time given, of the time from first coverage to entry
    """

    perfect: ClassVar[Mapping[str, float]] = {"warned": 1.0, "warning_share": 1.0, "classed": 1.0}
    missed: ClassVar[str] = "warned"
    false: ClassVar[str] = NOTHING

    inside: Volume = Ball()
    threats: frozenset[str] = frozenset()
    sure: float = 0.8
    c: float = 50.0
    begin: int = 3
    end: int = 2

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        intruder, entry = entries(truth, self.inside, self.threats)
        who = associate(truth, tracks, c=self.c, begin=self.begin, end=self.end)
        _, a, b = who.rows(truth, tracks)
        K, N = len(truth.t), len(truth.ids)
        sure = threat_probability(truth, tracks, a, b, self.threats) >= self.sure
        report = first_step(truth.who[a], truth.step[a], N, K)[intruder]
        classed = first_step(truth.who[a[sure]], truth.step[a[sure]], N, K)[intruder]
        seen = first_step(truth.who[truth.covered], truth.step[truth.covered], N, K)[intruder]
        lead, sure_lead, most = (lead_time(truth, at, entry) for at in (report, classed, seen))
        return {
            "intruders": float(len(entry)),
            "warned": float((report < entry).mean()) if len(entry) else 1.0,
            "warning_share": float(lead.sum() / most.sum()) if most.sum() > 0.0 else 1.0,
            "warning_median_s": quantile(lead, 0.5),
            "warning_10_s": quantile(lead, 0.1),
            "classed": float((classed < entry).mean()) if len(entry) else 1.0,
            "classed_median_s": quantile(sure_lead, 0.5),
            "classed_10_s": quantile(sure_lead, 0.1),
        }


def entries(truth: TruthPaths, inside: Volume, threats: frozenset[str]) -> tuple[Ints, Ints]:
    """Targets (T,) that enter from outside, and the step (T,) at which each is first inside."""
    K, N = len(truth.t), len(truth.ids)
    within = inside(truth.x[:, :3]) if len(truth.who) else np.zeros(0, bool)
    first, _ = truth.spans()
    entry = first_step(truth.who[within], truth.step[within], N, K)
    meant = np.array([not threats or name in threats for name in truth.klass], bool).reshape(N)
    intruder = np.flatnonzero(meant & (entry < K) & (entry > first))
    return intruder, entry[intruder]


def first_step(who: Ints, step: Ints, N: int, K: int) -> Ints:
    """(N,) the first step at which each object occurs in the rows given, K if never."""
    first = np.full(N, K)
    np.minimum.at(first, who, step)
    return first


def lead_time(truth: TruthPaths, at: Ints, entry: Ints) -> Floats:
    """(T,) s from step `at` to step `entry`, 0 where `at` is later."""
    seconds = truth.seconds
    return seconds[entry] - seconds[np.minimum(at, entry)]


def threat_probability(
    truth: TruthPaths, tracks: TrackPaths, a: Ints, b: Ints, threats: frozenset[str]
) -> Floats:
    """(E,) what track row b says of the class of truth row a: that it is a threat, or what it is."""
    named = np.zeros((len(truth.ids), len(tracks.classes)), bool)
    for n, klass in enumerate(truth.klass):
        named[n] = [name in threats if threats else name == klass for name in tracks.classes]
    return np.asarray((tracks.p_class[b] * named[truth.who[a]]).sum(axis=1))


def quantile(v: Floats, q: float) -> float:
    """The quantile, 0 of nothing."""
    return float(np.quantile(v, q)) if len(v) else 0.0
