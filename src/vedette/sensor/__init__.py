"""Measurement models and coverage of every kind of sensor, for the tracker and for the simulator.

A new kind is one file with a config struct (its `[[sensor]]` table) and a class, and one line in each of the
two lists below; the contract tests run over the registry.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from vedette.geo import LocalFrame, Terrain
from vedette.sensor.acoustic import Acoustic, AcousticConfig
from vedette.sensor.adsb import Adsb, AdsbConfig
from vedette.sensor.base import Doppler, Look, Measured, Sensor, Simulated, TellsApart
from vedette.sensor.camera import Camera, CameraConfig, Steered
from vedette.sensor.direction import DIRECTIONS, DirectionSensor
from vedette.sensor.lowest import HEAR_ONLY, Cover, Coverage, Layer, cover, fuse, shares
from vedette.sensor.observer import Observer, ObserverConfig
from vedette.sensor.radar import Radar2D, Radar3D
from vedette.sensor.radar_config import Radar2DConfig, Radar3DConfig
from vedette.sensor.remote_id import RemoteId, RemoteIdConfig
from vedette.sensor.rf_bearing import RfBearing, RfBearingConfig
from vedette.sensor.targets import Targets
from vedette.sensor.track_feed import TrackFeed, TrackFeedConfig

SensorConfig = (
    Radar3DConfig
    | Radar2DConfig
    | AdsbConfig
    | RfBearingConfig
    | AcousticConfig
    | CameraConfig
    | RemoteIdConfig
    | ObserverConfig
    | TrackFeedConfig
)
SENSORS: Mapping[str, Callable[[Any, LocalFrame], Simulated]] = MappingProxyType(
    {
        "radar3d": Radar3D,
        "radar2d": Radar2D,
        "adsb": Adsb,
        "rf_bearing": RfBearing,
        "acoustic": Acoustic,
        "camera": Camera,
        "remote_id": RemoteId,
        "observer": Observer,
        "tracks": TrackFeed,
    }
)


def build(config: SensorConfig, site: LocalFrame, terrain: Terrain | None = None) -> Simulated:
    """The sensor that a `[[sensor]]` table describes, over `terrain` or else smooth ground.

    Raises ConfigError for an impossible one.
    """
    sensor = SENSORS[str(config.__struct_config__.tag)](config, site)
    if terrain is not None:
        sensor.station = sensor.station.over(terrain, sensor.range_max)
    return sensor


__all__ = [
    "DIRECTIONS",
    "HEAR_ONLY",
    "SENSORS",
    "Acoustic",
    "AcousticConfig",
    "Adsb",
    "AdsbConfig",
    "Camera",
    "CameraConfig",
    "Cover",
    "Coverage",
    "DirectionSensor",
    "Doppler",
    "Layer",
    "Look",
    "Measured",
    "Observer",
    "ObserverConfig",
    "Radar2D",
    "Radar2DConfig",
    "Radar3D",
    "Radar3DConfig",
    "RemoteId",
    "RemoteIdConfig",
    "RfBearing",
    "RfBearingConfig",
    "Sensor",
    "SensorConfig",
    "Simulated",
    "Steered",
    "Targets",
    "TellsApart",
    "TrackFeed",
    "TrackFeedConfig",
    "build",
    "cover",
    "fuse",
    "shares",
]
