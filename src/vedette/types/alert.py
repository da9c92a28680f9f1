"""A warning, what it rests on, and what people did about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad an alert is, from mildest to worst."""

    ADVISORY = "advisory"
    WARNING = "warning"
    CRITICAL = "critical"


RANK = {severity: rank for rank, severity in enumerate(Severity)}  # 0 for the mildest


class AlertState(StrEnum):
    """Where an alert stands in its life."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The numbers an alert rests on, in SI units, as they were when it was raised or last renewed."""

    t: int  # ns UTC of the track state used
    existence: float
    hits: int
    sensors: tuple[str, ...]
    probability: float  # of entering the zone within the horizon
    time_to_go_s: float  # expected time until entry, 0 when inside
    time_to_go_low_s: float  # 10 % quantile
    time_to_go_high_s: float  # 90 % quantile
    closest_approach_m: float  # expected horizontal miss distance to the zone's centre
    distance_m: float  # horizontal distance to the zone's edge now
    speed_mps: float
    height_m: float  # above the site's reference point
    sentence: str  # the reason, in words
    inside: float = 0.0  # probability of being in the zone now


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step in an alert's life: which state it entered, when (ns UTC), who did it, and a remark.

    to  to whom it was assigned; empty for every other step
    """

    state: AlertState
    t: int
    by: str
    note: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When the track is expected at an asset, in s from the time of the evidence.

    low_s, high_s  10 and 90 % quantiles
    """

    asset: str
    after_s: float
    low_s: float
    high_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One track against one zone. `id` is "<track>-<zone>-<n>", stable over a replay.

    evidence      as it is now; `raised` as it was when the alert was raised
    arrival       at the asset that it threatens first; None where it comes to none
    would_change  sentences: what would change the judgement
    ignored       nobody acknowledged it within the rule's `remind_s`
    restored      from before a restart
    """

    id: str
    track: int
    zone: str
    rule: str
    severity: Severity
    t_raised: int
    evidence: Evidence
    history: tuple[Step, ...]
    raised: Evidence | None = None
    arrival: Arrival | None = None
    would_change: tuple[str, ...] = ()
    ignored: bool = False
    restored: bool = False

    @property
    def state(self) -> AlertState:
        return self.history[-1].state

    @property
    def assigned_to(self) -> str:
        """Who was last told to deal with it; empty while nobody was."""
        return next((step.to for step in reversed(self.history) if step.to), "")
