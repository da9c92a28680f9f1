"""The core types: frozen, SI and radians, time as int ns UTC. `feed` and `tracker` meet only here."""

from vedette.types.advice import (
    Advice,
    AdviceState,
    Advised,
    Answer,
    Call,
    Decision,
    EffectorKind,
    EffectorState,
    Engagement,
    Hindrance,
    Option,
    Refused,
    Threat,
)
from vedette.types.alert import Alert, AlertState, Arrival, Evidence, Severity, Step
from vedette.types.bearing import Bearing
from vedette.types.delivery import Delivery, DeliveryState
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
from vedette.types.outlook import AssetOutlook, Outlook, Span
from vedette.types.person import Person, Proof, Role
from vedette.types.picture import Bias, FeedState, Mode, Picture, Posture, ReplayState, SensorHealth
from vedette.types.track import Field, Status, Track
from vedette.types.truth import Actor, Truth

__all__ = [
    "FULL_TURN",
    "NO_CLAIMS",
    "SIZE",
    "Actor",
    "Advice",
    "AdviceState",
    "Advised",
    "Alert",
    "AlertState",
    "Answer",
    "Array",
    "Arrival",
    "AssetOutlook",
    "Bearing",
    "Bias",
    "Call",
    "Claim",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Detection",
    "EffectorKind",
    "EffectorState",
    "Engagement",
    "Estimate",
    "Evidence",
    "FeedState",
    "Field",
    "Hindrance",
    "Kind",
    "Mode",
    "Option",
    "Outlook",
    "Person",
    "Picture",
    "Posture",
    "Proof",
    "Refused",
    "ReplayState",
    "Role",
    "Scan",
    "Sector",
    "SensorHealth",
    "Severity",
    "Span",
    "Status",
    "Step",
    "Threat",
    "Track",
    "Truth",
    "check_covariance",
]
