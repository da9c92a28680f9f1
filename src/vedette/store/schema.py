"""The stored schema: what each message of a recording holds. The docs print this file (`describe`).

A message is one JSON object, its keys always in the order below and the keys of a map sorted, so that equal
values give equal bytes. Numbers are written with the shortest digits that read back to the same double.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from vedette.store.advice_record import (
    AdviceRecord,
    AdvisedRecord,
    DecisionRecord,
    EffectorStateRecord,
    EngagementRecord,
    OptionRecord,
    RefusedRecord,
    ThreatRecord,
)
from vedette.types import AlertState, Claim, Kind, Result, Severity
from vedette.types.acts import Affiliation

VERSION = 1
HISTORY: Mapping[int, str] = {
    1: "first version",
}

Ns = Annotated[int, Meta(description="ns UTC")]
Vector = list[float]
Matrix = list[list[float]]


class _Record(msgspec.Struct, omit_defaults=True):
    """A struct whose fields are left out of the JSON while they hold their default."""


class SectorRecord(_Record):
    """The part of the sky that a look covered, in the sensor's own polar space."""

    az0: Annotated[float, Meta(description="rad, clockwise from true north, where the sector begins")]
    width: Annotated[float, Meta(description="rad, clockwise from az0; 2π is a full turn")]
    el0: Annotated[float, Meta(description="rad, lower edge")]
    el1: Annotated[float, Meta(description="rad, upper edge")]
    r0: Annotated[float, Meta(description="m, nearest range")]
    r1: Annotated[float | None, Meta(description="m, farthest range; absent: no limit")] = None


class DetectionRecord(_Record):
    """One report of one sensor, in the sensor's own space."""

    t: Annotated[int, Meta(description="ns UTC, when the target was measured")]
    t_rx: Annotated[int, Meta(description="ns UTC, when the bytes reached us")]
    sensor: Annotated[str, Meta(description="name in the site file")]
    seq: Annotated[int, Meta(description="running number of the report within its feed")]
    kind: Annotated[Kind, Meta(description="what the numbers in z are")]
    z: Annotated[Vector, Meta(description="(m) measurement, SI and radians")]
    R: Annotated[Matrix, Meta(description="(m × m) covariance of its noise, by rows")]
    claims: Annotated[
        dict[str, Claim], Meta(description="what the report says of itself; absent: nothing")
    ] = {}
    raw: Annotated[int | None, Meta(description="number of the raw message it came from; absent: none")] = (
        None
    )


class ScanRecord(_Record):
    """What one look of one sensor covered, and what it found there. Topic /scan/<sensor>, filed under t1."""

    sensor: Annotated[str, Meta(description="name in the site file")]
    t0: Annotated[int, Meta(description="ns UTC, begin of the look")]
    t1: Annotated[int, Meta(description="ns UTC, end of the look")]
    sector: Annotated[
        SectorRecord | None, Meta(description="where it looked; absent: the sensor reports when it pleases")
    ] = None
    detections: Annotated[list[DetectionRecord], Meta(description="in the order of (t, sensor, seq)")] = []


class FieldRecord(_Record):
    """One fused fact about a track."""

    value: Annotated[Claim, Meta(description="as claimed")]
    source: Annotated[str, Meta(description="the sensor that said so")]
    t: Annotated[int, Meta(description="ns UTC, when")]


class TrackRecord(_Record):
    """One target as believed at time t."""

    id: Annotated[int, Meta(description="never used twice in a run")]
    status: Annotated[int, Meta(description="0 tentative, 1 confirmed, 2 coasting, 3 dropped")]
    t: Annotated[int, Meta(description="ns UTC of the estimate")]
    frame: Annotated[str, Meta(description="the local tangent plane x is in")]
    x: Annotated[Vector, Meta(description="(n) east, north, up in m, then their rates in m/s")]
    P: Annotated[Matrix, Meta(description="(n × n) covariance of x, by rows")]
    existence: Annotated[float, Meta(description="probability that the target is real")]
    t_born: Annotated[int, Meta(description="ns UTC of the first report")]
    t_updated: Annotated[int, Meta(description="ns UTC of the last report used")]
    hits: Annotated[int, Meta(description="number of reports used")]
    identity: Annotated[dict[str, FieldRecord], Meta(description="fact → value, claimed, not proven")] = {}
    klass: Annotated[dict[str, float], Meta(description="class → probability")] = {}
    contributors: Annotated[dict[str, int], Meta(description="sensor → ns UTC of its last report used")] = {}
    modes: Annotated[Vector, Meta(description="probability of each way of moving; absent: not known")] = []


class TracksRecord(_Record):
    """Every track at one time. Topic /tracks."""

    t: Annotated[int, Meta(description="ns UTC, data time of the step")]
    tracks: Annotated[list[TrackRecord], Meta(description="as the tracker gave them")]


class EvidenceRecord(_Record):
    """The numbers an alert rests on, as they were when it was raised or last renewed."""

    t: Annotated[int, Meta(description="ns UTC of the track state used")]
    existence: Annotated[float, Meta(description="of the track")]
    hits: Annotated[int, Meta(description="reports used for the track")]
    sensors: Annotated[list[str], Meta(description="that contributed to the track")]
    probability: Annotated[float, Meta(description="of entering the zone within the horizon")]
    time_to_go_s: Annotated[float, Meta(description="s until entry, the median; 0 inside")]
    time_to_go_low_s: Annotated[float, Meta(description="s, 10 % quantile")]
    time_to_go_high_s: Annotated[float, Meta(description="s, 90 % quantile")]
    closest_approach_m: Annotated[float, Meta(description="m, horizontal miss distance to the zone's centre")]
    distance_m: Annotated[float, Meta(description="m, horizontally to the zone's edge; 0 inside")]
    speed_mps: Annotated[float, Meta(description="m/s over ground")]
    height_m: Annotated[float, Meta(description="m above the site's reference point")]
    sentence: Annotated[str, Meta(description="the reason, in words")]
    inside: Annotated[float, Meta(description="probability of being in the zone now")] = 0.0


class StepRecord(_Record):
    """One step in an alert's life."""

    state: Annotated[AlertState, Meta(description="the state it entered")]
    t: Annotated[int, Meta(description="ns UTC, when")]
    by: Annotated[str, Meta(description="who did it")]
    note: Annotated[str, Meta(description="a remark")]
    to: Annotated[str, Meta(description="to whom it was assigned; absent: nobody")] = ""


class ArrivalRecord(_Record):
    """When a track is expected at the asset that it threatens first."""

    asset: Annotated[str, Meta(description="the asset's name")]
    after_s: Annotated[float, Meta(description="s from the time of the evidence, the median")]
    low_s: Annotated[float, Meta(description="s, 10 % quantile")]
    high_s: Annotated[float, Meta(description="s, 90 % quantile")]


class AlertRecord(_Record):
    """One track against one zone."""

    id: Annotated[str, Meta(description="<track>-<zone>-<n>")]
    track: Annotated[int, Meta(description="the track's id")]
    zone: Annotated[str, Meta(description="the zone's name")]
    rule: Annotated[str, Meta(description="the rule that raised it")]
    severity: Annotated[Severity, Meta(description="of the zone")]
    t_raised: Annotated[int, Meta(description="ns UTC")]
    evidence: Annotated[EvidenceRecord, Meta(description="what it rests on now")]
    history: Annotated[list[StepRecord], Meta(description="its life so far; the last step is its state")]
    raised: Annotated[
        EvidenceRecord | None, Meta(description="what it rested on when raised; absent in older recordings")
    ] = None
    arrival: Annotated[ArrivalRecord | None, Meta(description="absent: at no asset")] = None
    would_change: Annotated[list[str], Meta(description="sentences: what would change the judgement")] = []
    ignored: Annotated[bool, Meta(description="nobody has acknowledged it in time")] = False
    restored: Annotated[bool, Meta(description="from before a restart")] = False


class AlertsRecord(_Record):
    """Every alert that was open or lately closed at one time. Topic /alerts."""

    t: Annotated[int, Meta(description="ns UTC, data time of the step")]
    alerts: Annotated[list[AlertRecord], Meta(description="worst first")]


class ActRecord(_Record):
    """What an operator did, e.g. acknowledge an alert. Topic /acts."""

    t: Annotated[int, Meta(description="ns UTC, data time of the act")]
    act: Annotated[dict[str, Any], Meta(description="as the part that handles it defines it, e.g. alerts.md")]


class LastRecord(_Record):
    """Where a track was last believed to be before a restart."""

    track: Annotated[int, Meta(description="the track's id then")]
    t: Annotated[int, Meta(description="ns UTC of the estimate")]
    x: Annotated[Vector, Meta(description="(6) east, north, up in m, then their rates in m/s")]
    P: Annotated[Matrix, Meta(description="(6 × 6) covariance of x, by rows")]
    names: Annotated[dict[str, str], Meta(description="claim → what it called itself")] = {}


class WordRecord(_Record):
    """Whose a track is, in somebody's word."""

    track: Annotated[int, Meta(description="the track's id")]
    affiliation: Annotated[Affiliation, Meta(description="whose it is")]
    by: Annotated[str, Meta(description="who said so")]
    t: Annotated[int, Meta(description="ns UTC, when")]
    note: Annotated[str, Meta(description="a remark")] = ""


class PostureRecord(_Record):
    """A level of readiness that somebody has set."""

    level: Annotated[str, Meta(description="its name")]
    rank: Annotated[int, Meta(description="0 is the calmest")]
    by: Annotated[str, Meta(description="who set it")]
    t: Annotated[int, Meta(description="ns UTC, when")]
    note: Annotated[str, Meta(description="why")]


class EntryRecord(_Record):
    """One line of the hand-over log."""

    t: Annotated[int, Meta(description="ns UTC, data time")]
    by: Annotated[str, Meta(description="who")]
    act: Annotated[str, Meta(description="which act")]
    text: Annotated[str, Meta(description="what was done, in words")]
    note: Annotated[str, Meta(description="why")] = ""


class OperationsRecord(_Record):
    """What a run took over from before a restart; a replay begins with it, too. Topic /operations."""

    t: Annotated[int, Meta(description="ns UTC, when the run took it over")]
    alerts: Annotated[list[AlertRecord], Meta(description="open alerts")] = []
    tracks: Annotated[
        list[LastRecord], Meta(description="that alerts, identities and decisions are about")
    ] = []
    words: Annotated[list[WordRecord], Meta(description="identities")] = []
    rules: Annotated[list[dict[str, Any]], Meta(description="rules of operators, keys of a [[zone]]")] = []
    switched: Annotated[dict[str, bool], Meta(description="rule → switched on or off by somebody")] = {}
    posture: Annotated[PostureRecord | None, Meta(description="absent: nobody had set one")] = None
    log: Annotated[list[EntryRecord], Meta(description="the hand-over log")] = []
    highest: Annotated[int, Meta(description="no track had a higher id; new ones begin above")] = 0
    stock: Annotated[
        dict[str, int], Meta(description="effector → rounds left; below 0: promised of the lot being put in")
    ] = {}
    reloads: Annotated[
        dict[str, int], Meta(description="effector → ns UTC when the lot being put in is in")
    ] = {}
    engagements: Annotated[list[EngagementRecord], Meta(description="accepted, and not over")] = []
    declined: Annotated[list[DecisionRecord], Meta(description="what was declined")] = []


class ActorRecord(_Record):
    """One participant of an exercise, as the scenario has it."""

    id: Annotated[str, Meta(description="its name")]
    klass: Annotated[str, Meta(description="its class in the catalogue")]
    threat: Annotated[bool, Meta(description="whether an alert about it is right")]
    t_begin: Annotated[int, Meta(description="ns UTC, from when it is there")]
    t_end: Annotated[int, Meta(description="ns UTC, until when")]
    rcs: Annotated[
        float | None, Meta(description="dBsm, its mean radar cross-section; absent: none simulated")
    ] = None
    arrivals: Annotated[
        dict[str, int], Meta(description="asset → ns UTC when it comes within its radius; absent: never")
    ] = {}


class ActorsRecord(_Record):
    """Who takes part in an exercise, for scoring alone. Topic /truth/actors."""

    t: Annotated[int, Meta(description="ns UTC, begin of the exercise")]
    actors: Annotated[list[ActorRecord], Meta(description="in the order of the scenario")]


class StateRecord(_Record):
    """Where one participant truly is."""

    id: Annotated[str, Meta(description="its name")]
    klass: Annotated[str, Meta(description="its class in the catalogue")]
    x: Annotated[Vector, Meta(description="(6) east, north, up in m, then their rates in m/s")]


class StatesRecord(_Record):
    """Where everybody truly is at one time, for scoring alone. Topic /truth/states."""

    t: Annotated[int, Meta(description="ns UTC, data time")]
    states: Annotated[list[StateRecord], Meta(description="of those who are there")]


class FirstPlotRecord(_Record):
    """The first report that came from one participant, for scoring alone. Topic /truth/plots."""

    t: Annotated[int, Meta(description="ns UTC, data time of the report")]
    id: Annotated[str, Meta(description="the participant's name")]
    sensor: Annotated[str, Meta(description="whose report it was")]


class OutcomeRecord(_Record):
    """What truly came of what was decided in an exercise, for scoring alone. Topic /truth/outcomes."""

    t: Annotated[int, Meta(description="ns UTC, when the shots met it, or would have")]
    advice: Annotated[str, Meta(description="what was accepted")]
    track: Annotated[int, Meta(description="the track's id")]
    effector: Annotated[str, Meta(description="its name")]
    shots: Annotated[int, Meta(description="how many")]
    id: Annotated[str, Meta(description="the participant it was flown at; empty: nobody")]
    t_shot: Annotated[int, Meta(description="ns UTC, when the shots left")]
    result: Annotated[Result, Meta(description="of all of them together")]
    kill: Annotated[float, Meta(description="probability that one of them stopped it there")]
    detail: Annotated[str, Meta(description="how it went")]
    arrives: Annotated[
        int | None, Meta(description="ns UTC, when it comes to an asset first from now on; absent: never")
    ] = None


TOPICS: Mapping[str, type[msgspec.Struct]] = {
    "/scan/": ScanRecord,
    "/tracks": TracksRecord,
    "/alerts": AlertsRecord,
    "/acts": ActRecord,
    "/advice": AdvisedRecord,
    "/operations": OperationsRecord,
    "/truth/actors": ActorsRecord,
    "/truth/states": StatesRecord,
    "/truth/plots": FirstPlotRecord,
    "/truth/outcomes": OutcomeRecord,
}
_NESTED = (
    SectorRecord, DetectionRecord, TrackRecord, FieldRecord, AlertRecord, EvidenceRecord, StepRecord,
    ArrivalRecord, AdviceRecord, ThreatRecord, OptionRecord, RefusedRecord, DecisionRecord, EngagementRecord,
    EffectorStateRecord, LastRecord, WordRecord, PostureRecord, EntryRecord, ActorRecord, StateRecord,
)  # fmt: skip


def json_schema(record: type[msgspec.Struct]) -> bytes:
    """JSON Schema of a topic's messages, its root an object so that viewers can open it."""
    schema = msgspec.json.schema(record)
    root = schema["$defs"].pop(record.__name__)
    return json.dumps({**root, "$defs": schema["$defs"]}, ensure_ascii=False).encode()


def describe() -> str:
    """The stored schema as Markdown; docs/recording.md holds exactly this text."""
    versions = "\n".join(f"- version {number}: {text}" for number, text in HISTORY.items())
    records: tuple[type[msgspec.Struct], ...] = (*TOPICS.values(), *_NESTED)
    tables = "\n\n".join(_table(record) for record in records)
    return f"{versions}\n\n{tables}\n"


def _table(record: type[msgspec.Struct]) -> str:
    hints = typing.get_type_hints(record, include_extras=True)
    rows = [
        f"| `{name}` | {_type(hints[name])} | {_meaning(hints[name])} |" for name in record.__struct_fields__
    ]
    title = record.__name__.removesuffix("Record")
    return "\n".join(
        [f"### {title}", "", str(record.__doc__), "", "| field | type | meaning |", "|---|---|---|", *rows]
    )


def _meaning(hint: Any) -> str:
    return str(hint.__metadata__[0].description)


def _type(hint: Any) -> str:
    """A type in the words of JSON."""
    if typing.get_origin(hint) is Annotated:
        return _type(typing.get_args(hint)[0])
    if isinstance(hint, types.UnionType):
        return " or ".join(_type(arg) for arg in typing.get_args(hint) if arg is not type(None))
    if typing.get_origin(hint) is list:
        return f"list of {_type(typing.get_args(hint)[0])}"
    if typing.get_origin(hint) is dict:
        return f"map to {_type(typing.get_args(hint)[1])}"
    plain = {int: "integer", float: "number", str: "string", bool: "boolean", Any: "anything"}
    if hint in plain:
        return plain[hint]
    if issubclass(hint, str):
        return ", ".join(f"`{member.value}`" for member in hint)
    return str(hint.__name__).removesuffix("Record")
