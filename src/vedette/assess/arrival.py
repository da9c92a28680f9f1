"""How much time is left: when a track is expected at the assets, from its distribution.

Each of the track's rays arrives where it first comes within the asset's radius or, where it passes by, at its
closest approach; one that recedes does not arrive.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vedette.assess.approach import NODES, QUANTILES, Array, passage, quantiles, ray_of, spread
from vedette.assess.zone import Asset, Zone
from vedette.kernel.compiled import compiled
from vedette.types import Arrival

FAR = 3600.0  # s beyond which nothing is said of an arrival


def arrival(x: Array, P: Array, zone: Zone, assets: Sequence[Asset], q: Array) -> Arrival | None:
    """At the asset that a track with mean x (6,) and covariance P (6, 6) threatens first; None: at none.

    The assets within the zone count; where none is within it, all do. Most of the rays must arrive.
    """
    if not assets:
        return None
    place = np.array([asset.position[:2] for asset in assets])
    radius = np.array([asset.radius for asset in assets])
    time = np.full((len(assets), len(QUANTILES)), np.nan)
    fill(x, P, place, radius, q, FAR, NODES, time)
    meant = zone.area.distance(place) <= 0.0
    median = np.where(meant | ~meant.any(), time[:, 1], np.nan)
    if np.isnan(median).all():
        return None
    k = int(np.nanargmin(median))
    low, middle, high = (float(value) for value in time[k])
    return Arrival(asset=assets[k].name, after_s=middle, low_s=low, high_s=high)


@compiled
def fill(
    x: Array, P: Array, place: Array, radius: Array, q: Array, far: float, nodes: Array, time: Array
) -> None:
    """Fill time (A, 3) with the QUANTILES of arrival at each place (A, 2), where most rays do by `far`."""
    relative, ray, L = np.empty(6), np.empty(6), np.empty((6, 6))
    found = np.empty(len(nodes))
    for a in range(len(place)):
        relative[:] = x
        relative[0] -= place[a, 0]
        relative[1] -= place[a, 1]
        spread(P, q, passage(relative, radius[a], far) / 3.0, L)
        count = 0
        for k in range(len(nodes)):
            ray_of(relative, L, nodes, k, ray)
            t = arrives(ray, radius[a])
            if t <= far:
                found[count] = t
                count += 1
        if 2 * count > len(nodes):
            quantiles(np.sort(found[:count]), time[a])


@compiled
def arrives(ray: Array, radius: float) -> float:
    """t = −p·v / v·v, less √(r² − d²) / |v| where the least distance d is below the radius r."""
    vx, vy, px, py = ray[0], ray[1], ray[3], ray[4]
    pp, vv, pv = px * px + py * py, vx * vx + vy * vy, px * vx + py * vy
    if pp <= radius * radius:
        return 0.0
    if vv == 0.0 or pv >= 0.0:
        return math.inf
    inside = max(radius * radius - (pp - pv * pv / vv), 0.0)
    t: float = (-pv - math.sqrt(inside * vv)) / vv
    return t
