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


Store = tuple[Array, Array, Array, Array, Ints, Ints]


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
    # the K meetings of every start, and of one between two
    time, place, distance = np.empty((S, K)), np.empty((S, K, 3)), np.empty((S, K))
    kill, leg, code = np.empty((S, K)), np.empty((S, K), np.int64), np.empty((S, K), np.int64)
    store = (time, place, distance, kill, leg, code)
    one = Trial(
        np.empty(K), np.empty((K, 3)), np.empty(K), np.empty(K), np.empty(K, np.int64), np.empty(K, np.int64)
    )
    wide = np.empty(K)
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
            this = trial_of(store, i)
            expected[i] = shoot(a, way, stops, n, starts[i], leg[i - 1] if i > 0 else none, this)
            tally(code[i], found.codes[n])
            last = i + 1
            if a.speed > 0.0 and (code[i] >= LATER).all():
                break  # whoever starts later meets later
        for i in range(last):
            usable[i] = expected[i] >= least
            if not usable[i]:
                continue
            wide[:] = 0.0
            for j in (i - 1, i + 1):
                if 0 <= j < last:
                    widen(trial_of(store, i), trial_of(store, j), 0.5, wide)
            hindrance, who = hindered(a, friends, starts[i], trial_of(store, i), wide, times)
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
                leg[min(inner, outer)], trial_of(store, inner), one,
            )  # fmt: skip
            if side == 0:
                opens = edge
            else:
                closes = edge
        found.window[n, 0], found.window[n, 1], found.window[n, 2] = opens, closes, starts[pick]
        describe(trial_of(store, pick), stops, n, found.time[n], found.kill[n], found.place[n])


@inlined
def trial_of(store: Store, i: int) -> Trial:
    """The meetings of start i."""
    return Trial(store[0][i], store[1][i], store[2][i], store[3][i], store[4][i], store[5][i])


@compiled
def tally(code: Ints, counts: Ints) -> None:
    for k in range(len(code)):
        counts[code[k]] += 1


@compiled
def shoot(a: Shooter, w: Way, stops: Stops, n: int, start: float, leg: Ints, out: Trial) -> float:
    """Fill the K meetings of one start; returns the kill that is expected over all ways."""
    total = 0.0
    t_d = start + a.delay
    e, X, times, place = a.envelope, w.X, w.times, out.place
    for k in range(len(X)):
        out.kill[k], out.leg[k], out.distance[k], out.time[k] = 0.0, leg[k], math.inf, math.inf
        out.code[k] = RANGE
        if outside(w, k, t_d):
            continue
        if a.speed > 0.0:
            t, out.leg[k], x, y, z = meets_way(X, k, times, e.position, a.speed, t_d, w.g, w.faster, leg[k])
            code, distance = NEVER, math.inf
            if t < math.inf:
                code, distance = where(e, x, y, z), distance_of(e, x, y, z)
        else:
            t, code, distance, x, y, z = dwell(a, X, k, times, t_d)
        if t < math.inf and t > w.until[k]:
            code = LATER
        if code == HOLDS:
            out.kill[k] = between(stops.ranges, stops.expected[n], distance)
        total += out.kill[k]
        out.time[k], out.code[k], out.distance[k] = t, code, distance
        place[k, 0], place[k, 1], place[k, 2] = x, y, z
    return total / len(X)


@inlined
def outside(w: Way, k: int, t_d: float) -> bool:
    """Whether a shot meets way k surely before it comes within range, or after it has left; for what dwells,
    whether it would begin then."""
    first, last = w.near[k, 0], w.near[k, 1]
    if first > last:
        return True
    if math.isinf(w.g[k, first]):
        return bool(t_d < w.times[first] and first > 0) or bool(
            t_d > w.times[last] and last < len(w.times) - 1
        )
    if not w.faster:
        return False
    return bool(t_d < w.g[k, first] or (t_d > w.g[k, last] and last < len(w.times) - 1))


@inlined
def distance_of(e: Envelope, x: float, y: float, z: float) -> float:
    dx, dy, dz = x - e.position[0], y - e.position[1], z - e.position[2]
    return math.sqrt(dx * dx + dy * dy + dz * dz)


@inlined
def dwell(
    a: Shooter, X: Array, k: int, times: Array, t_d: float
) -> tuple[float, int, float, float, float, float]:  # fmt: skip
    """When it has dwelt long enough on way k, what keeps it out meanwhile, the greatest distance, and the place.

    It is looked at where it begins and ends, and at every point of the way between.
    """
    e = a.envelope
    begin = max(t_d, times[0])
    if begin > times[-1]:
        return math.inf, NEVER, math.inf, 0.0, 0.0, 0.0
    x, y, z = at(X, k, times, begin)
    farthest = distance_of(e, x, y, z)
    if farthest > e.range_max:
        return begin, RANGE, farthest, x, y, z
    code = where(e, x, y, z)
    end = t_d + a.dwell * math.exp(a.haze * farthest)
    if end > times[-1]:
        return begin, LATER, farthest, x, y, z
    if end < times[0]:
        return math.inf, NEVER, math.inf, 0.0, 0.0, 0.0
    for j in range(int(begin / (times[1] - times[0])), len(times)):
        if code != HOLDS or times[j] >= end:
            break
        if times[j] > begin:
            code = where(e, X[k, j, 0], X[k, j, 1], X[k, j, 2])
            farthest = max(farthest, distance_of(e, X[k, j, 0], X[k, j, 1], X[k, j, 2]))
    x, y, z = at(X, k, times, end)
    if code == HOLDS:
        code = where(e, x, y, z)
        farthest = max(farthest, distance_of(e, x, y, z))
    return end, code, farthest, x, y, z


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
def widen(one: Trial, other: Trial, share: float, wide: Array) -> None:
    """wide (K,) ← m that a meeting of one start moves to that of another, times `share`, where that is more."""
    for k in range(len(wide)):
        if one.kill[k] > 0.0 and other.kill[k] > 0.0:
            dx, dy, dz = (
                one.place[k, 0] - other.place[k, 0], one.place[k, 1] - other.place[k, 1],
                one.place[k, 2] - other.place[k, 2],
            )  # fmt: skip
            wide[k] = max(wide[k], share * math.sqrt(dx * dx + dy * dy + dz * dz))


@compiled
def hindered(
    a: Shooter, friends: Friends, start: float, trial: Trial, wide: Array, times: Array
) -> tuple[int, int]:  # fmt: skip
    """What a start must not be for, and which friend that is. Each meeting may be `wide` (K,) m off.

    First all meetings at once, by their middle and how far off it they are: mostly nothing is near.
    """
    if len(a.clearance.first) == 1 and len(a.clearance.assets) == 0 and len(friends.radius) == 0:
        return CLEAR, -1
    place, kill = trial.place, trial.kill
    x = y = z = end = spread = 0.0
    count = 0
    for k in range(len(kill)):
        if kill[k] > 0.0:
            x, y, z, count = x + place[k, 0], y + place[k, 1], z + place[k, 2], count + 1
            end = max(end, trial.time[k])
    x, y, z = x / count, y / count, z / count
    for k in range(len(kill)):
        if kill[k] > 0.0:
            dx, dy, dz = place[k, 0] - x, place[k, 1] - y, place[k, 2] - z
            spread = max(spread, math.sqrt(dx * dx + dy * dy + dz * dz) + wide[k])
    hindrance, who = hinders(a, friends, start, end, x, y, z, spread, times)
    if hindrance == CLEAR:
        return CLEAR, -1
    for k in range(len(kill)):
        if kill[k] > 0.0:
            hindrance, who = hinders(
                a, friends, start, trial.time[k], place[k, 0], place[k, 1], place[k, 2], wide[k], times
            )
            if hindrance != CLEAR:
                return hindrance, who
    return CLEAR, -1


@compiled
def hinders(
    a: Shooter, friends: Friends, start: float, time: float, x: float, y: float, z: float, wide: float,
    times: Array,
) -> tuple[int, int]:  # fmt: skip
    """What a meeting within `wide` m of a place, no later than `time`, must not be for."""
    e = a.envelope.position
    if not is_clear(a.clearance, e[0], e[1], x, y, wide):
        return NO_FIRE, -1
    who = in_the_way(friends, a.envelope, times, start + a.delay, time, x, y, z, a.clearance.beyond, wide)
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
    beside: Trial, out: Trial,
) -> float:  # fmt: skip
    """The last useful start between a useful one, whose meetings are `beside`, and one that is not."""
    wide = np.empty(len(beside.kill))
    for _ in range(HALVINGS):
        middle = 0.5 * (good + bad)
        if shoot(a, w, stops, n, middle, leg, out) >= least:
            wide[:] = 0.0
            widen(out, beside, 1.0, wide)
            if hindered(a, friends, middle, out, wide, w.times)[0] == CLEAR:
                good = middle
                continue
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
            if w.times[j] <= w.until[k] and where(e, w.X[k, j, 0], w.X[k, j, 1], w.X[k, j, 2]) == HOLDS:
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
