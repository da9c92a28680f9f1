"""Advice: what can still be done against what comes, with what, and until when; and what people decided.

Advice is shown, recorded, and nothing else: a named person decides, and no part of Vedette acts on it.
Times that end in `_s` count from the time of the advice; `t…` are ns UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Place = tuple[float, float, float]  # m in the site's frame
Between = tuple[float, float, float]  # 10 % quantile, expectation, 90 % quantile


class EffectorKind(StrEnum):
    """What an effector is. All are parametric models: none of them is a real weapon."""

    GUN = "gun"
    MISSILE = "missile"
    DRONE = "drone"  # an interceptor drone: slow, comes back, is rearmed
    JAMMER = "jammer"  # works on what depends on a link, or on satellite navigation
    ENERGY = "energy"  # directed energy: must dwell on its target


class Hindrance(StrEnum):
    """Why an effector is not what is advised against a track."""

    REACH = "reach"  # nothing of the expected way lies within its envelope
    MASKED = "masked"  # the ground stands between
    NO_FIRE = "no fire"  # it would act, or what falls would fall, where it must not
    FRIEND = "friend"  # an own or cooperative aircraft is in the way
    CLASS = "class"  # it does nothing to what this probably is
    ROUNDS = "rounds"  # it has none left
    CHANNEL = "channel"  # all its channels are busy until it is too late
    LATE = "late"  # the last useful start has passed
    WAIT = "wait"  # shots are under way: look first
    ELSEWHERE = "elsewhere"  # it does more good against another track
    LESS = "less"  # it could, and is less likely to stop it, or dearer
    UNLIKELY = "unlikely"  # too unlikely to stop it
    DECLINED = "declined"  # a person has said no


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An effector that is not advised against a track, and why, in a word and in a sentence."""

    effector: str
    why: Hindrance
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to act against a track.

    shots        how many at once
    opens_s, closes_s  the earliest and the latest useful start; `start_s` is the best one between
    intercept_s  when they would meet
    place        where
    kill         probability that all its shots together stop the track; the quantiles tell how far that
                 depends on where it truly is and on what it truly is, and reach to the expectation at least
    rounds_left  after these; None where rounds are not counted
    cost         of the shots, in the site's unit of value
    """

    effector: str
    kind: EffectorKind
    shots: int
    opens_s: float
    closes_s: float
    start_s: float
    intercept_s: Between
    place: Place
    kill: Between
    rounds_left: int | None
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """How urgent a track is; rank 1 is the most urgent.

    slack_s    until the last useful start of anything against it; None where nothing can be done at all
    asset      which it threatens first, of `value`; empty where it is none in particular
    arrives    probability that it comes to an asset within the horizon
    arrival_s  when; None where it does not
    sentence   why it stands here, and what stands next
    """

    track: int
    rank: int
    slack_s: float | None
    asset: str
    value: float
    arrives: float
    arrival_s: Between | None
    existence: float
    klass: Mapping[str, float]
    sentence: str


class Answer(StrEnum):
    """What a person said to advice."""

    ACCEPT = "accept"
    DECLINE = "decline"
    HOLD = "hold"  # not now; it stays on the table
    NONE = "none"  # nobody answered while it was of use


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An answer to advice at data time t (ns UTC).

    effector  what was decided on: the advised one, or another of the options
    by        who; empty where nobody answered
    proof     how they had proved who they are: "password"; "none" in an exercise without accounts; "model"
              for the human model of an exercise
    shots     how many of it at once
    t_order, t_intercept  ns UTC, when it is to be ordered and to meet the track: of what is accepted as it is
              taken to go, of what is not as it was advised
    """

    t: int
    advice: str
    track: int
    effector: str
    answer: Answer
    by: str
    proof: str
    note: str = ""
    shots: int = 0
    t_order: int = 0
    t_intercept: int = 0


class AdviceState(StrEnum):
    """Where advice stands in its life."""

    OPEN = "open"
    HELD = "held"  # open, and a person has said: not now
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"  # its window has closed unanswered
    WITHDRAWN = "withdrawn"  # it is not what would be advised any more, or its track is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is advised against one track. `id` is "<track>-<effector>-<n>", stable over a replay.

    option     what is advised; `others` could be done instead, the best first
    refused    every effector that cannot be, or is not, used, and why
    uncovered  tracks that nothing is left for if this is done
    t_closes   ns UTC of the last useful start
    history    what people answered, oldest first
    """

    id: str
    track: int
    state: AdviceState
    t_made: int
    t_closes: int
    threat: Threat
    option: Option
    others: tuple[Option, ...]
    refused: tuple[Refused, ...]
    uncovered: tuple[int, ...]
    sentence: str
    history: tuple[Decision, ...] = ()


class Call(StrEnum):
    """What the sensors say of an engagement so far. They can be wrong."""

    UNDER_WAY = "under way"  # the shots have not arrived yet
    LOOKING = "looking"  # they have; too early to say
    STOPPED = "stopped"
    NOT_STOPPED = "not stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """What a person has accepted, as it is taken to go: Vedette is not told, and commands nothing.

    advice      whose acceptance it is
    t_start, t_intercept  ns UTC, expected
    expected    probability that it stops the track, before anybody has looked
    stopped     the same with what the sensors have seen since
    friend      why its track is, or may be, a friend after all; empty: nothing says so
    t_friend    ns UTC, since when something has said so first; 0: never
    """

    advice: str
    track: int
    effector: str
    shots: int
    t_start: int
    t_intercept: int
    place: Place
    expected: float
    stopped: float
    call: Call
    friend: str = ""
    t_friend: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectorState:
    """What is left of an effector, as far as acceptances and people's corrections tell.

    rounds    None where they are not counted
    free      channels that are free now, of `channels`
    ready_s   until it can start again; 0 now, None never
    detail    what hinders it, in words
    """

    effector: str
    kind: EffectorKind
    rounds: int | None
    magazine: int | None
    channels: int
    free: int
    ready_s: float | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """Everything advised at data time t (ns UTC): threats by rank, advice by urgency, what is under way.

    objective, bound, gap  of the assignment behind it: what it is expected to cost, what none can be below,
                           and what might still be saved, as a part of the first
    """

    t: int
    threats: tuple[Threat, ...] = ()
    advice: tuple[Advice, ...] = ()
    engagements: tuple[Engagement, ...] = ()
    effectors: tuple[EffectorState, ...] = ()
    objective: float = 0.0
    bound: float = 0.0
    gap: float = 0.0
    counters: Mapping[str, int] = field(default_factory=dict)
