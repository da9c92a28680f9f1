"""What the tracks mean for what is protected: zones, time to go, warning time, and the life of an alert."""

from vedette.assess.assessor import Assessor
from vedette.assess.config import AlertConfig, AssetConfig, ZoneConfig
from vedette.assess.evidence import warning_time
from vedette.assess.zone import Asset, Zone

__all__ = [
    "AlertConfig",
    "Assessor",
    "Asset",
    "AssetConfig",
    "Zone",
    "ZoneConfig",
    "warning_time",
]
