"""Measurement models and coverage of every kind of sensor, for the tracker and for the simulator.

A new kind is one file with a config struct (its `[[sensor]]` table) and a class, and one line in each of the
two lists below; the contract tests run over the registry.
"""

from collections.abc import Mapping
from types import MappingProxyType

from vedette.geo import LocalFrame
from vedette.sensor.adsb import Adsb, AdsbConfig
from vedette.sensor.base import Doppler, Look, Measured, Sensor, Simulated, Targets
from vedette.sensor.radar import Radar2D, Radar3D
from vedette.sensor.radar_config import Radar2DConfig, Radar3DConfig

SensorConfig = Radar3DConfig | Radar2DConfig | AdsbConfig
SENSORS: Mapping[str, type[Radar3D | Radar2D | Adsb]] = MappingProxyType(
    {"radar3d": Radar3D, "radar2d": Radar2D, "adsb": Adsb}
)


def build(config: SensorConfig, site: LocalFrame) -> Simulated:
    """The sensor that a `[[sensor]]` table describes. Raises ConfigError for an impossible one."""
    if isinstance(config, Radar3DConfig):
        return Radar3D(config, site)
    if isinstance(config, Radar2DConfig):
        return Radar2D(config, site)
    return Adsb(config, site)


__all__ = [
    "SENSORS",
    "Adsb",
    "AdsbConfig",
    "Doppler",
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
    "build",
]
