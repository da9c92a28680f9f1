"""Measurement models and coverage of every kind of sensor, for the tracker and for the simulator.

A new kind is one file with a config struct (its `[[sensor]]` table) and a class, and one line in each of the
two lists below; the contract tests run over the registry.
"""

from collections.abc import Mapping
from types import MappingProxyType

from vedette.geo import LocalFrame, Terrain
from vedette.sensor.adsb import Adsb, AdsbConfig
from vedette.sensor.base import Look, Measured, Sensor, Simulated, Targets
from vedette.sensor.lowest import HEAR_ONLY, Cover, Coverage, Layer, cover, fuse, shares
from vedette.sensor.radar import Radar2D, Radar3D
from vedette.sensor.radar_config import Radar2DConfig, Radar3DConfig
from vedette.sensor.track_feed import TrackFeed, TrackFeedConfig

SensorConfig = Radar3DConfig | Radar2DConfig | AdsbConfig | TrackFeedConfig
SENSORS: Mapping[str, type[Radar3D | Radar2D | Adsb | TrackFeed]] = MappingProxyType(
    {"radar3d": Radar3D, "radar2d": Radar2D, "adsb": Adsb, "tracks": TrackFeed}
)


def build(config: SensorConfig, site: LocalFrame, terrain: Terrain | None = None) -> Simulated:
    """The sensor that a `[[sensor]]` table describes, over `terrain` or else smooth ground.

    Raises ConfigError for an impossible one.
    """
    sensor = _built(config, site)
    if terrain is not None:
        sensor.station = sensor.station.over(terrain, sensor.range_max)
    return sensor


def _built(config: SensorConfig, site: LocalFrame) -> Radar3D | Radar2D | Adsb:
    if isinstance(config, Radar3DConfig):
        return Radar3D(config, site)
    if isinstance(config, Radar2DConfig):
        return Radar2D(config, site)
    if isinstance(config, TrackFeedConfig):
        return TrackFeed(config, site)
    return Adsb(config, site)


__all__ = [
    "HEAR_ONLY",
    "SENSORS",
    "Adsb",
    "AdsbConfig",
    "Cover",
    "Coverage",
    "Layer",
    "Look",
    "Measured",
    "Radar2D",
    "Radar2DConfig",
    "Radar3D",
    "Radar3DConfig",
    "Sensor",
    "SensorConfig",
    "Simulated",
    "Targets",
    "TrackFeed",
    "TrackFeedConfig",
    "build",
    "cover",
    "fuse",
    "shares",
]
