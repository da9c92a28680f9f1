"""What the tracks mean for what is protected: rules, time to go, warning time, and the life of an alert."""

from vedette.assess.assessor import Assessor
from vedette.assess.config import AlertConfig, AssetConfig, OwnConfig, PostureConfig, ZoneConfig
from vedette.assess.evidence import warning_time
from vedette.assess.misses import Misses
from vedette.assess.preview import Judgement, Preview
from vedette.assess.rule import Rule
from vedette.assess.zone import Asset, Zone

__all__ = [
    "AlertConfig",
    "Assessor",
    "Asset",
    "AssetConfig",
    "Judgement",
    "Misses",
    "OwnConfig",
    "PostureConfig",
    "Preview",
    "Rule",
    "Zone",
    "ZoneConfig",
    "warning_time",
]
