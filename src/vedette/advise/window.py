"""Engagement windows: from when until when it is of use to start, where they would meet, what it stops.

One effector, one track, one shot. Vedette commands nothing: a window is what a person is told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.advise.config import AdviceConfig
from vedette.advise.effector import Array, Effector
from vedette.advise.friendly import friends_of
from vedette.advise.paths import Paths
from vedette.advise.refusal import LEAST, Case, refusal
from vedette.advise.shot import Shooter, Stops
from vedette.advise.sweep import Found, sweep
from vedette.types import Hindrance
from vedette.types.advice import Between, Place

START_STEP = 4.0  # s between two starts that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Times in s from now. Where `why` is given there is none: the times are NaN, and `sentence` says why.

    opens_s, closes_s  every start between is useful: it meets within the envelope before the track's ways
                end, and stops it with the least kill or more, as expected over all ways
    start_s     the earliest that is nearly as good as any (0.95 of it)
    intercept_s when they then meet; place: where, in the site's frame
    kill        that one shot then stops it; the quantiles are over where the track may be and what it is
    """

    opens_s: float
    closes_s: float
    start_s: float
    intercept_s: Between
    place: Place
    kill: Between
    why: Hindrance | None = None
    sentence: str = ""


def windows(
    effectors: Sequence[Effector],
    paths: Paths,
    klass: Array,
    names: Sequence[str],
    sigma: Array,
    ready_s: Array,
    config: AdviceConfig,
    friends: Paths | None = None,
) -> list[list[Window]]:
    """[effector][track], one shot each.

    klass    (N, C) probabilities of the classes `names`
    sigma    (N,) standard deviation of the track's position, m
    ready_s  (E,) s from now until it can start; infinite: never
    friends  own and cooperative aircraft, which are kept clear of
    """
    return [
        _of_one(effector, paths, klass, names, sigma, float(ready), config, friends)
        for effector, ready in zip(effectors, ready_s, strict=True)
    ]


def _of_one(
    effector: Effector,
    paths: Paths,
    klass: Array,
    names: Sequence[str],
    sigma: Array,
    ready: float,
    config: AdviceConfig,
    friends: Paths | None,
) -> list[Window]:
    horizon = float(paths.times[-1])
    first = min(max(ready, 0.0), horizon)
    starts = np.arange(first, max(horizon, first + START_STEP) + START_STEP / 2.0, START_STEP)
    stops = stops_of(effector, klass, names, sigma)
    found = nothing(len(paths.tracks))
    kept_clear = friends_of(friends, config.friend_margin_m, effector.config.friends == "envelope")
    if len(paths.tracks):
        sweep(
            shooter(effector), paths.X, paths.times, paths.until, stops, kept_clear, starts,
            max(config.least_kill, LEAST), found,
        )  # fmt: skip
    return [
        _window(effector, paths, stops, found, n, ready, config, friends) for n in range(len(paths.tracks))
    ]


def _window(
    effector: Effector, paths: Paths, stops: Stops, found: Found, n: int, ready: float, config: AdviceConfig,
    friends: Paths | None,
) -> Window:  # fmt: skip
    if not math.isnan(found.window[n, 2]):
        opens, closes, start = found.window[n].tolist()
        return Window(
            opens_s=opens, closes_s=closes, start_s=start, intercept_s=tuple(found.time[n].tolist()),
            place=tuple(found.place[n].tolist()), kill=tuple(found.kill[n].tolist()),
        )  # fmt: skip
    case = Case(effector, paths, stops, found, n, ready, config, friends)
    why, sentence = refusal(case)
    none = (math.nan, math.nan, math.nan)
    return Window(
        opens_s=math.nan, closes_s=math.nan, start_s=math.nan, intercept_s=none, place=none,
        kill=(0.0, 0.0, 0.0), why=why, sentence=sentence,
    )  # fmt: skip


def shooter(effector: Effector) -> Shooter:
    """What the sweep needs of an effector."""
    dwell, haze = effector.dwell
    return Shooter(effector.reach, effector.clear, effector.speed, dwell, haze, effector.config.delay_s)


def stops_of(effector: Effector, klass: Array, names: Sequence[str], sigma: Array) -> Stops:
    """How probably a shot stops each track, by range.

    A class that only partly depends on what a jammer takes away counts half with either end of the bracket.
    Classes with the same curve are one.
    """
    curves = [effector.curve(name) for name in names]
    ranges = np.unique(np.concatenate([r for r, _ in curves]))
    column: dict[bytes, int] = {}
    parts: list[Array] = []
    weights = np.zeros((len(klass), 2 * len(names)))
    share = klass / np.maximum(klass.sum(axis=1, keepdims=True), 1e-300)
    for c, name in enumerate(names):
        p = np.interp(ranges, *curves[c])
        for depends in effector.depends(name):
            key = (p * depends).tobytes()
            if key not in column:
                column[key] = len(parts)
                parts.append(p * depends)
            weights[:, column[key]] += 0.5 * share[:, c]
    weights = np.ascontiguousarray(weights[:, : len(parts)])
    factor = np.broadcast_to(effector.lowered(sigma), len(klass)).copy()
    table = np.array(parts)
    return Stops(ranges, (weights @ table) * factor[:, None], table, weights, factor)


def nothing(count: int) -> Found:
    """Nothing found yet, of so many tracks."""
    three = (count, 3)
    return Found(
        window=np.full(three, np.nan), time=np.full(three, np.nan), kill=np.zeros(three),
        place=np.full(three, np.nan), best=np.zeros(count), hindered=np.zeros(count, np.int64),
        by_friend=np.full(count, -1), codes=np.zeros((count, 7), np.int64), nearest=np.zeros(count),
        late=np.full(count, np.nan),
    )  # fmt: skip
