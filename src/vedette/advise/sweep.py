"""Every start, second by second, of one effector against every track: when they meet, and what stops it.

A start is useful where the kill that is expected over all ways of the track is high enough, and where none of
the ways that it would meet makes it come over, or near, what must be kept clear. The window is the unbroken
run of useful starts about the best one; its ends are found by bisection. Between two starts that are looked
at, a place where they meet moves by no more than what the clearances are widened by.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.advise.clearance import is_clear
from vedette.advise.envelope import RANGE
from vedette.advise.friendly import Friends, in_the_way
from vedette.advise.meeting import launches, least_distance
from vedette.advise.shot import LATER, Shooter, Stops, Trial, Way, between, enters, in_range, shoot, too_late
from vedette.assess.approach import quantiles
from vedette.kernel.compiled import compiled, inlined

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

GOOD = 0.95  # of the best kill: waiting longer for more costs more than it brings
LONG = 120.0  # s in range from which every second start will do
HALVINGS = 6  # of the time between two starts, for the ends of a window
CLEAR, NO_FIRE, FRIEND = 0, 1, 2


class Found(NamedTuple):
    """Per track. window (N, 3): opens, closes, start, NaN where none is useful; time, kill (N, 3) and place
    (N, 3) of that start. best (N,): the most that any start brings, whatever must be kept clear of; hindered
    (N,) by what, by_friend (N,) which; codes (N, 7) of all meetings; nearest (N,) m of what stays out of
    reach; late (N,) the last start before the first possible one that would have been useful, NaN: none."""

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


class Book(NamedTuple):
    """S starts: their K meetings each, what is expected of each (S,), and which are useful (S,)."""

    time: Array
    place: Array
    distance: Array
    kill: Array
    leg: Ints
    code: Ints
    expected: Array
    usable: NDArray[np.bool_]


@compiled
def sweep(
    a: Shooter, X: Array, times: Array, until: Array, stops: Stops, friends: Friends, starts: Array,
    least: float, found: Found,
) -> None:  # fmt: skip
    """Fill what is found for starts (S,), evenly spaced, from the first that is possible on; of a track that
    is long in range every second one is looked at."""
    N, K, T = X.shape[:3]
    S = len(starts)
    book = Book(
        np.empty((S, K)), np.empty((S, K, 3)), np.empty((S, K)), np.empty((S, K)), np.empty((S, K), np.int64),
        np.empty((S, K), np.int64), np.empty(S), np.empty(S, np.bool_),
    )  # fmt: skip
    ints = np.empty((2, K), np.int64)
    spare = Trial(np.empty(K), np.empty((K, 3)), np.empty(K), np.empty(K), ints[0], ints[1])
    g, near, every_second = np.empty((K, T)), np.empty((K, 2), np.int64), starts[::2].copy()
    for n in range(N):
        faster = True
        for k in range(K):
            fast = launches(X[n, k], times, a.envelope.position, a.speed, a.envelope.range_max, g[k], near[k])
            faster = faster and fast
        way = Way(X[n], times, until[n], g, near, faster)
        first, last = in_range(way)
        if first > last:
            found.nearest[n] = nearest(way, a.envelope.position)
            continue
        long = min(last, times[-1]) - max(first, starts[0]) > LONG
        some = every_second if long else starts
        count = meet(a, way, stops, n, some, first, last, book, found.codes[n])
        found.best[n] = book.expected[:count].max()
        found.hindered[n], found.by_friend[n] = judge(a, friends, way, some, count, least, book)
        if book.usable[:count].any():
            settle(a, friends, way, stops, n, some, count, least, book, spare, found)
        elif found.best[n] < least and enters(a.envelope, way):
            found.late[n] = too_late(a, way, stops, n, starts, least, spare)


@compiled
def nearest(w: Way, e: tuple[float, float, float]) -> float:
    """m between e and the nearest point of any way."""
    least: float = math.inf
    for k in range(len(w.X)):
        least = min(least, least_distance(w.X[k], e))
    return least


@compiled
def meet(
    a: Shooter,
    w: Way,
    stops: Stops,
    n: int,
    starts: Array,
    first: float,
    last: float,
    book: Book,
    codes: Ints,
) -> int:
    """Fill the meetings of every start, and count their codes; returns how many starts were looked at."""
    none = np.zeros(len(w.X), np.int64)
    for i in range(len(starts)):
        leg = book.leg[i - 1] if i > 0 else none
        if first <= starts[i] + a.delay <= last:
            book.expected[i] = shoot(a, w, stops, n, starts[i], leg, trial_of(book, i))
            tally(book.code[i], codes)
            if a.speed > 0.0 and (book.code[i] >= LATER).all():
                return i + 1  # whoever starts later meets later
        else:
            book.expected[i], book.kill[i], book.code[i], book.leg[i] = 0.0, 0.0, RANGE, leg
    return len(starts)


@compiled
def judge(
    a: Shooter, friends: Friends, w: Way, starts: Array, count: int, least: float, book: Book
) -> tuple[int, int]:
    """Fill which starts are useful; returns what hinders the first that would be, and which friend."""
    wide = np.empty(len(w.X))
    first_hindrance, friend = CLEAR, -1
    for i in range(count):
        book.usable[i] = book.expected[i] >= least
        if not book.usable[i]:
            continue
        wide[:] = 0.0
        for j in (i - 1, i + 1):
            if 0 <= j < count:
                widen(trial_of(book, i), trial_of(book, j), 0.5, wide)
        hindrance, who = hindered(a, friends, starts[i], trial_of(book, i), wide, w.times)
        book.usable[i] = hindrance == CLEAR
        if hindrance != CLEAR and first_hindrance == CLEAR:
            first_hindrance, friend = hindrance, who
    return first_hindrance, friend


@compiled
def settle(
    a: Shooter, friends: Friends, w: Way, stops: Stops, n: int, starts: Array, count: int, least: float,
    book: Book, spare: Trial, found: Found,
) -> None:  # fmt: skip
    """Fill the window about the best start, its ends between two starts, and what is told of it."""
    begin, pick, end = run(book.usable[:count], book.expected[:count])
    window, good = found.window[n], GOOD * book.expected[:count][book.usable[:count]].max()
    window[0], window[1], window[2] = starts[begin], starts[end], starts[pick]
    sides = ((0, begin, begin - 1, least), (1, end, end + 1, least), (2, pick, pick - 1, good))
    for side, inner, outer, enough in sides:
        if 0 <= outer < len(starts):
            window[side] = bisect(
                a, friends, w, stops, n, starts[inner], starts[outer], enough, book.leg[min(inner, outer)],
                trial_of(book, inner), spare,
            )  # fmt: skip
    window[2] = max(window[2], window[0])
    shoot(a, w, stops, n, window[2], book.leg[max(pick - 1, 0)], spare)
    describe(spare, stops, n, found.time[n], found.kill[n], found.place[n])


@inlined
def trial_of(b: Book, i: int) -> Trial:
    """The meetings of start i."""
    return Trial(b.time[i], b.place[i], b.distance[i], b.kill[i], b.leg[i], b.code[i])


@compiled
def tally(code: Ints, counts: Ints) -> None:
    for k in range(len(code)):
        counts[code[k]] += 1


@compiled
def widen(one: Trial, other: Trial, share: float, wide: Array) -> None:
    """wide (K,) ← m that a meeting of one start moves to that of another, times `share`, if more."""
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
    met = trial.time
    x = y = z = end = spread = 0.0
    count = 0
    for k in range(len(kill)):
        if kill[k] > 0.0:
            x, y, z, count = x + place[k, 0], y + place[k, 1], z + place[k, 2], count + 1
            end = max(end, met[k])
    x, y, z = x / count, y / count, z / count
    for k in range(len(kill)):
        if kill[k] > 0.0:
            dx, dy, dz = place[k, 0] - x, place[k, 1] - y, place[k, 2] - z
            spread = max(spread, math.sqrt(dx * dx + dy * dy + dz * dz) + wide[k])
    e, c, t_d = a.envelope, a.clearance, start + a.delay
    if not is_clear(c, e.position[0], e.position[1], x, y, spread):
        for k in range(len(kill)):
            if kill[k] > 0.0 and not is_clear(
                c, e.position[0], e.position[1], place[k, 0], place[k, 1], wide[k]
            ):
                return NO_FIRE, -1
    if in_the_way(friends, e, times, t_d, end, x, y, z, c.beyond, spread) >= 0:
        for k in range(len(kill)):
            if kill[k] > 0.0:
                who = in_the_way(
                    friends, e, times, t_d, met[k], place[k, 0], place[k, 1], place[k, 2], c.beyond, wide[k]
                )
                if who >= 0:
                    return FRIEND, who
    return CLEAR, -1


@compiled
def run(usable: NDArray[np.bool_], expected: Array) -> tuple[int, int, int]:
    """First, chosen and last index of the unbroken run about the first start nearly as good as any."""
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
    a: Shooter, friends: Friends, w: Way, stops: Stops, n: int, good: float, bad: float, least: float,
    leg: Ints, beside: Trial, out: Trial,
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
def describe(trial: Trial, stops: Stops, n: int, time: Array, kill: Array, place: Array) -> None:
    """Fill the quantiles and expectation (3,) of time and kill, and the place nearest to their middle."""
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
    # A few ways that nothing meets pull the expectation below a quantile: the range then reaches to it.
    kill[0], kill[2] = min(kill[0], kill[1]), max(kill[2], kill[1])
