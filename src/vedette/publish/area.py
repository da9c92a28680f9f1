"""The ground that a public warning is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WarnedArea:
    """A zone's ground, in degrees: a polygon [(latitude, longitude), …], or a circle of `radius` m."""

    name: str
    polygon: tuple[tuple[float, float], ...] = ()
    center: tuple[float, float] | None = None
    radius: float = 0.0


AreaOf = Callable[[str], WarnedArea | None]  # by the zone's name; None where there is no such zone any more
