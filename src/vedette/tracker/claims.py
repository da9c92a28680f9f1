"""Numbers that reports claim of themselves, as arrays: what is missing or no number is NaN."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from vedette.types import Array, Detection


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
