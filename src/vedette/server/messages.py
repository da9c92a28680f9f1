"""The JSON messages of docs/reference/wire.md, field for field.

One definition serves the WebSocket, the REST answers and the OpenAPI page. A test reads the tables of wire.md
and fails when a field here is missing there, or the other way round. Units stand in the names; a number that
is unknown or infinite is null.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import msgspec

from vedette.server.advice_messages import AdvisedMessage

VERSION = 1
Number = float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetMessage:
    """A protected asset; `radius` in m."""

    name: str
    latitude: float
    longitude: float
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneMessage:
    """A protected zone and its rule; heights in m above `datum`, `polygon` as [latitude, longitude]."""

    name: str
    severity: str
    floor: Number
    ceiling: Number
    polygon: list[tuple[float, float]]
    center: tuple[float, float] | None = None
    radius: Number = None
    corridor: list[tuple[float, float]] | None = None
    width: Number = None
    source: str
    on: bool
    datum: str
    klass: dict[str, float]
    speed_from: Number
    speed_to: Number
    hours: str | None
    time_zone: str
    existence: Number
    probability: Number
    clear: Number
    within_s: Number
    confirm_s: Number
    remind_s: Number
    expire_s: Number
    clears: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMessage:
    """A level of readiness; the calmest has the lowest rank."""

    name: str
    rank: int
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostureMessage:
    """The level that holds, who set it, when and why; nobody has while `by` is empty."""

    level: str
    rank: int
    by: str
    t_s: Number
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMessage:
    """Where a sensor of the site stands; height above the ellipsoid and range in m."""

    name: str
    kind: str
    latitude: float
    longitude: float
    height: float
    range: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectorMessage:
    """Where an effector of the site stands, and what it could reach; heights above the reference point."""

    name: str
    kind: str
    latitude: float
    longitude: float
    height_m: float
    range_min_m: float
    range_max_m: float
    height_min_m: float
    height_max_m: float
    sector: tuple[float, float] | None
    no_fire: list[list[tuple[float, float]]]
    notional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMessage:
    """The defended site; `rings` are range rings in m."""

    name: str
    fictional: bool
    latitude: float
    longitude: float
    height: float
    assets: list[AssetMessage]
    zones: list[ZoneMessage]
    postures: list[LevelMessage]
    sensors: list[PlaceMessage]
    effectors: list[EffectorMessage]
    rings: list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasMessage:
    """A sensor's constant error as the tracker has learned it, each part with its standard deviation."""

    range_m: float
    range_sigma_m: float
    azimuth_deg: float
    azimuth_sigma_deg: float
    elevation_deg: float
    elevation_sigma_deg: float
    time_s: float
    time_sigma_s: float
    pairs: int
    relative_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorMessage:
    """One feed's condition."""

    sensor: str
    kind: str
    state: str
    age_s: Number
    rate: float
    detections: int
    counters: dict[str, int]
    detail: str
    origin: str
    bias: BiasMessage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMessage:
    """One step in an alert's life."""

    state: str
    t_s: float
    by: str
    note: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedMessage:
    """What an alert rested on when it was raised."""

    time_to_go_s: Number
    time_to_go_low_s: Number
    time_to_go_high_s: Number
    probability: Number
    inside: Number
    distance_m: Number
    speed_mps: Number
    height_m: Number
    existence: Number
    sensors: list[str]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMessage:
    """One alert with the evidence it rests on now, and when it was raised."""

    id: str
    track: int
    zone: str
    rule: str
    severity: str
    state: str
    t_raised_s: float
    time_to_go_s: Number
    time_to_go_low_s: Number
    time_to_go_high_s: Number
    probability: Number
    distance_m: Number
    closest_approach_m: Number
    speed_mps: Number
    height_m: Number
    existence: Number
    sensors: list[str]
    sentence: str
    history: list[StepMessage]
    inside: Number
    t_evidence_s: float
    raised: RaisedMessage
    asset: str
    warning_left_s: Number
    warning_left_low_s: Number
    warning_left_high_s: Number
    assigned_to: str
    would_change: list[str]
    ignored: bool
    restored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayMessage:
    """Where a replay stands, Unix seconds; `marks_s` are the times of alerts, `density` bytes per part."""

    t_begin_s: float
    t_end_s: float
    playing: bool
    speed: float
    marks_s: list[float]
    density: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BearingMessage:
    """A direction in which a sensor has something that no track explains."""

    sensor: str
    bearing_deg: float
    elevation_deg: Number
    sigma_deg: float
    existence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotMessage:
    """One report of a sensor as it came; a direction has no place, and a bearing alone no height."""

    t_s: float
    latitude: Number
    longitude: Number
    height_m: Number
    bearing_deg: Number
    snr_db: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotsMessage:
    """The newest reports of one sensor, oldest first."""

    t_s: float
    sensor: str
    plots: list[PlotMessage]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryMessage:
    """How one channel to people elsewhere fares."""

    channel: str
    kind: str
    state: str
    last_s: Number
    waiting: int
    sent: int
    failed: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMessage:
    """The state of everything but the tracks' places."""

    type: Literal["status"] = "status"
    t: str
    t_s: float
    mode: str
    feed_lost: bool
    sensors: list[SensorMessage]
    counters: dict[str, int]
    replay: ReplayMessage | None
    alerts: list[AlertMessage]
    deliveries: list[DeliveryMessage]
    tracks: int
    tentative: int
    posture: PostureMessage | None
    rules: int
    bearings: list[BearingMessage]
    outlook: list[OutlookMessage]
    advice: AdvisedMessage | None
    log_trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMessage:
    """One line of the hand-over log."""

    t_s: float
    by: str
    act: str
    text: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactMessage:
    """One fused fact about a track: what, who says so, how long ago."""

    value: str | float | int | bool
    source: str
    age_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackMessage:
    """Everything known about one track."""

    id: int
    status: str
    existence: float
    identity: dict[str, FactMessage]
    klass: dict[str, float]
    contributors: dict[str, float]
    t_born_s: float
    t_updated_s: float
    hits: int
    latitude: float
    longitude: float
    height_m: float
    speed_mps: float
    course_deg: float
    climb_mps: float
    sigma_major_m: float
    sigma_minor_m: float
    sigma_up_m: float
    range_m: float
    bearing_deg: float
    height_msl_m: Number
    height_agl_m: Number
    affiliation: str
    operator: tuple[float, float] | None
    operator_range_m: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsMessage(TrackMessage):
    """The answer to `select`."""

    type: Literal["details"] = "details"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountMessage:
    """Who is signed in: a name, and viewer, operator or admin."""

    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelloMessage:
    """The first message: the layout of a binary record, the site, the mode, who is signed in."""

    type: Literal["hello"] = "hello"
    version: int = VERSION
    record: list[tuple[str, str, int]]
    record_size: int
    header_size: int
    site: SiteMessage
    mode: str
    account: AccountMessage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageMessage:
    """How low is seen; `heights` are base64 of int16, little-endian, row by row from the north."""

    layer: str
    above: str
    terrain: bool
    ceiling_m: float
    probability: float
    working: list[str]
    silent: list[str]
    hear_only: list[str]
    cells: int
    step_m: float
    corners: list[tuple[float, float]]
    heights: str
    codes: dict[str, int]
    shares: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorMessage:
    """What was wrong with a message from the browser, in a sentence."""

    type: Literal["error"] = "error"
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByeMessage:
    """The server stops; `reason` in words."""

    type: Literal["bye"] = "bye"
    reason: str


encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookMessage:
    """What sampled futures bring to one asset; low and high are the 10 and 90 % quantiles."""

    asset: str
    probability: float
    arrivals_expected: float
    arrival_low_s: Number
    arrival_s: Number
    arrival_high_s: Number
    warning_low_s: Number
    warning_s: Number
    warning_high_s: Number
    counts: list[float]
    at_once: list[float]
    futures: int
    tracks: int
    age_s: float
    horizon_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlooksMessage:
    """The look ahead as a whole; `age_s` is null while there is none."""

    t_s: float
    age_s: Number
    futures: int
    tracks: int
    left_out: int
    made: int
    skipped: int
    restarts: int
    assets: list[OutlookMessage]
