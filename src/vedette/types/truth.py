"""Where a simulated target really is. For scenarios and metrics only: the tracker never sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vedette.types.detection import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """Target `id` of class `klass` at time t (ns UTC): x (6,) position and velocity in the site's frame."""

    t: int
    id: str
    klass: str
    x: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Actor:
    """Who truly takes part in an exercise, known from the scenario before it begins.

    id, klass  as in `Truth`
    threat     whether an alert about it is right; of anything else one is false
    rcs        mean radar cross-section of this individual, dBsm; None where none was simulated
    t_begin, t_end  ns UTC, from when to when it is there
    arrivals   asset → ns UTC when it comes within the asset's radius; only assets that it reaches
    """

    id: str
    klass: str
    threat: bool
    rcs: float | None
    t_begin: int
    t_end: int
    arrivals: Mapping[str, int]
