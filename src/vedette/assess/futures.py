"""Sampled futures: where each target may fly, when it comes to an asset, and when a person has decided.

A future draws, for every track, whether it is there at all, where and how it flies now, its purpose, and from
then on its way, what the sensors report of it, and how long the person takes. The way follows the tracker's
three ways of moving about a *wanted* velocity u, which a target returns to:

    v = u + d
    cruise      du = √q_u dW,  dd = −d/τ dt + √q_c dW      (d is an Ornstein-Uhlenbeck process)
    manoeuvre   du = √q_u dW,  dd = √q_m dW                (white-noise acceleration)
    hover       dv = −v/τ_h dt + √q_h dW,  u is kept

In cruise d settles at N(0, q_c τ/2), and is drawn from that at the start, v being what the track says. A
manoeuvre that is under way at the start ends on a new course, u ← v; later ones are returned from. A target
with a goal turns to it after an exponential time, and from then on u points there.

Each way is linear and Gaussian, so a step of any length is exact where it ends (Bar-Shalom, Li & Kirubarajan,
Estimation with Applications to Tracking and Navigation, 2001, §6.2.2; Uhlenbeck & Ornstein, Phys. Rev. 36,
1930; kernel.motion has both). Ways are changed after exponential times T_k, each for the others alike, as
kernel.imm.switching says. Within a step the way is taken as straight: a step is at most `most` s, and near an
asset so short that it flies half the distance to it.

Decisions: the person's work on a track takes `delay` s while the track is held. Reports come as a Poisson
process whose rate at a place is what a look's misses amount to, −ρ ln(1 − P_D). A track without a report for
`lost` s is gone; when reports come again, the work begins anew after the `hits` reports that confirm it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vedette.assess.passage import into_disc
from vedette.kernel.compiled import compiled

Array = NDArray[np.float64]

CRUISE, MANOEUVRE, HOVER = 0, 1, 2
LOW = 30.0  # m above the site, below which nothing descends that is not lower now
FAR = 1e300  # never


class Flights(NamedTuple):
    """N tracks as they are believed now, in level coordinates [e, n, h, v_e, v_n, v_h].

    mu      of cruise, manoeuvre and hover
    turns   probability of having one of the nearest assets for a goal
    silent  s since the last report
    told    reports per second that it sends of itself wherever it is
    """

    x: Array  # (N, 6)
    L: Array  # (N, 6, 6) with L Lᵀ = P
    r: Array  # (N,)
    mu: Array  # (N, 3)
    turns: Array  # (N,)
    silent: Array  # (N,)
    told: Array  # (N,)


class Ways(NamedTuple):
    """How targets move and how a track is kept. q in m²/s³, times in s, speeds in m/s.

    T      mean stay in cruise, manoeuvre and hover
    fast   speed above which nothing hovers
    slow   speed with which one heads for its goal that is slower now
    turn   mean time until one that has a goal turns to it
    goals  how many of the nearest assets may be one
    """

    q_u: float
    q_up: float
    q_c: float
    tau: float
    q_m: float
    q_h: float
    tau_h: float
    T: Array  # (3,)
    fast: float
    slow: float
    turn: float
    goals: int
    lost: float
    hits: int
    least: float
    most: float


class Goals(NamedTuple):
    """A assets: they are reached within `radius`, below `ceiling` m above the site."""

    place: Array  # (A, 2)
    radius: Array  # (A,)
    ceiling: float


class Sight(NamedTuple):
    """rate (H, K, K), −Σ ρ ln(1 − P_D) in 1/s, at `height` (H,) and K × K places `step` m apart."""

    rate: Array
    height: Array
    corner: float
    step: float


@compiled
def fly(
    rng: np.random.Generator,
    flights: Flights,
    ways: Ways,
    goals: Goals,
    sight: Sight,
    delay: Array,
    horizon: float,
    arrival: Array,
    decided: Array,
    end: Array,
) -> None:
    """Fill arrival (F, N, A), decided (F, N) in s, infinite where it does not come about, and end (F, N, 7).

    delay (F, N) is the person's work, 0 where it is done. `end` is [e, n, h, v_e, v_n, v_h, way] at the
    horizon, NaN where the target is not there.
    """
    F, N = delay.shape
    arrival[:], decided[:], end[:] = np.inf, np.inf, np.nan
    z, s = np.empty(6), np.empty(6)
    for f in range(F):
        for i in range(N):
            there = rng.random() < flights.r[i]
            for a in range(6):
                z[a] = rng.standard_normal()
            if there:
                for a in range(6):
                    s[a] = flights.x[i, a]
                    for b in range(a + 1):
                        s[a] += flights.L[i, a, b] * z[b]
                decided[f, i] = _fly_one(
                    rng, flights, i, s, ways, goals, sight, delay[f, i], horizon, arrival[f, i], end[f, i]
                )


@compiled
def _fly_one(
    rng: np.random.Generator,
    flights: Flights,
    i: int,
    s: Array,
    ways: Ways,
    goals: Goals,
    sight: Sight,
    delay: float,
    horizon: float,
    arrival: Array,
    end: Array,
) -> float:
    """One future of one target that is at s (6,) now; returns when a person has decided."""
    p, u, d, q = s[:3].copy(), s[3:].copy(), np.zeros(2), np.empty(3)
    low = min(p[2], LOW)
    may_hover = math.hypot(u[0], u[1]) <= ways.fast
    way = _first_way(rng, flights.mu[i], may_hover)
    turning = way == MANOEUVRE  # a turn in progress: its end is the new course
    if way == CRUISE:  # what it flies now is what it wants and its deviation, which has settled
        for a in range(2):
            d[a] = math.sqrt(0.5 * ways.q_c * ways.tau) * rng.standard_normal()
            u[a] -= d[a]
    goal, t_goal = _purpose(rng, flights.turns[i], p, goals, ways)
    t, t_way = 0.0, rng.standard_exponential() * ways.T[way]
    silent, held, work = flights.silent[i], True, 0.0
    done = 0.0 if delay <= 0.0 else np.inf
    near = _arrive_now(p, goals, arrival)
    while t < horizon:
        if goal >= 0 and t >= t_goal:
            _aim(u, p, goals.place[goal], ways.slow)
        speed = math.hypot(u[0] + d[0], u[1] + d[1])
        dt = min(max(0.5 * near / max(speed, 1.0), ways.least), ways.most)
        dt = min(dt, t_way - t, horizon - t)
        if t_goal > t:
            dt = min(dt, t_goal - t)
        dt = max(dt, 1e-9)
        q[:] = p
        _move(rng, p, u, d, way, ways, dt)
        p[2] = max(p[2], low)
        if done == np.inf:
            silent, held, work = _watch(rng, sight, p, flights.told[i], ways, dt, silent, held, work)
            if held and work >= delay:
                done = t + dt - min(work - delay, dt)
        near = _arrive(q, p, t, dt, near, goals, arrival)
        t += dt
        if goal >= 0 and arrival[goal] < np.inf:
            break  # it came for this
        if t >= t_way:
            if way == MANOEUVRE and turning:
                u[0] += d[0]
                u[1] += d[1]
                d[:] = 0.0
            turning = False
            way = _next_way(rng, way, may_hover)
            t_way = t + rng.standard_exponential() * ways.T[way]
    end[:3], end[3], end[4], end[5], end[6] = p, u[0] + d[0], u[1] + d[1], u[2], way
    return done


@compiled
def _first_way(rng: np.random.Generator, mu: Array, may_hover: bool) -> int:
    """Drawn from mu (3,); what may not hover cruises instead."""
    luck = rng.random() * (mu[0] + mu[1] + mu[2])
    if luck < mu[MANOEUVRE]:
        return MANOEUVRE
    return HOVER if may_hover and luck < mu[MANOEUVRE] + mu[HOVER] else CRUISE


@compiled
def _next_way(rng: np.random.Generator, way: int, may_hover: bool) -> int:
    """The others alike."""
    if not may_hover:
        return MANOEUVRE if way == CRUISE else CRUISE
    return (way + (1 if rng.random() < 0.5 else 2)) % 3


@compiled
def _purpose(rng: np.random.Generator, turns: float, p: Array, goals: Goals, ways: Ways) -> tuple[int, float]:
    """Which asset it has for a goal, −1 for none, and when it turns to it."""
    luck, rank, wait = rng.random(), rng.random(), rng.standard_exponential()
    A = len(goals.radius)
    if A == 0 or luck >= turns:
        return -1, -1.0
    distance = np.empty(A)
    for a in range(A):
        distance[a] = math.hypot(goals.place[a, 0] - p[0], goals.place[a, 1] - p[1])
    nearest = np.argsort(distance)
    return int(nearest[int(rank * min(ways.goals, A))]), wait * ways.turn


@compiled
def _aim(u: Array, p: Array, place: Array, slow: float) -> None:
    """u points from p to the place, as fast as before or `slow`."""
    east, north = place[0] - p[0], place[1] - p[1]
    distance = math.hypot(east, north)
    if distance > 0.0:
        speed = max(math.hypot(u[0], u[1]), slow)
        u[0], u[1] = speed * east / distance, speed * north / distance


@compiled
def _move(rng: np.random.Generator, p: Array, u: Array, d: Array, way: int, ways: Ways, dt: float) -> None:
    """p, u, d ← after dt. Height: ḣ wanders by itself, q_up."""
    if way == HOVER:
        b, alpha, q_pp, q_pv, q_vv = _damped(ways.q_h, ways.tau_h, dt)
        along, across = _root(q_pp, q_pv, q_vv)
        for a in range(2):
            v, w = u[a] + d[a], rng.standard_normal()
            p[a] += alpha * v + along * w + across * rng.standard_normal()
            d[a] = b * v + math.sqrt(q_vv) * w - u[a]
        return
    if way == CRUISE:
        b, alpha, q_pp, q_pv, q_vv = _damped(ways.q_c, ways.tau, dt)
    else:
        b, alpha, q_pp, q_pv, q_vv = _white(ways.q_m, dt)
    along, across = _root(q_pp, q_pv, q_vv)
    _, _, q_pp, q_pv, q_uu = _white(ways.q_u, dt)
    along_u, across_u = _root(q_pp, q_pv, q_uu)
    across = math.hypot(across, across_u)
    for a in range(2):
        w, w_u = rng.standard_normal(), rng.standard_normal()
        p[a] += u[a] * dt + alpha * d[a] + along * w + along_u * w_u + across * rng.standard_normal()
        d[a] = b * d[a] + math.sqrt(q_vv) * w
        u[a] += math.sqrt(q_uu) * w_u
    _, _, q_pp, q_pv, q_vv = _white(ways.q_up, dt)
    along, across = _root(q_pp, q_pv, q_vv)
    w = rng.standard_normal()
    p[2] += u[2] * dt + along * w + across * rng.standard_normal()
    u[2] += math.sqrt(q_vv) * w


@compiled
def _white(q: float, dt: float) -> tuple[float, float, float, float, float]:
    """β, α, Q_pp, Q_pv, Q_vv of white-noise acceleration."""
    return 1.0, dt, q * dt**3 / 3.0, q * dt**2 / 2.0, q * dt


@compiled
def _damped(q: float, tau: float, dt: float) -> tuple[float, float, float, float, float]:
    """The same of kernel.motion.damped_velocity; 1 − β by expm1, since dt may be far below τ."""
    b, c = math.exp(-dt / tau), -math.expm1(-dt / tau)
    q_vv = q * tau / 2.0 * c * (1.0 + b)
    return b, tau * c, q * tau**2 * (dt - 2.0 * tau * c) + tau**2 * q_vv, q * tau**2 / 2.0 * c * c, q_vv


@compiled
def _root(q_pp: float, q_pv: float, q_vv: float) -> tuple[float, float]:
    """What w ~ N(0, 1) adds to p as √Q_vv w goes to v, and what another adds: Q_pv/√Q_vv, √(Q_pp − that²)."""
    along = q_pv / math.sqrt(q_vv) if q_vv > 0.0 else 0.0
    return along, math.sqrt(max(q_pp - along * along, 0.0))


@compiled
def _watch(
    rng: np.random.Generator,
    sight: Sight,
    p: Array,
    told: float,
    ways: Ways,
    dt: float,
    silent: float,
    held: bool,
    work: float,
) -> tuple[float, bool, float]:
    """s of silence, whether the track is held, and s of work done on it, after dt at p."""
    rate = told + _rate(sight, p)
    if rng.random() < -math.expm1(-rate * dt):
        if not held:
            return 0.0, True, -(ways.hits - 1) / rate
        return 0.0, True, work + dt
    silent += dt
    if not held or silent > ways.lost:
        return silent, False, 0.0
    return silent, True, work + dt


@compiled
def _rate(sight: Sight, p: Array) -> float:
    """Reports per second at p: of the nearest place, and of the height nearest by ratio."""
    K = sight.rate.shape[1]
    e, n = round((p[0] - sight.corner) / sight.step), round((p[1] - sight.corner) / sight.step)
    if e < 0 or n < 0 or e >= K or n >= K:
        return 0.0
    h = 0
    while h + 1 < len(sight.height) and p[2] * p[2] > sight.height[h] * sight.height[h + 1] and p[2] > 0.0:
        h += 1
    return float(sight.rate[h, n, e])


@compiled
def _arrive_now(p: Array, goals: Goals, arrival: Array) -> float:
    """Who is there already has arrived; returns the distance to the nearest of the others, 0 above it."""
    near = FAR
    for a in range(len(goals.radius)):
        distance = math.hypot(goals.place[a, 0] - p[0], goals.place[a, 1] - p[1]) - goals.radius[a]
        if distance <= 0.0 and p[2] <= goals.ceiling:
            arrival[a] = 0.0
        else:
            near = min(near, max(distance, 0.0))
    return near


@compiled
def _arrive(q: Array, p: Array, t: float, dt: float, near: float, goals: Goals, arrival: Array) -> float:
    """Note the first arrivals on the straight way from q to p; returns as `_arrive_now`."""
    flown = math.hypot(p[0] - q[0], p[1] - q[1])
    next_near = FAR
    for a in range(len(goals.radius)):
        if arrival[a] < np.inf:
            continue
        if flown >= near:
            from_e, from_n = q[0] - goals.place[a, 0], q[1] - goals.place[a, 1]
            share = into_disc(from_e, from_n, p[0] - q[0], p[1] - q[1], goals.radius[a])
            if share <= 1.0 and q[2] + share * (p[2] - q[2]) <= goals.ceiling:
                arrival[a] = t + share * dt
                continue
        distance = math.hypot(goals.place[a, 0] - p[0], goals.place[a, 1] - p[1]) - goals.radius[a]
        next_near = min(next_near, max(distance, 0.0))
    return next_near
