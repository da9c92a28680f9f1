"""What a site file says of assets, zones and alerts. Degrees and metres, as a user writes them."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from msgspec import Meta

from vedette.config import (
    Height,
    Latitude,
    Longitude,
    Name,
    NotNegative,
    Positive,
    Probability,
    Table,
    TableError,
)
from vedette.geo import Circle, LocalFrame, Place, Polygon
from vedette.types import Severity
from vedette.units import DEGREE

Corner = tuple[Latitude, Longitude]
Corners = Annotated[tuple[Corner, ...], Meta(description="corners [[latitude, longitude], …] in degrees")]


class AssetConfig(Place, frozen=True, kw_only=True):
    """`[[asset]]`: something worth protecting.

    radius  m around its place within which a hit would count
    value   relative to the other assets
    """

    name: Name
    radius: Positive = 100.0
    value: Positive = 1.0


class ZoneConfig(Place, frozen=True, kw_only=True):
    """`[[zone]]`: airspace that alarms when something is likely to enter it.

    Either a circle (a place and `radius`) or a `polygon`, between `floor` and `ceiling` in m above the
    site's reference point.
    """

    name: Name
    severity: Severity = Severity.WARNING
    radius: Positive | None = None
    polygon: Corners | None = None
    floor: Height = -500.0
    ceiling: Height = 3000.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.radius is None) == (self.polygon is None):
            raise TableError(
                "a zone is a circle with 'radius' or has a 'polygon', one of the two; keep one.", "radius"
            )
        if self.polygon is not None:
            self._check_polygon(self.polygon)
        if self.height != 0.0:
            raise TableError("a zone has 'floor' and 'ceiling' instead; use those.", "height")
        if self.floor >= self.ceiling:
            raise TableError("floor must lie below ceiling; swap them.", "floor")

    def _check_polygon(self, corners: tuple[Corner, ...]) -> None:
        if self.latitude is not None or self.bearing is not None:
            raise TableError("a polygon needs no place beside it; remove the place.", "polygon")
        if len(set(corners)) < 3:
            raise TableError("a polygon needs at least three corners; add some.", "polygon")
        if _crosses_itself(corners):
            raise TableError(
                "the polygon's edges cross or touch each other; list the corners in order around it.",
                "polygon",
            )

    def area(self, frame: LocalFrame) -> Circle | Polygon:
        """Its ground area in the site's frame."""
        if self.polygon is None:
            return Circle(self.position(frame)[:2], self.radius or 0.0)
        corners = np.array([(lat * DEGREE, lon * DEGREE, frame.height) for lat, lon in self.polygon])
        return Polygon(frame.from_geodetic(corners)[:, :2])


def _crosses_itself(corners: tuple[Corner, ...]) -> bool:
    """Whether two edges that are not neighbours meet, or neighbours lie on each other.

    Edges pq and rs meet when p, q lie on different sides of rs, or on it, and r, s of pq.
    """
    edges = list(zip(corners, (*corners[1:], corners[0]), strict=True))
    count = len(edges)
    for i, (p, q) in enumerate(edges):
        if _turn(p, q, edges[(i + 1) % count][1]) == 0.0 and _back(p, q, edges[(i + 1) % count][1]):
            return True
        for r, s in edges[i + 2 : count - (i == 0)]:
            apart = _turn(r, s, p) * _turn(r, s, q) <= 0.0 and _turn(p, q, r) * _turn(p, q, s) <= 0.0
            if apart and _overlap(p, q, r, s):
                return True
    return False


def _turn(a: Corner, b: Corner, c: Corner) -> float:
    """Twice the signed area of abc: above zero on one side of ab, below on the other."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _back(p: Corner, q: Corner, s: Corner) -> bool:
    """Whether the way p → q → s turns back at q, or does not move."""
    return (q[0] - p[0]) * (s[0] - q[0]) + (q[1] - p[1]) * (s[1] - q[1]) <= 0.0


def _overlap(p: Corner, q: Corner, r: Corner, s: Corner) -> bool:
    """Whether the boxes about pq and rs meet, which tells edges on one line apart."""
    return all(max(min(p[k], q[k]), min(r[k], s[k])) <= min(max(p[k], q[k]), max(r[k], s[k])) for k in (0, 1))


class AlertConfig(Table, frozen=True, kw_only=True):
    """`[alert]`: when to warn.

    horizon_s       s ahead that is looked at
    probability     of entering the zone within the horizon, from which an alert is raised
    clear           the same, below which it is closed; lower, so that a track on the edge does not flap
    existence       of the track, from which it may alarm
    confirm_s       s for which the condition must hold before an alert is raised or closed
    reopen_s        s for which a track stays silent about a zone after a person closed its alert
    turbulence      m²/s³ per horizontal axis: how much a target is expected to wander (white-noise
                    acceleration; √(turbulence · t) is the standard deviation of its velocity's change in t)
    turbulence_up   the same for the vertical
    allow           icao24 addresses and callsigns that never alarm; anyone can claim them
    allow_transponders  true: nothing alarms that sends an icao24 address, nor another track of the same
                    aircraft; anyone can claim one
    bird_speed      m/s over ground up to which a track may be a bird: it then alarms only when a sensor of
                    `drone_proof` has contributed to it; 0: everything may alarm
    drone_proof     sensors that hear drones and no birds
    """

    horizon_s: Positive = 600.0
    probability: Probability = 0.5
    clear: Probability = 0.2
    existence: Probability = 0.9
    confirm_s: NotNegative = 2.0
    reopen_s: NotNegative = 300.0
    turbulence: NotNegative = 0.05
    turbulence_up: NotNegative = 0.005
    allow: tuple[Name, ...] = ()
    allow_transponders: bool = False
    bird_speed: NotNegative = 0.0
    drone_proof: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        if self.clear >= self.probability:
            raise TableError("clear must lie below probability; lower it.", "clear")
        if self.drone_proof and self.bird_speed == 0.0:
            raise TableError("it says what proves a slow track; give bird_speed, too.", "drone_proof")
