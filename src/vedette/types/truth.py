"""Where a simulated target really is. For scenarios and metrics only: the tracker never sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from vedette.types.detection import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """Target `id` of class `klass` at time t (ns UTC): x (6,) position and velocity in the site's frame."""

    t: int
    id: str
    klass: str
    x: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Actor:
    """Who truly takes part in an exercise, known from the scenario before it begins.

    id, klass  as in `Truth`
    threat     whether an alert about it is right; of anything else one is false
    rcs        mean radar cross-section of this individual, dBsm; None where none was simulated
    t_begin, t_end  ns UTC, from when to when it is there
    arrivals   asset → ns UTC when it comes within the asset's radius; only assets that it reaches
    """

    id: str
    klass: str
    threat: bool
    rcs: float | None
    t_begin: int
    t_end: int
    arrivals: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPlot:
    """At t (ns UTC) a report of `sensor` came from the target `id` for the first time."""

    t: int
    id: str
    sensor: str


class Result(StrEnum):
    """How shots at a target truly ended."""

    KILLED = "killed"
    DAMAGED = "damaged"  # and it flies on
    DIVERTED = "diverted"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What truly came, at t (ns UTC), of what somebody had decided in an exercise.

    advice, track, effector, shots  what was decided
    id        the target it was flown at; empty: there was none
    t_shot    when the shots left
    result    of all of them together
    kill      probability that one of them stopped it there
    arrives   when it truly comes to an asset first from now on; None: never
    detail    how it went, in words
    """

    t: int
    advice: str
    track: int
    effector: str
    shots: int
    id: str
    t_shot: int
    result: Result
    kill: float
    arrives: int | None
    detail: str
