"""The way of a bird: towards its waypoints, but never straight.

Turn rate is what brings it to its next waypoint plus a correlated one of its own, an Ornstein-Uhlenbeck
process (Uhlenbeck and Ornstein, Phys. Rev. 36, 1930; as a model of animals' ways: correlated random walks,
Kareiva and Shigesada, Oecologia 56, 1983). It is held for STEP seconds, so the way is made of arcs, as any
other path here.
"""

from __future__ import annotations

import math

import numpy as np

from vedette.scenario.path import FlightPath
from vedette.types import Array

STEP = 2.0  # s for which a turn rate holds
MEMORY = 10.0  # s over which it is forgotten; an assumption
HOMING = 4.0  # s in which a heading error towards the waypoint would be taken out; much more, and it circles
CAPTURE = 8.0  # s of flight from a waypoint at which it counts as reached
FURTHEST = 4.0  # times the straight way, after which it has ended wherever it is


def steps_of(corners: Array, speed: float) -> int:
    """How many turn rates a way past `corners` (K, 2) can need."""
    length = float(np.hypot(*np.diff(corners, axis=0).T).sum())
    return int(FURTHEST * length / (speed * STEP)) + 50


def luck(white: Array) -> Array:
    """(S,) correlated turn rates of unit variance from (S,) independent standard normals."""
    rho = math.exp(-STEP / MEMORY)
    out, value = np.empty(len(white)), white[0]
    for k, xi in enumerate(white):
        value = rho * value + math.sqrt(1.0 - rho * rho) * xi if k else xi
        out[k] = value
    return out


def wander(corners: Array, height: Array, speed: float, turn_rate: float, rates: Array) -> FlightPath:
    """A way past `corners` (K, 2) m at heights (K,), never turning faster than `turn_rate` rad/s.

    rates  (S,) rad/s: what it turns of its own accord in each step; the way ends where they do
    """
    place, ds, reach = corners[0].copy(), speed * STEP, speed * CAPTURE
    heading = _course(corners[1] - corners[0])
    segments, node, at = [], [0.0], 1
    for k, own in enumerate(rates):
        home = math.remainder(_course(corners[at] - place) - heading, 2.0 * math.pi) / HOMING
        bend = min(max(home + own, -turn_rate), turn_rate) / speed
        segments.append((k * ds, *place, heading, bend))
        middle = heading + 0.5 * bend * ds
        chord = ds * float(np.sinc(bend * ds / (2.0 * math.pi)))
        place = place + chord * np.array([math.sin(middle), math.cos(middle)])
        heading += bend * ds
        if math.hypot(*(corners[at] - place)) <= reach:
            node.append((k + 1) * ds)
            at += 1
            if at == len(corners):
                break
    columns, length = np.array(segments), len(segments) * ds
    if len(node) < len(corners):  # it never got there: it ends at the height of where it was going
        node.append(length)
    return FlightPath(
        start=columns[:, 0], place=columns[:, 1:3], heading=columns[:, 3], curvature=columns[:, 4],
        node=np.array(node), height=height[: len(node)], length=length,
    )  # fmt: skip


def _course(step: Array) -> float:
    return math.atan2(float(step[0]), float(step[1]))
