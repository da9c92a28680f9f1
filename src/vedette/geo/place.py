"""A place as a user writes it: latitude and longitude, or bearing and distance from the site."""

from __future__ import annotations

import numpy as np

from vedette.config import Degrees, Height, Latitude, Longitude, NotNegative, Table, TableError
from vedette.geo.frame import Array, LocalFrame
from vedette.units import DEGREE


class Place(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a file: `latitude` and `longitude`, or `bearing` (from true north) and `distance` from the
    site's reference point; neither means that point. Degrees and m; `height` is above that point.
    """

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    bearing: Degrees | None = None
    distance: NotNegative | None = None
    height: Height = 0.0

    def __post_init__(self) -> None:
        for one, other in (("latitude", "longitude"), ("bearing", "distance")):
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                given, missing = (one, other) if getattr(self, other) is None else (other, one)
                raise TableError(f"'{given}' needs '{missing}' beside it; add it.", given)
        if self.latitude is not None and self.bearing is not None:
            raise TableError(
                "a place has latitude and longitude, or bearing and distance, not both; remove one pair.",
                "bearing",
            )

    def geodetic(self, site: LocalFrame) -> tuple[float, float, float]:
        """Latitude rad, longitude rad, height above the ellipsoid m."""
        height = site.height + self.height
        if self.latitude is not None and self.longitude is not None:
            return self.latitude * DEGREE, self.longitude * DEGREE, height
        if self.bearing is not None and self.distance is not None:
            return *site.reckon(self.distance, self.bearing * DEGREE), height
        return site.latitude, site.longitude, height

    def position(self, site: LocalFrame) -> Array:
        """(3,) in the site's frame."""
        return site.from_geodetic(self.geodetic(site))


def on_ground(corners: Array, frame: LocalFrame) -> list[tuple[float, float]]:
    """(K, 2) east, north in m at the frame's level → (latitude, longitude) in degrees."""
    level = np.column_stack([corners, np.zeros(len(corners))])
    degrees = frame.to_geodetic(level)[:, :2] / DEGREE
    return [(float(latitude), float(longitude)) for latitude, longitude in degrees]
