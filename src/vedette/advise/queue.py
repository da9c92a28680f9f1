"""When each go of one effector begins, where it has more of them than channels."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Go:
    """One go: `key`, the first and the last useful start, and s that a channel is busy with it."""

    key: int
    opens: float
    closes: float
    busy: float


def begin(goes: Sequence[Go], free: int, channels: int, ready: float) -> dict[int, float]:
    """Key → s at which it can begin; those that would be too late are left out.

    Of `channels`, `free` are free at `ready`; the others are not counted on. Two rules are tried, to do what
    closes first first, and to do at any time what can be done, and the one that leaves fewer out is kept.
    """
    lanes = max(min(free, channels), 1)
    strict = _in_order(sorted(goes, key=lambda go: (go.closes, go.opens, go.key)), lanes, ready)
    eager = _as_they_open(goes, lanes, ready)
    return max((strict, eager), key=lambda found: (len(found), -sum(found.values())))


def _in_order(goes: Sequence[Go], lanes: int, ready: float) -> dict[int, float]:
    """Earliest due date first (Jackson 1955)."""
    free = [ready] * lanes
    found: dict[int, float] = {}
    for go in goes:
        start = max(free[0], go.opens)
        if start <= go.closes:
            heapq.heapreplace(free, start + go.busy)
            found[go.key] = start
    return found


def _as_they_open(goes: Sequence[Go], lanes: int, ready: float) -> dict[int, float]:
    """Whenever a channel is free, of what is open what closes first."""
    free = [ready] * lanes
    left, found = list(goes), {}
    while left:
        now = max(free[0], min(go.opens for go in left))
        go = min((go for go in left if go.opens <= now), key=lambda go: (go.closes, go.key))
        left.remove(go)
        if now <= go.closes:
            heapq.heapreplace(free, now + go.busy)
            found[go.key] = now
    return found
