"""The umpire of an exercise: flies what people have accepted against the truth, and keeps the result apart.

Only outcomes that a sensor can see reach the picture: what is killed is seen no more, what is diverted is
seen to leave. Whether somebody was right about it, the score says afterwards.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from vedette.advise.chances import spread_of
from vedette.advise.effector import Effector
from vedette.clock import NS
from vedette.metric.alerts import nearest
from vedette.pipeline.exercise import Exercise, TruthKeeper, arrivals
from vedette.pipeline.loop import Pipeline
from vedette.pipeline.operator import HumanModel, Operator
from vedette.pipeline.play import Step
from vedette.scenario.engage import depends, luck_of, meeting, shots, turn_away
from vedette.types import Array, EffectorKind, Engagement, FirstPlot, Outcome, Picture, Result, Track, Truth

FURTHEST = 600 * NS  # ns for which shots are followed that have not met anything
AIM = 300.0  # m over ground: shots find whoever is so near to where their track is believed to be


@dataclass(slots=True, eq=False)
class Flight:
    """One engagement on its way. `platform` is what it is flown at, once it has left; empty: nothing.

    meets  ns UTC; as expected where it is flown at nothing
    """

    engagement: Engagement
    effector: Effector
    track: Track | None
    platform: str = ""
    meets: int = 0


class Umpire:
    """Stands beside an exercise's simulation as its witness, and behind the pipeline as a sink.

    keeper    takes first reports and outcomes to the truth's side of the recording; without, nobody does
    counters  flown, and how often each result came
    """

    def __init__(self, exercise: Exercise, pipeline: Pipeline, keeper: TruthKeeper | None = None) -> None:
        self.exercise, self.keeper = exercise, keeper
        self.effectors = pipeline.site.effectors
        self.counters: Counter[str] = Counter()
        self.flights: dict[str, Flight] = {}
        self._due: list[tuple[int, str]] = []  # (ns UTC, advice) of what leaves or meets next
        self._reported: set[str] = set()
        exercise.witness = self
        pipeline.sinks.append(self)

    # ---------------------------------------------------------------- behind the pipeline

    def write(self, picture: Picture) -> None:
        """Take up what has been accepted since, and where the targets of all are believed to be."""
        if picture.advised is None:
            return
        tracks = {track.id: track for track in picture.tracks}
        for engagement in picture.advised.engagements:
            flight = self.flights.get(engagement.advice)
            if flight is None:
                self._take_up(engagement, tracks.get(engagement.track))
            elif engagement.track in tracks:
                flight.track = tracks[engagement.track]

    def _take_up(self, engagement: Engagement, track: Track | None) -> None:
        effector = self.effectors[engagement.effector]
        self.flights[engagement.advice] = Flight(engagement, effector, track)
        self.counters["flown"] += 1
        heapq.heappush(self._due, (engagement.t_start, engagement.advice))

    def close(self) -> None:
        """What has not met by the end never will."""

    # --------------------------------------------------------------- beside the simulation

    def before(self, t: int) -> None:
        """Let happen what is due by t (ns UTC), in its order, before sensors look at that moment."""
        while self._due and self._due[0][0] <= t:
            now, advice = heapq.heappop(self._due)
            flight = self.flights[advice]
            if flight.meets:
                self._meet(now, flight)
            else:
                self._leave(now, flight)
                heapq.heappush(self._due, (flight.meets, advice))

    def seen(self, t: int, sensor: str, platform: str) -> None:
        """Keep when somebody is reported for the first time."""
        if platform not in self._reported:
            self._reported.add(platform)
            if self.keeper is not None:
                self.keeper.first_plot(FirstPlot(t=t, id=platform, sensor=sensor))

    def _leave(self, t: int, flight: Flight) -> None:
        """The shots leave, at whoever is nearest to where the track is believed to be."""
        there = self._aimed_at(t, flight.track)
        flight.platform = "" if there is None else there.id
        way = partial(self._place, flight.platform)
        place, flight_s = flight.effector.position, flight.effector.flight_s
        met = meeting(way, place, lambda d: float(flight_s(d)), t, t + FURTHEST) if flight.platform else None
        flight.meets = max(flight.engagement.t_intercept if met is None else met, t)

    def _aimed_at(self, t: int, track: Track | None) -> Truth | None:
        there = self.exercise.truth(t)
        if track is None or not there:
            return None
        x = track.estimate.x
        position = x[:3] + x[3:6] * ((t - track.estimate.t) / NS)
        row = nearest(position, np.array([truth.x[:3] for truth in there]), AIM)
        return None if row is None else there[row]

    def _place(self, platform: str, t: int) -> Array | None:
        return next((truth.x[:3] for truth in self.exercise.truth(t) if truth.id == platform), None)

    # ------------------------------------------------------------------------- how it ends

    def _meet(self, t: int, flight: Flight) -> None:
        outcome = self._outcome(t, flight)
        if outcome.result is Result.KILLED:
            self.exercise.stop(outcome.id, t)
        elif outcome.result is Result.DIVERTED:
            self.exercise.divert(
                outcome.id, t, turn_away(luck_of(self.exercise.seed, f"{outcome.advice} away"))
            )
        self.counters[outcome.result.value] += 1
        if self.keeper is not None:
            self.keeper.outcome(replace(outcome, arrives=self._arrives(t, outcome.id)))

    def _outcome(self, t: int, flight: Flight) -> Outcome:
        there = next((truth for truth in self.exercise.truth(t) if truth.id == flight.platform), None)
        missed = partial(self._told, t, flight, Result.MISSED, 0.0)
        if there is None:
            return missed("nothing was there" if flight.platform == "" else f"{flight.platform} was gone")
        if not flight.effector.holds(there.x[None, :3])[0]:
            return missed(f"{there.id} was not where {flight.effector.name} can act")
        return self._shoot(t, flight, there)

    def _shoot(self, t: int, flight: Flight, there: Truth) -> Outcome:
        """Each shot stops it as probably as the effector says of this distance, class and track."""
        effector, engagement = flight.effector, flight.engagement
        distance, sigma = float(np.linalg.norm(there.x[:3] - effector.position)), _sigma(flight.track)
        kill, damage = (float(f(distance, there.klass, sigma)) for f in (effector.kill, effector.damage))
        jams = effector.kind is EffectorKind.JAMMER
        count = engagement.shots if effector.repeats else 1
        if jams:
            low, high = effector.depends(there.klass)
            on = f"{effector.config.on}"  # type: ignore[union-attr]
            works = high > 0.0 and depends(self.exercise.seed, there.id, on, (low, high))
            if not works:
                return self._told(t, flight, Result.MISSED, 0.0, f"{there.id} needs no {on}")
            kill = min(kill / (0.5 * (low + high)), 1.0)
        luck = luck_of(self.exercise.seed, engagement.advice)
        result = shots(count, kill, damage, luck, divert=jams)
        return self._told(t, flight, result, kill, f"{result.value} at {distance:.0f} m")

    def _told(self, t: int, flight: Flight, result: Result, kill: float, detail: str) -> Outcome:
        engagement = flight.engagement
        return Outcome(
            t=t, advice=engagement.advice, track=engagement.track, effector=engagement.effector,
            shots=engagement.shots, id=flight.platform, t_shot=engagement.t_start, result=result, kill=kill,
            arrives=None, detail=detail,
        )  # fmt: skip

    def _arrives(self, t: int, platform: str) -> int | None:
        """When it truly comes to an asset first, of those that it had not come to by t."""
        found = arrivals(self.exercise.world, self.exercise.site).get(platform, {})
        return min((at for at in found.values() if at is not None and at > t), default=None)


def _sigma(track: Track | None) -> float:
    """m, of the track's place on one axis."""
    return 0.0 if track is None else spread_of(track.estimate.P)


def staged(
    exercise: Exercise, pipeline: Pipeline, *, truth: bool, operator: HumanModel | None = None
) -> Iterator[Step]:
    """What is to be played through `pipeline` so that its decisions are flown; to be asked for once.

    truth     whether its truth goes into the recording
    operator  decides in nobody's stead; None: people do, or nobody
    """
    keeper = TruthKeeper(exercise, pipeline) if truth and pipeline.recorder is not None else None
    if keeper is not None:
        pipeline.sinks.append(keeper)
    Umpire(exercise, pipeline, keeper)
    scans = exercise.scans()
    return scans if operator is None else Operator(operator, pipeline, exercise.seed).attended(scans)
