"""Where things are on the Earth: WGS84, local tangent planes, the radar horizon, the geoid, areas."""

from vedette.geo.area import Circle, Polygon
from vedette.geo.frame import LocalFrame, to_cartesian, to_polar
from vedette.geo.geoid import undulation
from vedette.geo.horizon import EFFECTIVE_RADIUS, horizon_distance, is_above_horizon, minimum_height
from vedette.geo.place import Place

__all__ = [
    "EFFECTIVE_RADIUS",
    "Circle",
    "LocalFrame",
    "Place",
    "Polygon",
    "horizon_distance",
    "is_above_horizon",
    "minimum_height",
    "to_cartesian",
    "to_polar",
    "undulation",
]
