"""Every start, second by second, of one effector against every track: when they meet, and what stops it.

A start is useful where the kill that is expected over all ways of the track is high enough, and where none of
the ways that it would meet makes it come over, or near, what must be kept clear. The window is the unbroken run
of useful starts about the best one; its ends are found by bisection. Between two starts that are looked at, a
place where they meet moves by no more than what the clearances are widened by.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.advise.clearance import Clearance, is_clear
from vedette.advise.envelope import HOLDS, RANGE, Envelope, where
from vedette.advise.friendly import Friends, in_the_way
from vedette.advise.meeting import at, launches, least_distance, meets_way
from vedette.assess.approach import quantiles
from vedette.kernel.compiled import compiled, inlined

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

GOOD = 0.95  # of the best kill: waiting longer for more costs more than it brings
HALVINGS = 5  # of the time between two starts, for the ends of a window
LATER, NEVER = 5, 6  # codes beside those of envelope: the way ends before; they do not meet
CLEAR, NO_FIRE, FRIEND = 0, 1, 2


class Shooter(NamedTuple):
    """speed 0: it dwells, for dwell · exp(haze · R) s. delay s from the start to the first shot."""

    envelope: Envelope
    clearance: Clearance
    speed: float
    dwell: float
    haze: float
    delay: float


class Stops(NamedTuple):
    """Probabilities of stopping at ranges (G,): as expected of each track (N, G), already lowered by its
    quality; and of each part of the classes (C, G), with weights (N, C), to be lowered by `factor` (N,)."""

    ranges: Array
    expected: Array
    parts: Array
    weights: Array
    factor: Array


class Found(NamedTuple):
    """Per track. window (N, 3): opens, closes, start, NaN where none is useful; time, kill (N, 3) and place
    (N, 3) of that start. best (N,): the most that any start brings, whatever must be kept clear of; hindered
    (N,) by what, by_friend (N,) which; codes (N, 7) of all meetings; nearest (N,) m of what stays out of reach;
    late (N,) the last start before the first possible one that would have been useful, NaN: none."""

    window: Array
    time: Array
    kill: Array
    place: Array
    best: Array
    hindered: Ints
    by_friend: Ints
    codes: Ints
    nearest: Array
    late: Array


class Way(NamedTuple):
    """One track's K ways: X (K, T, 3), times (T,), until (K,); g (K, T), near (K, 2) and faster as `launches`."""

    X: Array
    times: Array
    until: Array
    g: Array
    near: Ints
    faster: bool


class Trial(NamedTuple):
    """K meetings of one start: time, place (K, 3), distance, kill, leg and code."""

    time: Array
    place: Array
    distance: Array
    kill: Array
    leg: Ints
    code: Ints


@compiled
def sweep(
    a: Shooter, X: Array, times: Array, until: Array, stops: Stops, friends: Friends, starts: Array, least: float,
    found: Found,
) -> None:  # fmt: skip
    """Fill what is found for starts (S,), evenly spaced, from the first that is possible on."""
    N, K, T = X.shape[:3]
    S = len(starts)
    g, near = np.empty((K, T)), np.empty((K, 2), np.int64)
    expected, usable = np.empty(S), np.empty(S, np.bool_)
    time, place, distance = np.empty((S, K)), np.empty((S, K, 3)), np.empty((S, K))
    kill, leg, code = np.empty((S, K)), np.empty((S, K), np.int64), np.empty((S, K), np.int64)
    spare = np.empty((3, K)), np.empty((K, 3)), np.empty((2, K), np.int64)
    one = Trial(spare[0][0], spare[1], spare[0][1], spare[0][2], spare[2][0], spare[2][1])
    none = np.zeros(K, np.int64)
    for n in range(N):
        faster, comes = True, False
        for k in range(K):
            fast = launches(X[n, k], times, a.envelope.position, a.speed, a.envelope.range_max, g[k], near[k])
            faster, comes = faster and fast, comes or near[k, 0] <= near[k, 1]
        if not comes:
            found.nearest[n] = math.inf
            for k in range(K):
                found.nearest[n] = min(found.nearest[n], least_distance(X[n, k], a.envelope.position))
            continue
        way = Way(X[n], times, until[n], g, near, faster)
        last = 0
        for i in range(S):
            this = Trial(time[i], place[i], distance[i], kill[i], leg[i], code[i])
            expected[i] = shoot(a, way, stops, n, starts[i], leg[i - 1] if i > 0 else none, this)
            tally(code[i], found.codes[n])
            last = i + 1
            if a.speed > 0.0 and (code[i] >= LATER).all():
                break  # whoever starts later meets later
        for i in range(last):
            usable[i] = expected[i] >= least
            if not usable[i]:
                continue
            hindrance, who = hindered(a, friends, starts[i], i, last, time, place, kill, times)
            usable[i] = hindrance == CLEAR
            if hindrance != CLEAR and found.hindered[n] == CLEAR:
                found.hindered[n], found.by_friend[n] = hindrance, who
        if last > 0:
            found.best[n] = expected[:last].max()
        if not usable[:last].any():
            if found.best[n] < least and enters(a.envelope, way):
                found.late[n] = too_late(a, way, stops, n, starts, least, one)
            continue
        begin, pick, end = run(usable[:last], expected[:last])
        opens, closes = starts[begin], starts[end]
        for side in range(2):
            inner, outer = (begin, begin - 1) if side == 0 else (end, end + 1)
            if outer < 0 or outer >= S:
                continue
            edge = bisect(
                a, friends, way, stops, n, starts[inner], starts[outer], least,
                leg[min(inner, outer)], place[inner], kill[inner], one,
            )  # fmt: skip
            if side == 0:
                opens = edge
            else:
                closes = edge
        found.window[n, 0], found.window[n, 1], found.window[n, 2] = opens, closes, starts[pick]
        chosen = Trial(time[pick], place[pick], distance[pick], kill[pick], leg[pick], code[pick])
        describe(chosen, stops, n, found.time[n], found.kill[n], found.place[n])


@compiled
def tally(code: Ints, counts: Ints) -> None:
    for k in range(len(code)):
        counts[code[k]] += 1


@compiled
def shoot(a: Shooter, w: Way, stops: Stops, n: int, start: float, leg: Ints, out: Trial) -> float:
    """Fill the K meetings of one start; returns the kill that is expected over all ways."""
    total = 0.0
    t_d = start + a.delay
    for k in range(len(w.X)):
        out.kill[k], out.leg[k], out.distance[k] = 0.0, leg[k], math.inf
        if outside(w, k, t_d):
            out.time[k], out.code[k] = math.inf, RANGE
            continue
        if a.speed > 0.0:
            t, out.leg[k] = meets_way(
                w.X[k], w.times, a.envelope.position, a.speed, t_d, w.g[k], w.faster, leg[k], out.place[k]
            )
            out.code[k] = NEVER
            if t < math.inf:
                out.code[k] = reached(a.envelope, out.place[k])
                out.distance[k] = distance_of(a.envelope, out.place[k])
        else:
            t, out.code[k], out.distance[k] = dwell(a, w.X[k], w.times, t_d, out.place[k])
        out.time[k] = t
        if t < math.inf and t > w.until[k]:
            out.code[k] = LATER
        if out.code[k] == HOLDS:
            out.kill[k] = between(stops.ranges, stops.expected[n], out.distance[k])
        total += out.kill[k]
    return total / len(w.X)


@inlined
def outside(w: Way, k: int, t_d: float) -> bool:
    """Whether a shot meets way k surely before it comes within range, or after it has left."""
    first, last = w.near[k, 0], w.near[k, 1]
    if first > last:
        return True
    if not w.faster or math.isinf(w.g[k, first]):
        return False
    return bool(t_d < w.g[k, first] or (t_d > w.g[k, last] and last < len(w.times) - 1))


@inlined
def reached(e: Envelope, place: Array) -> int:
    return int(where(e, place[0], place[1], place[2]))


@inlined
def distance_of(e: Envelope, place: Array) -> float:
    dx, dy, dz = place[0] - e.position[0], place[1] - e.position[1], place[2] - e.position[2]
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@inlined
def dwell(a: Shooter, X: Array, times: Array, t_d: float, place: Array) -> tuple[float, int, float]:
    """When it has dwelt long enough on one way, what keeps it out meanwhile, and the greatest distance.

    It is looked at where it begins and ends, and at every point of the way between.
    """
    begin = max(t_d, times[0])
    if begin > times[-1]:
        return math.inf, NEVER, math.inf
    at(X, times, begin, place)
    code, farthest = reached(a.envelope, place), distance_of(a.envelope, place)
    if farthest > a.envelope.range_max:
        return begin, RANGE, farthest
    end = t_d + a.dwell * math.exp(a.haze * farthest)
    if end > times[-1]:
        return begin, LATER, farthest
    if end < times[0]:
        return math.inf, NEVER, math.inf
    for j in range(int(begin / (times[1] - times[0])), len(times)):
        if code == HOLDS and begin < times[j] < end:
            code = reached(a.envelope, X[j])
            farthest = max(farthest, distance_of(a.envelope, X[j]))
        if times[j] >= end:
            break
    at(X, times, end, place)
    if code == HOLDS:
        code = reached(a.envelope, place)
        farthest = max(farthest, distance_of(a.envelope, place))
    return end, code, farthest


@inlined
def between(x: Array, y: Array, at_x: float) -> float:
    """Linear between points, level beyond them."""
    if at_x <= x[0]:
        return float(y[0])
    for i in range(1, len(x)):
        if at_x <= x[i]:
            return float(y[i - 1] + (at_x - x[i - 1]) / (x[i] - x[i - 1]) * (y[i] - y[i - 1]))
    return float(y[-1])


@compiled
def moved(place: Array, kill: Array, i: int, j: int, k: int) -> float:
    """m between the meetings on way k of two starts, where both are in reach; else 0."""
    if kill[j, k] == 0.0:
        return 0.0
    dx, dy, dz = (
        place[j, k, 0] - place[i, k, 0], place[j, k, 1] - place[i, k, 1], place[j, k, 2] - place[i, k, 2],
    )  # fmt: skip
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@compiled
def hindered(
    a: Shooter, friends: Friends, start: float, i: int, last: int, time: Array, place: Array, kill: Array,
    times: Array,
) -> tuple[int, int]:  # fmt: skip
    """What start i must not be for, and which friend that is."""
    if len(a.clearance.first) == 1 and len(a.clearance.assets) == 0 and len(friends.radius) == 0:
        return CLEAR, -1
    for k in range(kill.shape[1]):
        if kill[i, k] > 0.0:
            wide = 0.0
            if i > 0:
                wide = moved(place, kill, i, i - 1, k) / 2.0
            if i + 1 < last:
                wide = max(wide, moved(place, kill, i, i + 1, k) / 2.0)
            hindrance, who = hinders(a, friends, start, time[i, k], place[i, k], wide, times)
            if hindrance != CLEAR:
                return hindrance, who
    return CLEAR, -1


@compiled
def hinders(
    a: Shooter, friends: Friends, start: float, time: float, place: Array, wide: float, times: Array
) -> tuple[int, int]:  # fmt: skip
    """What one meeting, and all within `wide` m of it, must not be for."""
    e = a.envelope.position
    if not is_clear(a.clearance, e[0], e[1], place[0], place[1], wide):
        return NO_FIRE, -1
    who = in_the_way(friends, a.envelope, times, start + a.delay, time, place, a.clearance.beyond, wide)
    return (FRIEND, who) if who >= 0 else (CLEAR, -1)


@compiled
def run(usable: NDArray[np.bool_], expected: Array) -> tuple[int, int, int]:
    """First, chosen and last index of the unbroken run about the first start that is nearly as good as any."""
    best = 0.0
    for i in range(len(usable)):
        if usable[i]:
            best = max(best, expected[i])
    pick = 0
    while not (usable[pick] and expected[pick] >= GOOD * best):
        pick += 1
    begin = end = pick
    while begin > 0 and usable[begin - 1]:
        begin -= 1
    while end + 1 < len(usable) and usable[end + 1]:
        end += 1
    return begin, pick, end


@compiled
def bisect(
    a: Shooter, friends: Friends, w: Way, stops: Stops, n: int, good: float, bad: float, least: float, leg: Ints,
    place: Array, kill: Array, out: Trial,
) -> float:  # fmt: skip
    """The last useful start between a useful one, with its K meetings, and one that is not."""
    for _ in range(HALVINGS):
        middle = 0.5 * (good + bad)
        if shoot(a, w, stops, n, middle, leg, out) < least:
            bad = middle
            continue
        clear = True
        for k in range(len(kill)):
            if clear and out.kill[k] > 0.0:
                wide = 0.0
                if kill[k] > 0.0:
                    d = out.place[k] - place[k]
                    wide = math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2])
                hindrance, _who = hinders(a, friends, middle, out.time[k], out.place[k], wide, w.times)
                clear = hindrance == CLEAR
        if clear:
            good = middle
        else:
            bad = middle
    return good


@compiled
def too_late(a: Shooter, w: Way, stops: Stops, n: int, starts: Array, least: float, out: Trial) -> float:
    """The last start before the first possible one that would have been useful; NaN where none would."""
    none = np.zeros(len(w.X), np.int64)
    step = starts[1] - starts[0]
    first = w.g[:, 0].min() if a.speed > 0.0 else -a.dwell * math.exp(a.haze * a.envelope.range_max)
    first = max(first, -w.times[-1])  # a shot before that has met before now
    start = starts[0] - step
    while start + a.delay >= first:
        if shoot(a, w, stops, n, start, none, out) >= least:
            return float(start)
        start -= step
    return math.nan


@compiled
def enters(e: Envelope, w: Way) -> bool:
    """Whether any point of any way, before it ends, is within the envelope."""
    for k in range(len(w.X)):
        for j in range(max(w.near[k, 0], 0), w.near[k, 1] + 1):
            if w.times[j] <= w.until[k] and reached(e, w.X[k, j]) == HOLDS:
                return True
    return False


@compiled
def describe(trial: Trial, stops: Stops, n: int, time: Array, kill: Array, place: Array) -> None:
    """Fill the quantiles and expectation (3,) of time and kill, and the place nearest to the middle of all."""
    K, C = len(trial.kill), len(stops.parts)
    met = np.empty(K)
    count = 0
    middle = np.zeros(3)
    value, weight = np.empty(K * C), np.empty(K * C)
    for k in range(K):
        reaches = trial.kill[k] > 0.0
        if reaches:
            met[count] = trial.time[k]
            count += 1
            middle += trial.place[k]
        for c in range(C):
            p = between(stops.ranges, stops.parts[c], trial.distance[k]) if reaches else 0.0
            value[k * C + c], weight[k * C + c] = p * stops.factor[n], stops.weights[n, c] / K
    middle /= count
    quantiles(np.sort(met[:count]), time)
    time[1] = met[:count].mean()
    nearest: float = math.inf
    for k in range(K):
        if trial.kill[k] > 0.0:
            d = trial.place[k] - middle
            apart = d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
            if apart < nearest:
                nearest = apart
                place[:] = trial.place[k]
    order = np.argsort(value)
    total = weight.sum()
    reached_weight = 0.0
    kill[0] = kill[2] = value[order[-1]]
    low_done = False
    for i in order:
        reached_weight += weight[i]
        if not low_done and reached_weight >= 0.1 * total:
            kill[0], low_done = value[i], True
        if reached_weight >= 0.9 * total:
            kill[2] = value[i]
            break
    kill[1] = (value * weight).sum() / total
