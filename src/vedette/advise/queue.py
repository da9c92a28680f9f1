"""When the channels of one effector are in use, and where another go finds its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from vedette.advise.window import Window

Use = tuple[float, float, int]  # begins, until, channels
Again = Callable[[float, float], Window]  # ready, over by (s) → the window between
TICK = 1e-3  # s by which a go is over before the next: times are rounded to ns


def peak(uses: Iterable[Use], begins: float, until: float) -> int:
    """The most channels that are in use at one moment from `begins` until before `until`."""
    there = [use for use in uses if use[0] < until and use[1] > begins]
    moments = [begins, *(use[0] for use in there if use[0] > begins)]
    return max(sum(use[2] for use in there if use[0] <= moment < use[1]) for moment in moments)


def gaps(uses: Sequence[Use], most: int) -> list[tuple[float, float]]:
    """From when until when, from 0 on, no more than `most` channels are in use; the last may be endless."""
    edges = sorted({0.0, *(edge for use in uses for edge in use[:2] if edge > 0.0)})
    found: list[tuple[float, float]] = []
    for begins, until in pairwise([*edges, float("inf")]):
        if begins == until or peak(uses, begins, until) > most:
            continue
        joins = bool(found) and found[-1][1] == begins
        found[-1:] = [(found[-1][0], until)] if joins else [*found[-1:], (begins, until)]
    return found


def turn(
    window: Window, busy: float, after: float, uses: Sequence[Use], most: int, again: Again
) -> Window | None:
    """The window where its best start finds channels free; or else that of the gap in which most is stopped.

    busy   s from the best start until its channels are free again, `after` of them after the meeting
    most   channels that may be in use besides
    again  reckons a window anew; None: there is no turn in time
    """
    if peak(uses, window.start_s, window.start_s + busy) <= most:
        return window
    found = [
        again(begins, until - after - TICK)
        for begins, until in gaps(uses, most)
        if begins <= window.closes_s and until > max(begins, window.opens_s) + after
    ]
    usable = [each for each in found if each.why is None]
    return max(usable, key=lambda each: (each.kill[1], -each.start_s), default=None)
