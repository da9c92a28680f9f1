"""SIAP: the measures of a single integrated air picture, and those of its identities.

Votruba et al., Single Integrated Air Picture (SIAP) metrics implementation, SIAP SE TF, 2001; the definitions
are those of Stone Soup's SIAPMetrics and IDSIAPMetrics. With J(t) targets, N(t) tracks, J_T(t) targets that a
track follows and N_A(t) tracks that follow a target, sums over steps:

    completeness Σ J_T / Σ J     ambiguity Σ N_A / Σ J_T     spuriousness Σ (N − N_A) / Σ N
    rate of track number change Σ_j (U_j − 1) / Σ_j TT_j     longest segment Σ_j TL_j / Σ_j T_j

U_j is the fewest tracks that follow target j over its life, TT_j how long it is followed, TL_j how long by
the track that follows it longest, T_j its life.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.metric.association import Associations, associate
from vedette.metric.paths import Floats, Ints, TrackPaths, TruthPaths
from vedette.metric.protocol import NOTHING


def ratio(above: float, below: float, none: float) -> float:
    """above / below, or `none` where there was nothing to count."""
    return float(above) / float(below) if below else none


@dataclass(frozen=True, kw_only=True)
class SiapMetric:
    """SIAP attributes. c (m), begin and end as in `associate`; accuracies are mean distances in m and m/s.

    Nothing to be complete about is complete (1), no track is not spurious (0), nobody followed is not
    ambiguous (1).
    """

    perfect: ClassVar[Mapping[str, float]] = {
        "completeness": 1.0, "ambiguity": 1.0, "spuriousness": 0.0, "position_accuracy_m": 0.0,
        "velocity_accuracy_m_per_s": 0.0, "track_number_change_per_s": 0.0, "longest_segment": 1.0,
    }  # fmt: skip
    missed: ClassVar[str] = "completeness"
    false: ClassVar[str] = "spuriousness"

    c: float = 50.0
    begin: int = 3
    end: int = 2

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        return attributes(truth, tracks, associate(truth, tracks, c=self.c, begin=self.begin, end=self.end))


def attributes(truth: TruthPaths, tracks: TrackPaths, who: Associations) -> dict[str, float]:
    """The SIAP attributes for given associations; one track may follow several targets there."""
    _, a, b = who.rows(truth, tracks)
    J, N, JT, NA = len(truth.who), len(tracks.who), len(np.unique(a)), len(np.unique(b))
    e = tracks.x[b] - truth.x[a]
    followed, longest = followed_for(who, truth.seconds)
    changes = np.maximum(needed(who) - 1, 0).sum()
    first, last = truth.spans()
    lives = truth.seconds[last] - truth.seconds[first] if len(first) else np.zeros(0)
    return {
        "completeness": ratio(JT, J, 1.0),
        "ambiguity": ratio(NA, JT, 1.0),
        "spuriousness": ratio(N - NA, N, 0.0),
        "position_accuracy_m": ratio(np.linalg.norm(e[:, :3], axis=1).sum(), len(a), 0.0),
        "velocity_accuracy_m_per_s": ratio(np.linalg.norm(e[:, 3:], axis=1).sum(), len(a), 0.0),
        "track_number_change_per_s": ratio(float(changes), float(followed.sum()), 0.0),
        "longest_segment": ratio(float(longest.sum()), float(lives.sum()), 1.0),
    }


def needed(who: Associations) -> Ints:
    """U (N,): the fewest segments that cover the time each target is followed."""
    return np.bincount(who.holders().truth)


def followed_for(who: Associations, seconds: Floats) -> tuple[Floats, Floats]:
    """TT and TL (N,): seconds each target is followed by any track, and by its most faithful one."""
    N = int(who.truth.max(initial=-1)) + 1
    together, by_one = np.zeros(N), np.zeros(N)
    for n in range(N):
        mine = who.truth == n
        together[n] = covered_time(seconds[who.first[mine]], seconds[who.last[mine]])
        for track in np.unique(who.track[mine]):
            some = mine & (who.track == track)
            by_one[n] = max(by_one[n], covered_time(seconds[who.first[some]], seconds[who.last[some]]))
    return together, by_one


def covered_time(a: Floats, b: Floats) -> float:
    """The length of the union of the intervals [a, b], given by ascending a."""
    if len(a) == 0:
        return 0.0
    reach = np.maximum.accumulate(b)
    return float(reach[0] - a[0] + np.maximum(reach[1:] - np.maximum(a[1:], reach[:-1]), 0.0).sum())


@dataclass(frozen=True, kw_only=True)
class IdSiapMetric:
    """Identity of followed targets: a track says its most probable class, if that reaches `declare`.

    A target is identified correctly if all tracks that follow it say its class, wrongly if all say another,
    not at all if none says any, and ambiguously otherwise. Shares of followed target-steps.
    """

    perfect: ClassVar[Mapping[str, float]] = {
        "id_completeness": 1.0, "id_correctness": 1.0, "id_ambiguity": 0.0,
    }  # fmt: skip
    missed: ClassVar[str] = NOTHING
    false: ClassVar[str] = NOTHING

    c: float = 50.0
    begin: int = 3
    end: int = 2
    declare: float = 0.5

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        who = associate(truth, tracks, c=self.c, begin=self.begin, end=self.end)
        _, a, b = who.rows(truth, tracks)
        names = {name: k for k, name in enumerate(tracks.classes)}
        # A class that no track ever names is still not the one that a track names.
        is_klass = np.array([names.get(name, -2) for name in truth.klass], np.int64)[truth.who]
        unknown, correct, _, ambiguous = identified(a, said(tracks, self.declare)[b], is_klass)
        total = len(np.unique(a))
        return {
            "id_completeness": ratio(total - unknown, total, 1.0),
            "id_correctness": ratio(correct, total, 1.0),
            "id_ambiguity": ratio(ambiguous, total, 0.0),
        }


def said(tracks: TrackPaths, declare: float) -> Ints:
    """(R,) the class that each track row declares, or −1."""
    if not tracks.classes:
        return np.full(len(tracks.who), -1, np.int64)
    best = np.argmax(tracks.p_class, axis=1)
    sure = tracks.p_class[np.arange(len(best)), best] >= declare
    return np.where(sure, best, -1)


def identified(a: Ints, says: Ints, true: Ints) -> tuple[int, int, int, int]:
    """Target-steps (unknown, correct, wrong, ambiguous) from followers: truth row a, what it says (−1 none).

    true (R,) is the identity of every truth row.
    """
    rows, at = np.unique(a, return_inverse=True)
    each = np.bincount(at, minlength=len(rows))
    none = np.bincount(at[says < 0], minlength=len(rows)) == each
    right = np.bincount(at[(says >= 0) & (says == true[a])], minlength=len(rows)) == each
    wrong = np.bincount(at[(says >= 0) & (says != true[a])], minlength=len(rows)) == each
    unknown, correct, other = int(none.sum()), int(right.sum()), int(wrong.sum())
    return unknown, correct, other, len(rows) - unknown - correct - other
