"""The JSON messages of advice, field for field as in docs/reference/wire.md; the others are in `messages`."""

from __future__ import annotations

from dataclasses import dataclass

Number = float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatMessage:
    """How urgent a track is; every time is in Unix seconds."""

    track: int
    rank: int
    slack_until_s: Number
    asset: str
    value: float
    arrives: float
    arrival_low_s: Number
    arrival_s: Number
    arrival_high_s: Number
    existence: float
    klass: dict[str, float]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionMessage:
    """One way to act against a track; every time is in Unix seconds."""

    effector: str
    kind: str
    shots: int
    opens_s: float
    closes_s: float
    start_s: float
    intercept_low_s: float
    intercept_s: float
    intercept_high_s: float
    latitude: float
    longitude: float
    height_m: float
    kill_low: float
    kill: float
    kill_high: float
    rounds_left: int | None
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedMessage:
    """An effector that is not advised, and why."""

    effector: str
    why: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesMessage:
    """What could be done instead of what a card advises, and why every other effector is not advised."""

    t_s: float
    advice: str
    others: list[OptionMessage]
    refused: list[RefusedMessage]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMessage:
    """What a person answered to advice; `by` is empty where nobody did in time."""

    t_s: float
    answer: str
    effector: str
    by: str
    proof: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMessage:
    """Advice against one track, from when it is made until a while after its end."""

    id: str
    track: int
    state: str
    t_made_s: float
    t_closes_s: float
    sentence: str
    option: OptionMessage
    uncovered: list[int]
    history: list[DecisionMessage]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementMessage:
    """What a person has accepted, as it is taken to go; times in Unix seconds."""

    advice: str
    track: int
    effector: str
    shots: int
    t_start_s: float
    t_intercept_s: float
    latitude: float
    longitude: float
    height_m: float
    expected: float
    stopped: float
    call: str
    friend: str
    friend_since_s: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessMessage:
    """What is left of an effector; `ready_s` is when it can start again, null never."""

    effector: str
    kind: str
    rounds: int | None
    magazine: int | None
    channels: int
    free: int
    ready_s: Number
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisedMessage:
    """Everything advised: threats by rank, cards by urgency, what is under way, what is left."""

    t_s: float
    objective: float
    bound: float
    gap: float
    threats: list[ThreatMessage]
    cards: list[CardMessage]
    engagements: list[EngagementMessage]
    effectors: list[ReadinessMessage]
