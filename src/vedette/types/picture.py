"""Everything a screen needs at one moment: the air picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from vedette.types.advice import Advised
from vedette.types.alert import Alert
from vedette.types.bearing import Bearing
from vedette.types.outlook import Outlook
from vedette.types.track import Track


class FeedState(StrEnum):
    """What a feed is doing."""

    CONNECTING = "connecting"
    UP = "up"  # data within the expected time
    STALE = "stale"  # connected, but silent for longer than `stale_s`
    DOWN = "down"  # refused, closed or failing; retrying
    ENDED = "ended"  # a file or scenario that has been played to its end


class Mode(StrEnum):
    """Where the picture comes from."""

    LIVE = "live"
    DEMO = "demo"
    EXERCISE = "exercise"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bias:
    """One sensor's constant error: what it reports is too far, too far clockwise, too high, stamped too late.

    range_m, azimuth, elevation, time_s   m, rad, rad, s; each followed by its standard deviation
    pairs        pairs of plots it was learned from; 0: everything is as assumed
    relative_to  the sensor that is taken as right where tracks of both meet; its own name where there is none
    """

    range_m: float
    range_sigma: float
    azimuth: float
    azimuth_sigma: float
    elevation: float
    elevation_sigma: float
    time_s: float
    time_sigma: float
    pairs: int
    relative_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorHealth:
    """One feed's condition. `counters` holds every named drop; `detail` says in words what is wrong; `bias`
    is what the tracker has learned of the sensor's constant error, None while it has learned nothing."""

    sensor: str
    kind: str
    state: FeedState
    t_last: int | None  # ns UTC, receive time of the last byte
    rate: float  # detections per second over the last ten seconds
    detections: int
    counters: Mapping[str, int]
    detail: str = ""
    origin: str = ""  # where the data really come from, e.g. a recording and its date
    bias: Bias | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayState:
    """Where a replay stands; all times ns UTC.

    `marks` are the times of alerts, `density` the bytes in equal parts of the recording.
    """

    t_begin: int
    t_end: int
    playing: bool
    speed: float
    marks: tuple[int, ...] = ()
    density: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posture:
    """The site's level of readiness: who set it, when (ns UTC) and why.

    Nobody has set it while `by` is empty: then it is the level of the lowest rank, and `t` is 0.
    """

    level: str
    rank: int
    by: str = ""
    t: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """The air picture at data time `t`; `t_made` is when the pipeline handed it over (ns UTC).

    outlook  the newest look ahead, of this picture or an earlier one; None where there is none
    advised  the newest advice; None where the site has nothing to advise with
    rules  how often the rules have been changed, so that a screen knows when to ask for them again
    log_trouble  why the log of who did what is not whole or cannot be written; empty when all is well
    `bearings` are directions in which something is that no track explains.
    """

    t: int
    t_made: int
    mode: Mode
    tracks: tuple[Track, ...]
    alerts: tuple[Alert, ...]
    sensors: tuple[SensorHealth, ...]
    counters: Mapping[str, int] = field(default_factory=dict)
    replay: ReplayState | None = None
    posture: Posture | None = None
    rules: int = 0
    bearings: tuple[Bearing, ...] = ()
    outlook: Outlook | None = None
    advised: Advised | None = None
    log_trouble: str = ""
