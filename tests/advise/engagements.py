"""Effectors and tracks by hand, and a slow and obvious twin of the windows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tests.assess.air import FRAME, make_track
from vedette.advise.config import AdviceConfig
from vedette.advise.effector import Effector
from vedette.advise.effector_config import EnergyConfig, GunConfig, JammerConfig
from vedette.advise.paths import Paths, paths
from vedette.geo import Polygon, to_polar
from vedette.units import DEGREE

Array = NDArray[np.float64]
T0 = 1_697_585_000_000_000_000
CLASS = "one-way-attack"


def gun(**changes):
    """A gun at the site's reference point: 3 km, 800 m/s, stops six in ten."""
    keys = {
        "name": "gun", "notional": True, "range_max": 3_000.0, "height_max": 4_000.0, "speed": 800.0,
        "magazine": 20, "kill": {"other": 0.6}, "height": 2.0,
    }  # fmt: skip
    return GunConfig(**{**keys, **changes})


def jammer(**changes):
    keys = {
        "name": "jammer", "notional": True, "range_max": 4_000.0, "height_max": 2_000.0, "on": "gnss",
        "dwell_s": 8.0, "kill": {"other": 0.9}, "height": 5.0,
    }  # fmt: skip
    return JammerConfig(**{**keys, **changes})


def energy(**changes):
    keys = {
        "name": "beam", "notional": True, "range_max": 2_500.0, "height_max": 2_000.0, "dwell_s": 4.0,
        "visibility": 8_000.0, "kill": {"other": 0.7}, "height": 5.0,
    }  # fmt: skip
    return EnergyConfig(**{**keys, **changes})


def built(config, terrain=None, assets=()):
    return Effector.from_config(config, FRAME, terrain, assets)


def sure_track(position, velocity, **changes):
    """Where it is, and how it flies, is known."""
    return make_track(0.0, position, velocity, sigma=0.0, sigma_v=0.0, **changes)


def ways(*tracks, config=None, turbulence=(0.0, 0.0), assets=(), terrain=None):
    return paths(
        T0,
        tracks,
        config or AdviceConfig(),
        frame=FRAME,
        turbulence=turbulence,
        assets=assets,
        terrain=terrain,
    )


# --- the twin: everything spelled out, one way at a time


def on_way(X: Array, times: Array, t: float) -> Array:
    return np.array([np.interp(t, times, X[:, axis]) for axis in range(3)])


def holds(effector: Effector, x: Array) -> bool:
    """The envelope over smooth ground, from the file's own keys."""
    config = effector.config
    height = float(FRAME.height_above(x))
    own = FRAME.to_frame(_own(effector))[0] @ (x - effector.position)
    r, azimuth, elevation = to_polar(own)
    if not config.range_min <= r <= config.range_max or not config.height_min <= height <= config.height_max:
        return False
    if not config.elevation_min <= elevation / DEGREE <= config.elevation_max:
        return False
    if config.sector is not None:
        start, end = config.sector
        if (azimuth / DEGREE - start) % 360.0 > (end - start) % 360.0:
            return False
    earth = 4.0 / 3.0 * 6_371_008.8
    horizon = math.sqrt(2 * earth * max(config.height, 0.0)) + math.sqrt(2 * earth * max(height, 0.0))
    return not config.line_of_sight or math.hypot(own[0], own[1]) <= horizon


def _own(effector: Effector):
    from vedette.geo import LocalFrame

    return LocalFrame("enu:own", *effector.config.geodetic(FRAME))


def meeting(effector: Effector, X: Array, times: Array, start: float, grid: int = 15):
    """(t, place, greatest distance) of one way, or None: marching along it, then halving."""
    t_d = start + effector.config.delay_s
    if effector.speed == 0.0:
        return _dwelling(effector, X, times, t_d)
    e = effector.position

    def ahead(t):
        return effector.speed * (t - t_d) - float(np.linalg.norm(on_way(X, times, t) - e))

    looked = np.linspace(max(t_d, 0.0), times[-1], grid * len(times))
    apart = effector.speed * (looked - t_d) - np.linalg.norm(
        np.stack([np.interp(looked, times, X[:, axis]) for axis in range(3)], axis=-1) - e, axis=-1
    )
    if apart[0] > 0.0 or not (apart >= 0.0).any():
        return None
    after = int(np.argmax(apart >= 0.0))
    low, high = looked[max(after - 1, 0)], looked[after]
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if ahead(middle) >= 0.0 else (middle, high)
    place = on_way(X, times, high)
    return high, place, float(np.linalg.norm(place - e))


def _dwelling(effector: Effector, X: Array, times: Array, t_d: float):
    begin = max(t_d, 0.0)
    if begin > times[-1]:
        return None
    distance = float(np.linalg.norm(on_way(X, times, begin) - effector.position))
    end = t_d + float(effector.flight_s(distance))
    if not 0.0 <= end <= times[-1]:
        return None
    looked = [begin, *(t for t in times if begin < t < end), end]
    places = [on_way(X, times, t) for t in looked]
    if not all(holds(effector, x) for x in places):
        return None
    return end, places[-1], max(float(np.linalg.norm(x - effector.position)) for x in places)


def meetings(effector: Effector, way: Paths, n: int, start: float):
    """Those of all ways of track n that come about within the envelope and in time; None for the others."""
    found = []
    for k in range(way.X.shape[1]):
        met = meeting(effector, way.X[n, k], way.times, start)
        good = met is not None and met[0] <= way.until[n, k] and holds(effector, met[1])
        found.append(met if good else None)
    return found


def expected(effector: Effector, met, klass, sigma: float) -> float:
    """Kill of one shot over all ways; klass: name → probability."""
    total = 0.0
    for one in met:
        if one is not None:
            total += sum(p * float(effector.kill(one[2], name, sigma)) for name, p in klass.items())
    return total / len(met)


def crosses(effector: Effector, place: Array) -> bool:
    """Whether the line of fire comes over a no-fire polygon, or what falls into one: by points."""
    e, config = effector.position[:2], effector.config
    length = float(np.linalg.norm(place[:2] - e))
    share = np.linspace(0.0, 1.0 + (config.beyond / length if length else 0.0), 400)
    line = e + share[:, None] * (place[:2] - e)
    turn = np.linspace(0.0, 2.0 * math.pi, 90)
    ring = place[:2] + config.fall * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    disc = np.concatenate([place[None, :2] + s * (ring - place[:2]) for s in (0.0, 0.3, 0.6, 1.0)])
    return any(Polygon(area).contains(np.concatenate([line, disc])).any() for area in effector.no_fire)


def past_friend(effector: Effector, met, start: float, friends: Paths, margin: float) -> bool:
    """Whether a way of a friend comes within `margin` of the line of fire while the shot is under way."""
    t, place, _ = met
    e, begin = effector.position, max(start + effector.config.delay_s, 0.0)
    line = e + np.linspace(0.0, 1.0, 60)[:, None] * (place - e)
    looked = np.linspace(begin, t, 12)
    for f in range(len(friends.tracks)):
        there = np.array(
            [[np.interp(looked, friends.times, way[:, a]) for a in range(3)] for way in friends.X[f]]
        )
        apart = np.linalg.norm(there.transpose(0, 2, 1)[:, :, None] - line, axis=-1)
        if apart.min() < margin:
            return True
    return False
