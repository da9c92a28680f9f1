"""The radar horizon over smooth ground, with the 4/3 earth that stands for standard refraction.

Skolnik, Radar Handbook; ITU-R P.453 (a gradient of −39 N/km gives k = 4/3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

EARTH_RADIUS = 6_371_008.8  # m, mean (IUGG)
EFFECTIVE_RADIUS = 4.0 / 3.0 * EARTH_RADIUS  # m, k Re = 8495 km


def horizon_distance(antenna_height: ArrayLike, target_height: ArrayLike) -> Array:
    """Greatest ground distance in m at which the two heights (m above smooth ground) see each other.

    d = √(2 k Re h_r) + √(2 k Re h_t); a height below the ground counts as on it.
    """
    reach = [np.sqrt(2.0 * EFFECTIVE_RADIUS * np.maximum(h, 0.0)) for h in (antenna_height, target_height)]
    return np.asarray(reach[0] + reach[1])


def is_above_horizon(antenna_height: ArrayLike, target_height: ArrayLike, distance: ArrayLike) -> Bools:
    """Whether a target at `target_height` and ground `distance` (m) can be seen from `antenna_height`."""
    height, reach = np.asarray(target_height, float), horizon_distance(antenna_height, target_height)
    return np.asarray((height > 0.0) & (np.asarray(distance, float) <= reach))


def minimum_height(antenna_height: ArrayLike, distance: ArrayLike) -> Array:
    """The least height in m above smooth ground seen at `distance` m: (d − √(2 k Re h_r))² / 2 k Re."""
    beyond = np.maximum(np.asarray(distance) - horizon_distance(antenna_height, 0.0), 0.0)
    return np.asarray(beyond**2 / (2.0 * EFFECTIVE_RADIUS))
