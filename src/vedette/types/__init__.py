"""The core types: frozen, SI and radians, time as int ns UTC. `feed` and `tracker` meet only here."""

from vedette.types.alert import Alert, AlertState, Evidence, Severity, Step
from vedette.types.detection import (
    FULL_TURN,
    NO_CLAIMS,
    SIZE,
    Array,
    Claim,
    Detection,
    Kind,
    Scan,
    Sector,
    check_covariance,
)
from vedette.types.estimate import Estimate
from vedette.types.picture import Bias, FeedState, Mode, Picture, ReplayState, SensorHealth
from vedette.types.track import Field, Status, Track
from vedette.types.truth import Actor, Truth

__all__ = [
    "FULL_TURN",
    "NO_CLAIMS",
    "SIZE",
    "Actor",
    "Alert",
    "AlertState",
    "Array",
    "Bias",
    "Claim",
    "Detection",
    "Estimate",
    "Evidence",
    "FeedState",
    "Field",
    "Kind",
    "Mode",
    "Picture",
    "ReplayState",
    "Scan",
    "Sector",
    "SensorHealth",
    "Severity",
    "Status",
    "Step",
    "Track",
    "Truth",
    "check_covariance",
]
