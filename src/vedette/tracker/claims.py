"""What reports claim of themselves and the tracker measures by: numbers, as arrays; missing ones are NaN."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from vedette.sensor import Doppler
from vedette.types import Array, Detection

SILENT = 1e12  # (m/s)², variance of a radial speed that a report does not have


def claimed(key: str, reports: Sequence[Detection], counters: Counter[str]) -> Array:
    """(M,) the claim `key` of every report; one that is no finite number is counted and left out."""
    return np.array([_number(key, report, counters) for report in reports], float)


def _number(key: str, report: Detection, counters: Counter[str]) -> float:
    said = report.claims.get(key)
    if said is None:
        return math.nan
    # True is 1 to Python, but not to a radar.
    if isinstance(said, bool) or not isinstance(said, int | float) or not abs(said) <= 1e9:
        counters["unusable_claims"] += 1
        return math.nan
    return float(said)


def with_radial_speed(
    y: Array, S: Array, speed: Array, doppler: Doppler, position: Array
) -> tuple[Array, Array]:
    """Plots of position y (M, 3), S (M, 3, 3) with radial speeds (M,), as kernel.kalman takes them.

    z (M, 8) = [place, radial speed, place − `position` of the sensor (3,), unambiguous interval],
    R (M, 4, 4).
    A report without a speed has one that says nothing, so that one look stays one scan.
    """
    M, said = len(y), np.isfinite(speed)
    z, R = np.zeros((M, 8)), np.zeros((M, 4, 4))
    z[:, :3], z[:, 3], z[:, 4:7], z[:, 7] = y, np.where(said, speed, 0.0), y - position, doppler.span
    R[:, :3, :3], R[:, 3, 3] = S, np.where(said, doppler.sigma**2, SILENT)
    return z, R
