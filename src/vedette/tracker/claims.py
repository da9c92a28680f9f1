"""What reports claim of themselves and the tracker measures by: numbers, as arrays; missing ones are NaN."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from types import NoneType

import numpy as np

from vedette.sensor import Doppler
from vedette.tracker.plots import Plots
from vedette.types import Array, Claim, Detection

SILENT = 1e12  # (m/s)², variance of a radial speed that a report does not have


def claimed(key: str, reports: Sequence[Detection], counters: Counter[str]) -> Array:
    """(M,) the claim `key` of every report; one that is no finite number is counted and left out."""
    said = [report.claims.get(key) for report in reports]
    if not set(map(type, said)) <= {float, NoneType}:
        said = [_number(each) for each in said]
    value = np.array(said, float)
    usable = np.abs(value) <= 1e9
    if useless := len(said) - said.count(None) - int(np.count_nonzero(usable)):
        counters["unusable_claims"] += useless
    return np.where(usable, value, math.nan)


def _number(said: Claim | None) -> float | None:
    """What is no number as one that is of no use; True is 1 to Python, but not to a radar."""
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | float) or not abs(said) <= 1e9:
        return math.nan
    return float(said)


def with_radial_speed(plots: Plots, speed: Array, doppler: Doppler, sight: Array) -> Plots:
    """Position plots in space with radial speeds (M,), as kernel.doppler takes them.

    z (M, 8) = [place, radial speed, `sight` (M, 3) from the sensor to the place, unambiguous interval],
    R (M, 4, 4); clutter is spread evenly over the interval.
    A report without a speed has one that says nothing, so that one look stays one scan.
    """
    M, said = len(plots.z), np.isfinite(speed)
    z = np.zeros((M, 8))
    z[:, :3], z[:, 3] = plots.z, np.where(said, speed, 0.0)
    z[:, 4:7], z[:, 7] = sight, doppler.span
    variance = np.where(said, doppler.sigma**2, SILENT)
    first = None if plots.first is None else _beside(plots.first, variance)
    return replace(
        plots, z=z, R=_beside(plots.R, variance), first=first, clutter=plots.clutter / doppler.span
    )


def _beside(R: Array, variance: Array) -> Array:
    """(M, D, D) and (M,) → (M, D + 1, D + 1), independent."""
    M, D = R.shape[:2]
    wide = np.zeros((M, D + 1, D + 1))
    wide[:, :D, :D], wide[:, D, D] = R, variance
    return wide
