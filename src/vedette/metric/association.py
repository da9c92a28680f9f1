"""Which track follows which target, and when: what SIAP and the operational metrics count.

A track begins to follow a target when that is its nearest one, closer than c, at `begin` of its reports in a
row; it ends when that fails at `end` in a row. Several tracks may follow one target. The rule is that of
Stone Soup's TrackToTruth, except that every count starts anew when it is interrupted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

import numpy as np

from vedette.metric.pairs import close_pairs
from vedette.metric.paths import Ints, Paths


@dataclass(frozen=True, slots=True, eq=False)
class Associations:
    """Track (A,) follows truth (A,) from step first (A,) to last (A,), both included; by truth and first."""

    truth: Ints
    track: Ints
    first: Ints
    last: Ints

    @classmethod
    def of(cls, rows: list[tuple[int, int, int, int]]) -> Associations:
        """From (truth, track, first, last) in any order; what touches or overlaps is not merged."""
        truth, track, first, last = np.array(rows, np.int64).reshape(-1, 4).T
        order = np.lexsort((track, last, first, truth))
        return cls(truth[order], track[order], first[order], last[order])

    def rows(self, truth: Paths, tracks: Paths) -> tuple[Ints, Ints, Ints]:
        """(which (E,), truth row (E,), track row (E,)): every step of every association where both exist."""
        order, K = tracks.by_object(), len(tracks.t)
        code = tracks.who[order] * K + tracks.step[order]
        a = np.searchsorted(code, self.track * K + self.first)
        b = np.searchsorted(code, self.track * K + self.last, side="right")
        which = np.repeat(np.arange(len(a)), b - a)
        at = order[np.arange(len(which)) + np.repeat(a - np.r_[0, np.cumsum(b - a)[:-1]], b - a)]
        there = truth.find(tracks.step[at], self.truth[which])
        return which[there >= 0], there[there >= 0], at[there >= 0]

    def holders(self) -> Associations:
        """One track at a time per target: the fewest segments that cover the time it is followed."""
        kept: list[tuple[int, int, int, int]] = []
        bounds = np.searchsorted(self.truth, np.arange(int(self.truth.max(initial=-1)) + 2))
        for n, (a, b) in enumerate(pairwise(bounds)):
            first, last, track = (v[a:b].tolist() for v in (self.first, self.last, self.track))
            kept += ((n, j, p, q) for p, q, j in _cover(list(zip(first, last, track, strict=True))))
        return Associations.of(kept)


def _cover(segments: list[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """The fewest (first, last, track) that cover what all cover: always the one that reaches furthest.

    Segments come sorted by their first step.
    """
    at, k = -1, 0  # every step up to `at` is dealt with, and the first k segments
    while k < len(segments):
        start = max(at + 1, segments[k][0])
        begun = segments[k : bisect_right(segments, start, key=itemgetter(0))]
        _, last, track = max(begun, key=itemgetter(1))
        k += len(begun)
        if last > at:
            yield start, last, track
            at = last


def associate(truth: Paths, tracks: Paths, *, c: float, begin: int = 3, end: int = 2) -> Associations:
    """Who follows whom, by distance below c (m); `begin` and `end` count a track's reports, not seconds."""
    nearest = _nearest(truth, tracks, c)
    order, step = tracks.by_object(), tracks.step
    bounds = np.searchsorted(tracks.who[order], np.arange(len(tracks.ids) + 1))
    found: list[tuple[int, int, int, int]] = []
    for track, (a, b) in enumerate(pairwise(bounds)):
        rows = order[a:b]
        runs = _runs(step[rows].tolist(), nearest[rows].tolist(), begin, end)
        found += ((target, track, first, last) for target, first, last in runs)
    return Associations.of(found)


def _nearest(truth: Paths, tracks: Paths, c: float) -> Ints:
    """(R,) for every track row the nearest target closer than c, or −1."""
    pairs = close_pairs(truth, tracks, c)
    order = np.lexsort((pairs.d, pairs.b))
    rows, first = np.unique(pairs.b[order], return_index=True)
    nearest = np.full(len(tracks.who), -1, np.int64)
    nearest[rows] = pairs.i[order][first]
    return nearest


def _runs(steps: list[int], nearest: list[int], begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(target, first, last) that one track follows, from its nearest targets (−1 none) over its reports."""
    held, since, last, failures = -1, 0, 0, 0
    rival, row, rival_since = -1, 0, 0  # who may be followed next, and for how many reports in a row
    for k, target in zip(steps, nearest, strict=True):
        if target == held and held >= 0:
            last, failures, rival, row = k, 0, -1, 0
            continue
        if target != rival:
            rival, row, rival_since = target, 0, k
        row = row + 1 if rival >= 0 else 0
        if held >= 0:
            failures += 1
            if failures < end:
                continue
            yield held, since, last
            held = -1
        if row >= begin:
            held, since, last, failures = rival, rival_since, k, 0
            rival, row = -1, 0
    if held >= 0:
        yield held, since, last
