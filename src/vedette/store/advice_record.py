"""The stored schema of advice and decisions; the rest of it is in `store.schema`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from vedette.types import AdviceState, Answer, Call, EffectorKind, Hindrance

Vector = list[float]


class OptionRecord(Struct):
    """One way to act against a track. Times count from the time of the advice."""

    effector: Annotated[str, Meta(description="its name in the site file")]
    kind: Annotated[EffectorKind, Meta(description="what it is")]
    shots: Annotated[int, Meta(description="at once")]
    opens_s: Annotated[float, Meta(description="s, earliest useful start")]
    closes_s: Annotated[float, Meta(description="s, latest useful start")]
    start_s: Annotated[float, Meta(description="s, best start")]
    intercept_s: Annotated[Vector, Meta(description="s, when they would meet: 10 %, expectation, 90 %")]
    place: Annotated[Vector, Meta(description="(3) m in the site's frame, where")]
    kill: Annotated[Vector, Meta(description="probability of stopping it: 10 %, expectation, 90 %")]
    rounds_left: Annotated[int | None, Meta(description="after these; null: not counted")]
    cost: Annotated[float, Meta(description="of the shots, in the unit of the assets' values")]


class RefusedRecord(Struct):
    """An effector that is not advised against a track."""

    effector: Annotated[str, Meta(description="its name")]
    why: Annotated[Hindrance, Meta(description="in a word")]
    sentence: Annotated[str, Meta(description="in a sentence")]


class ThreatRecord(Struct):
    """How urgent a track is. Times count from the time of the advice."""

    track: Annotated[int, Meta(description="the track's id")]
    rank: Annotated[int, Meta(description="1 is the most urgent")]
    slack_s: Annotated[float | None, Meta(description="s until the last useful start; null: nothing helps")]
    asset: Annotated[str, Meta(description="which it threatens first; empty: none in particular")]
    value: Annotated[float, Meta(description="of that asset")]
    arrives: Annotated[float, Meta(description="probability that it comes to an asset within the horizon")]
    arrival_s: Annotated[
        Vector | None, Meta(description="s, when: 10 %, expectation, 90 %; null: it does not")
    ]
    existence: Annotated[float, Meta(description="of the track")]
    klass: Annotated[dict[str, float], Meta(description="class → probability")]
    sentence: Annotated[str, Meta(description="why it stands here")]


class DecisionRecord(Struct):
    """What a person answered to advice, or that nobody did in time."""

    t: Annotated[int, Meta(description="ns UTC, data time")]
    advice: Annotated[str, Meta(description="its id")]
    track: Annotated[int, Meta(description="the track's id")]
    effector: Annotated[str, Meta(description="what was decided on")]
    answer: Annotated[Answer, Meta(description="what was answered; none: nobody did")]
    by: Annotated[str, Meta(description="who; empty: nobody")]
    proof: Annotated[str, Meta(description="password, none (an exercise without accounts) or model")]
    note: Annotated[str, Meta(description="why")]
    shots: Annotated[int, Meta(description="at once")] = 0
    t_order: Annotated[int, Meta(description="ns UTC, when it is to be ordered, or was advised to be")] = 0
    t_intercept: Annotated[int, Meta(description="ns UTC, when it would meet the track")] = 0


class AdviceRecord(Struct):
    """What is advised against one track."""

    id: Annotated[str, Meta(description="<track>-<effector>-<n>")]
    track: Annotated[int, Meta(description="the track's id")]
    state: Annotated[AdviceState, Meta(description="where it stands in its life")]
    t_made: Annotated[int, Meta(description="ns UTC")]
    t_closes: Annotated[int, Meta(description="ns UTC, the last useful start")]
    threat: Annotated[ThreatRecord, Meta(description="what it is against")]
    option: Annotated[OptionRecord, Meta(description="what is advised")]
    others: Annotated[list[OptionRecord], Meta(description="what could be done instead, the best first")]
    refused: Annotated[list[RefusedRecord], Meta(description="every other effector, and why not")]
    uncovered: Annotated[list[int], Meta(description="tracks that nothing is left for if this is done")]
    sentence: Annotated[str, Meta(description="what and why, or why it is over")]
    history: Annotated[list[DecisionRecord], Meta(description="what people answered, oldest first")]


class EngagementRecord(Struct):
    """What a person has accepted, as it is taken to go."""

    advice: Annotated[str, Meta(description="whose acceptance it is")]
    track: Annotated[int, Meta(description="the track's id")]
    effector: Annotated[str, Meta(description="its name")]
    shots: Annotated[int, Meta(description="how many")]
    t_start: Annotated[int, Meta(description="ns UTC, expected")]
    t_intercept: Annotated[int, Meta(description="ns UTC, expected")]
    place: Annotated[Vector, Meta(description="(3) m in the site's frame, where they meet")]
    expected: Annotated[float, Meta(description="probability of stopping it, before anybody has looked")]
    stopped: Annotated[float, Meta(description="the same with what the sensors have seen since")]
    call: Annotated[Call, Meta(description="what the sensors say so far")]
    friend: Annotated[str, Meta(description="why its track is, or may be, a friend after all")] = ""
    t_friend: Annotated[int, Meta(description="ns UTC, when something first said so; 0: never")] = 0


class EffectorStateRecord(Struct):
    """What is left of an effector, as far as acceptances and people's corrections tell."""

    effector: Annotated[str, Meta(description="its name")]
    kind: Annotated[EffectorKind, Meta(description="what it is")]
    rounds: Annotated[int | None, Meta(description="left; null: not counted")]
    magazine: Annotated[int | None, Meta(description="of a full one")]
    channels: Annotated[int, Meta(description="how many targets at once")]
    free: Annotated[int, Meta(description="of them, now")]
    ready_s: Annotated[float | None, Meta(description="s until it can start again; null: never")]
    detail: Annotated[str, Meta(description="what hinders it, in words")]


class AdvisedRecord(Struct):
    """Everything advised at one time. Topic /advice, written when it changes."""

    t: Annotated[int, Meta(description="ns UTC, from which the times in seconds count")]
    threats: Annotated[list[ThreatRecord], Meta(description="by rank")]
    advice: Annotated[list[AdviceRecord], Meta(description="by urgency, then what is over")]
    engagements: Annotated[list[EngagementRecord], Meta(description="what is under way or lately was")]
    effectors: Annotated[list[EffectorStateRecord], Meta(description="in the order of the site file")]
    objective: Annotated[float, Meta(description="what the assignment is expected to cost")]
    bound: Annotated[float, Meta(description="no assignment costs less")]
    gap: Annotated[float, Meta(description="what might be saved, as a part of the objective")]
    counters: Annotated[dict[str, int], Meta(description="what happened to advice, and how often")]
