"""The truth of an exercise in its recording: who takes part, where everybody is, and what became of it.

It lies on channels of its own, which nothing reads but a score: no replay, no tracker, no page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import NamedTuple

from vedette.store.codec import array, decoder, encoded
from vedette.store.schema import (
    ActorRecord,
    ActorsRecord,
    FirstPlotRecord,
    OutcomeRecord,
    StateRecord,
    StatesRecord,
)
from vedette.types import Actor, FirstPlot, Outcome, Truth

TRUTH = "/truth/"


class ActorSet(NamedTuple):
    """Who takes part in an exercise that begins at t (ns UTC)."""

    t: int
    actors: tuple[Actor, ...]


class TruthSet(NamedTuple):
    """Where everybody truly is at data time t (ns UTC)."""

    t: int
    truths: tuple[Truth, ...]


def encode_actors(t: int, actors: Iterable[Actor]) -> bytes:
    """Participants as JSON bytes (`ActorsRecord`). MeasurementError for a number that is not finite."""
    records = [
        ActorRecord(
            id=a.id, klass=a.klass, threat=a.threat, t_begin=a.t_begin, t_end=a.t_end, rcs=a.rcs,
            arrivals=dict(a.arrivals),
        )
        for a in actors
    ]  # fmt: skip
    return encoded(ActorsRecord(t=t, actors=records), "list of participants")


def decode_actors(data: bytes) -> ActorSet:
    """Participants from their JSON bytes. RecordingError for anything else."""
    record = _actors(data)
    return ActorSet(
        record.t,
        tuple(
            Actor(
                id=a.id, klass=a.klass, threat=a.threat, rcs=a.rcs, t_begin=a.t_begin, t_end=a.t_end,
                arrivals=a.arrivals,
            )
            for a in record.actors
        ),
    )  # fmt: skip


def encode_truth(t: int, truths: Iterable[Truth]) -> bytes:
    """True states at data time t (ns UTC) as JSON bytes. MeasurementError for what is not finite."""
    records = [StateRecord(id=one.id, klass=one.klass, x=one.x.tolist()) for one in truths]
    return encoded(StatesRecord(t=t, states=records), "truth")


def decode_truth(data: bytes) -> TruthSet:
    """True states from their JSON bytes. RecordingError for anything else."""
    record = _states(data)
    return TruthSet(
        record.t,
        tuple(Truth(t=record.t, id=s.id, klass=s.klass, x=array(s.x, (6,))) for s in record.states),
    )


def encode_first_plot(plot: FirstPlot) -> bytes:
    """As JSON bytes (`FirstPlotRecord`)."""
    return encoded(FirstPlotRecord(t=plot.t, id=plot.id, sensor=plot.sensor), "first report")


def decode_first_plot(data: bytes) -> FirstPlot:
    """From its JSON bytes. RecordingError for anything else."""
    record = _plot(data)
    return FirstPlot(t=record.t, id=record.id, sensor=record.sensor)


def encode_outcome(outcome: Outcome) -> bytes:
    """As JSON bytes (`OutcomeRecord`). MeasurementError for a number that is not finite."""
    return encoded(OutcomeRecord(**{f.name: getattr(outcome, f.name) for f in fields(Outcome)}), "outcome")


def decode_outcome(data: bytes) -> Outcome:
    """From its JSON bytes. RecordingError for anything else."""
    record = _outcome(data)
    return Outcome(**{f.name: getattr(record, f.name) for f in fields(Outcome)})


_actors, _states = decoder(ActorsRecord), decoder(StatesRecord)
_plot, _outcome = decoder(FirstPlotRecord), decoder(OutcomeRecord)
