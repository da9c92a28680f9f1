"""Where things are on the Earth: WGS84, local tangent planes, the horizon, terrain, the geoid, areas."""

from vedette.geo.area import Area, Circle, Corridor, Polygon
from vedette.geo.dem import TerrainConfig, read_terrain
from vedette.geo.frame import Array, LocalFrame, to_cartesian, to_polar
from vedette.geo.geoid import undulation
from vedette.geo.horizon import EFFECTIVE_RADIUS, horizon_distance, is_above_horizon, minimum_height
from vedette.geo.place import Place, on_ground
from vedette.geo.terrain import Skyline, Terrain

__all__ = [
    "EFFECTIVE_RADIUS",
    "Area",
    "Array",
    "Circle",
    "Corridor",
    "LocalFrame",
    "Place",
    "Polygon",
    "Skyline",
    "Terrain",
    "TerrainConfig",
    "horizon_distance",
    "is_above_horizon",
    "minimum_height",
    "on_ground",
    "read_terrain",
    "to_cartesian",
    "to_polar",
    "undulation",
]
