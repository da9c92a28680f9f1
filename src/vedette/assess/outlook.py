"""From a picture to its outlook: who is followed, what is known of them, and what their futures amount to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from vedette.assess.config import AlertConfig
from vedette.assess.friends import HEARD, NAMES, Friends
from vedette.assess.futures import Array, Flights, Goals, Sight, Ways, fly
from vedette.assess.outlook_config import OutlookConfig
from vedette.assess.zone import Asset, level
from vedette.clock import seconds
from vedette.geo import LocalFrame
from vedette.sensor import Simulated
from vedette.sensor.lowest import Chart
from vedette.types import Alert, AlertState, AssetOutlook, Outlook, Span, Status, Track

HEIGHTS = np.array([15.0, 30.0, 60.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0])
PLACES = 121  # per side of the map of what is seen
FARTHEST = 100e3  # m to each side
SURE = 0.95  # no look is surer than this, as the tracker has it (p_detect_max)
SPEEDS = 3.0  # standard deviations of velocity that a target may be faster than it seems
QUANTILES = (0.1, 0.5, 0.9)


class Followed(NamedTuple):
    """The N tracks of one picture at data time t, as they go to the process that looks ahead.

    The fields are those of futures.Flights, but P (N, 6, 6) itself: factoring it is left to that process.
    elapsed  s that a person has had for each already; infinite where the decision is made
    """

    t: int
    x: Array
    P: Array
    r: Array
    mu: Array
    turns: Array
    silent: Array
    told: Array
    elapsed: Array

    def flights(self, rows: NDArray[np.int64]) -> Flights:
        """Some of them, to be flown."""
        r, mu, turns, silent, told = (
            part[rows] for part in (self.r, self.mu, self.turns, self.silent, self.told)
        )
        return Flights(self.x[rows], factors(self.P[rows]), r, mu, turns, silent, told)


def followed(
    t: int,
    tracks: Iterable[Track],
    alerts: Sequence[Alert],
    alert: AlertConfig,
    config: OutlookConfig,
    frame: LocalFrame,
    report_rates: Mapping[str, float],
) -> Followed:
    """Every confirmed or coasting track that may be meant ill, at data time t (ns UTC).

    report_rates  sensor → reports per second of what sends of itself, of sensors that do not look
    """
    believed = [track for track in tracks if track.status in (Status.CONFIRMED, Status.COASTING)]
    chosen = Friends(alert).others(t, believed)
    x = np.array([track.estimate.x[:6] for track in chosen]).reshape(-1, 6)
    P = np.array([track.estimate.P[:6, :6] for track in chosen]).reshape(-1, 6, 6)
    elapsed = elapsed_of(t, alerts)
    return Followed(
        t=t,
        x=level(frame, x),
        P=P,
        r=np.array([track.existence for track in chosen]),
        mu=np.array([ways_of(track) for track in chosen]).reshape(-1, 3),
        turns=np.array([0.0 if names_itself(track, t) else config.towards for track in chosen]),
        silent=np.array([max(seconds(t - track.t_updated), 0.0) for track in chosen]),
        told=np.array([told(track, t, report_rates) for track in chosen]),
        elapsed=np.array([elapsed.get(track.id, 0.0) for track in chosen]),
    )


def names_itself(track: Track, t: int) -> bool:
    """Whether it has said lately who it is."""
    return any(fact in NAMES and t - field.t <= HEARD for fact, field in track.identity.items())


def ways_of(track: Track) -> tuple[float, ...]:
    """Probability of cruise, manoeuvre and hover; cruise where nothing is known."""
    return track.modes if len(track.modes) == 3 else (1.0, 0.0, 0.0)


def told(track: Track, t: int, report_rates: Mapping[str, float]) -> float:
    """Reports per second that it sends of itself, as lately."""
    return sum(
        rate for sensor, rate in report_rates.items() if t - track.contributors.get(sensor, 0) <= HEARD
    )


def elapsed_of(t: int, alerts: Sequence[Alert]) -> dict[int, float]:
    """Track → s since its first open alert was raised; infinite once somebody has acted on one."""
    found: dict[int, float] = {}
    for alert in alerts:
        if alert.state is not AlertState.CLOSED:
            new = alert.state is AlertState.NEW
            since = seconds(t - alert.t_raised) if new else np.inf
            found[alert.track] = max(since, found.get(alert.track, 0.0))
    return found


def factors(P: Array) -> Array:
    """(N, 6, 6) lower L with L Lᵀ = P, by the eigenvalues of P and QR: for P that is semidefinite, too."""
    values, vectors = np.linalg.eigh(0.5 * (P + P.mT))
    root = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    R: Array = np.asarray(np.linalg.qr(root.mT, mode="r"))
    return np.ascontiguousarray(R.mT)


def sight(sensors: Mapping[str, Simulated], frame: LocalFrame, places: int = PLACES) -> Sight:
    """What the sensors that look would report, at `places` × `places` about the site."""
    looking = [sensor for sensor in sensors.values() if sensor.looks and sensor.look_rate > 0.0]
    reach = [float(np.linalg.norm(frame.from_geodetic(s.geodetic)[:2])) + s.range_max for s in looking]
    extent = min(max(reach, default=1.0), FARTHEST)
    flat = Chart.about(frame, None, extent, places)
    cells = np.arange(places * places)
    rate = np.zeros((len(HEIGHTS), places * places))
    for k, height in enumerate(HEIGHTS):
        position = flat.position(cells, float(height))
        for sensor in looking:
            p = np.minimum(sensor.detection_probability(position), SURE)
            rate[k] -= sensor.look_rate * np.log1p(-p)
    return Sight(rate.reshape(-1, places, places), HEIGHTS, float(flat.places[0, 0, 0]), flat.step)


def soonest(now: Followed, goals: Goals, config: OutlookConfig) -> tuple[NDArray[np.int64], int]:
    """Rows of those that can come to an asset within the horizon, the soonest first; the number left out."""
    x = now.x
    if not len(x) or not len(goals.radius):
        return np.empty(0, np.int64), 0
    away = np.hypot(*(x[:, None, :2] - goals.place).transpose(2, 0, 1)) - goals.radius
    spread = np.sqrt(np.maximum(np.diagonal(now.P, axis1=1, axis2=2), 0.0))
    speed = np.hypot(x[:, 3], x[:, 4]) + SPEEDS * np.hypot(spread[:, 3], spread[:, 4])
    near = np.maximum(away.min(axis=1) - SPEEDS * np.hypot(spread[:, 0], spread[:, 1]), 0.0)
    time = near / np.maximum(speed, config.towards_speed)
    able = np.flatnonzero(time <= config.horizon_s)
    order = able[np.argsort(time[able], kind="stable")]
    return order[: config.tracks], max(len(order) - config.tracks, 0)


def delays(rng: np.random.Generator, elapsed: Array, config: OutlookConfig, futures: int) -> Array:
    """(F, N) s of work left: log-normal, given that it has taken `elapsed` (N,) s and is not done.

    ln D ~ N(ln median, spread²), and D | D > a by the inverse of its distribution above Φ((ln a − μ)/σ).
    """
    luck = rng.random((futures, len(elapsed)))
    decided = np.isinf(elapsed)
    if config.decision_s == 0.0:
        return np.zeros_like(luck)
    mu, sigma = np.log(config.decision_s), max(config.decision_spread, 1e-9)
    with np.errstate(divide="ignore"):
        a = np.where(decided, 0.0, (np.log(np.where(decided, 1.0, elapsed)) - mu) / sigma)
    upper = ndtr(-a)  # P(D > a): from the upper tail, where small numbers keep their digits
    total = np.exp(mu - sigma * ndtri(luck * upper))
    return np.where(decided, 0.0, np.maximum(total - elapsed, 0.0))


class Futures(NamedTuple):
    """What F futures bring of the N tracks of `rows`: times in s, infinite where it does not come about."""

    rows: NDArray[np.int64]  # (N,)
    left_out: int
    arrival: Array  # (F, N, A)
    decided: Array  # (F, N)
    end: Array  # (F, N, 7), see futures.fly


def sample(
    rng: np.random.Generator, now: Followed, goals: Goals, ways: Ways, seen: Sight, config: OutlookConfig
) -> Futures:
    """The futures of one picture. Equal generators give equal futures."""
    rows, left_out = soonest(now, goals, config)
    F, N, A = config.futures, len(rows), len(goals.radius)
    delay = delays(rng, now.elapsed[rows], config, F)
    arrival, decided, end = np.empty((F, N, A)), np.empty((F, N)), np.empty((F, N, 7))
    fly(rng, now.flights(rows), ways, goals, seen, delay, config.horizon_s, arrival, decided, end)
    return Futures(rows, left_out, arrival, decided, end)


def look_ahead(
    rng: np.random.Generator,
    now: Followed,
    assets: Sequence[Asset],
    ways: Ways,
    seen: Sight,
    config: OutlookConfig,
) -> Outlook:
    """Sample the futures of one picture and say what they bring to each asset."""
    found = sample(rng, now, goals_of(assets, config), ways, seen, config)
    return Outlook(
        t=now.t, futures=config.futures, horizon_s=config.horizon_s,
        tracks=len(found.rows), left_out=found.left_out,
        assets=tuple(
            summary(asset.name, found.arrival[:, :, a], found.decided, config.together_s)
            for a, asset in enumerate(assets)
        ),
    )  # fmt: skip


def goals_of(assets: Sequence[Asset], config: OutlookConfig) -> Goals:
    """The assets as arrays."""
    return Goals(
        place=np.array([asset.position[:2] for asset in assets]).reshape(-1, 2),
        radius=np.array([asset.radius for asset in assets]),
        ceiling=config.ceiling,
    )


def summary(asset: str, arrival: Array, decided: Array, together_s: float) -> AssetOutlook:
    """What (F, N) arrivals at one asset, and decisions, in s, amount to."""
    came = np.isfinite(arrival)
    count = came.sum(axis=1)
    some = np.flatnonzero(count)
    first = arrival[some].argmin(axis=1) if len(some) else np.empty(0, np.int64)
    when = arrival[some, first]
    warning = np.maximum(when - decided[some, first], 0.0)
    return AssetOutlook(
        asset=asset,
        probability=len(some) / len(arrival),
        arrivals_expected=float(count.mean()),
        arrival=span(when),
        warning=span(warning),
        counts=shares(count),
        at_once=shares(most_at_once(arrival, together_s)),
    )


def span(sample: Array) -> Span | None:
    """10, 50 and 90 % of a sample; None of an empty one."""
    if not len(sample):
        return None
    low, middle, high = (float(q) for q in np.quantile(sample, QUANTILES))
    return low, middle, high


def shares(count: NDArray[np.int64]) -> tuple[float, ...]:
    """Probability of 0, 1, 2, … up to the largest number that came about."""
    return tuple((np.bincount(count) / len(count)).tolist())


def most_at_once(arrival: Array, together_s: float) -> NDArray[np.int64]:
    """(F,) the most arrivals of (F, N) that lie within `together_s`: of each, how many came since shortly."""
    when = np.sort(arrival, axis=1)
    most = np.zeros(len(when), np.int64)
    for f in np.flatnonzero(np.isfinite(when).any(axis=1)):
        row = when[f][np.isfinite(when[f])]
        most[f] = (np.arange(1, len(row) + 1) - np.searchsorted(row, row - together_s)).max()
    return most
