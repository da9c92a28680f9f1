"""A recorded exercise against its own truth: what `vedette score` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vedette.clock import seconds
from vedette.errors import RecordingError
from vedette.metric import (
    Associations,
    ClearMetric,
    ContinuityMetric,
    FalseTrackMetric,
    GospaMetric,
    InitiationMetric,
    NeesMetric,
    TrackPaths,
    TruthPaths,
    associate,
    gather,
)
from vedette.metric.alerts import Raised, Warnings, about, warnings
from vedette.metric.paths import Covered, Step
from vedette.metric.timeline import Cause, End, Timeline
from vedette.store import ActorSet, AlertSet, Recording, TrackSet, TruthSet
from vedette.store.truth import TRUTH
from vedette.study.timelines import Doings, Means, timelines
from vedette.types import Actor, Advised, FirstPlot, Outcome, Result

CUTOFF = 200.0  # m, from which on a track is no answer at all
TOPICS = ("/tracks", "/alerts", "/advice", TRUTH)
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scored:
    """An exercise as it was and as it was told, at the moments for which the truth is recorded."""

    actors: tuple[Actor, ...]
    truth: TruthPaths
    tracks: TrackPaths
    who: Associations
    raised: tuple[Raised, ...]
    warnings: Warnings
    cutoff: float
    rules: tuple[str, ...]
    doings: Doings
    timelines: Mapping[str, Timeline]


class _Reader:
    """Goes through a recording once and keeps what a score needs."""

    def __init__(self, recording: Recording, progress: Progress) -> None:
        self.recording, self.progress = recording, progress
        self.actors: dict[str, Actor] = {}
        self.raised: dict[str, Raised] = {}
        self.doings = Doings()

    def steps(self) -> Iterator[Step]:
        """(t, truths, tracks) of every moment with a truth; a recording holds them in this order."""
        shown = TrackSet(-1, ())
        for entry in self.recording.messages(topics=TOPICS):
            if isinstance(entry, TrackSet):
                shown = entry
            elif isinstance(entry, AlertSet):
                self._alerts(entry, shown)
            elif isinstance(entry, Advised):
                self.doings.take(entry, shown.tracks)
            elif isinstance(entry, FirstPlot):
                self.doings.plots.setdefault(entry.id, entry)
            elif isinstance(entry, Outcome):
                self.doings.outcomes[entry.advice] = entry
            elif isinstance(entry, ActorSet):
                self.actors.update({actor.id: actor for actor in entry.actors})
            elif isinstance(entry, TruthSet) and entry.t == shown.t:
                self.progress(entry.t)
                yield entry.t, entry.truths, shown.tracks

    def _alerts(self, entry: AlertSet, shown: TrackSet) -> None:
        places = {track.id: track.estimate.position for track in shown.tracks}
        for alert in entry.alerts:
            if alert.id not in self.raised:
                place = places.get(alert.track, np.full(3, np.inf))
                self.raised[alert.id] = Raised(alert.t_raised, alert.track, place, alert.zone)


def score_recording(
    recording: Recording,
    *,
    cutoff: float = CUTOFF,
    covered: Covered | None = None,
    rules: Sequence[str] = (),
    means: Means | None = None,
    progress: Progress = lambda t: None,
) -> Scored:
    """Read an exercise for its score. RecordingError, in a sentence, where no truth was recorded.

    covered  (R, 6) true states → (R,) whether a sensor should see them; delays count from there on
    rules    names of the site's rules, which are told of even if they raised nothing
    means    what could act, for the causes of what got through
    """
    if not any(topic.startswith(TRUTH) for topic in recording.counts):
        raise RecordingError(
            f"{recording.path} holds no truth to score against: only exercises do, which "
            "`vedette simulate SCENARIO --out FILE.mcap` records; nobody knows the truth of a live one."
        )
    reader = _Reader(recording, progress)
    truth, tracks = gather(reader.steps(), covered=covered)
    who = associate(truth, tracks, c=cutoff)
    actors, raised = tuple(reader.actors.values()), tuple(reader.raised.values())
    told = warnings(actors, truth, tracks, who, raised)
    return Scored(
        actors=actors, truth=truth, tracks=tracks, who=who, raised=raised, cutoff=cutoff,
        rules=tuple(sorted({*rules, *(one.rule for one in raised)})),
        warnings=told, doings=reader.doings,
        timelines=timelines(
            actors, truth, reader.doings, lambda one: about(one, truth, tracks, who),
            first_followed(truth, who), told.first, means or Means(),
        ),
    )  # fmt: skip


def first_followed(truth: TruthPaths, who: Associations) -> dict[str, int]:
    """Truth → ns UTC from which a track first followed it; only those that one did."""
    first: dict[str, int] = {}
    for target, step in zip(who.truth.tolist(), who.first.tolist(), strict=True):
        name, t = truth.ids[target], int(truth.t[step])
        first[name] = min(t, first.get(name, t))
    return first


def figures(scored: Scored) -> dict[str, Any]:
    """Every figure of an exercise by its name; docs/scoring.md says what each means."""
    truth, tracks, c = scored.truth, scored.tracks, scored.cutoff
    gospa = GospaMetric(c=c).score(truth, tracks)
    nees = NeesMetric(c=c).score(truth, tracks)
    initiation = InitiationMetric(c=c).score(truth, tracks)
    continuity = ContinuityMetric(c=c).score(truth, tracks)
    false = FalseTrackMetric(c=c).score(truth, tracks)
    told, hours = scored.warnings, truth.hours
    people = platforms(scored)
    return {
        "truths": len(scored.actors),
        "confirmed": sum(one["confirmed_after_s"] is not None for one in people.values()),
        "warning_time_s": dict(told.time),
        "false_alerts": told.false,
        "rms_gospa": gospa["gospa_m"],
        "nees_in_bounds": nees["nees_inside"],
        "nees_factor": nees["nees_factor"],
        "gospa": {"cutoff_m": c, **{name: gospa[name] for name in ("localisation_m", "missed_m", "false_m")}},
        "initiation": {name: initiation[name] for name in ("initiated", "delay_median_s", "delay_90_s")},
        "tracked": continuity["tracked"],
        "track_breaks": round(continuity["breaks_per_target_h"] * continuity.get("target_h", 0.0)),
        "id_switches": round(ClearMetric(c=2.0 * c).score(truth, tracks)["switches"]),
        "false_tracks": round(false["false_tracks"]),
        "false_tracks_per_h": false["false_tracks_per_h"],
        "alerts": len(scored.raised),
        "alerts_per_h": len(scored.raised) / hours if hours else 0.0,
        "false_alerts_about": {"nothing": told.nothing, "harmless": told.harmless},
        "missed": list(told.missed),
        "late": list(told.late),
        "rules": by_rule(scored),
        "hours": hours,
        "platforms": people,
        **endings(scored),
    }


def endings(scored: Scored) -> dict[str, Any]:
    """What became of the threats, what people were advised and decided, and where the time went."""
    lines, spoken = scored.timelines, scored.doings.spoken.values()
    ends, causes = [one.end for one in lines.values()], [one.cause for one in lines.values()]
    return {
        "outcomes": {end.value: ends.count(end) for end in End if end in ends},
        "leaks": sum(cause is not None for cause in causes),
        "causes": {cause.value: causes.count(cause) for cause in Cause if cause in causes},
        "advice": {
            "made": len(spoken),
            "accepted": sum(one.accepted is not None for one in spoken),
            "declined": sum(one.declined is not None for one in spoken),
        },
        "shots": sum(outcome.shots for outcome in scored.doings.outcomes.values()),
        "wrong_calls": wrong_calls(scored),
        "timelines": {name: written(one) for name, one in lines.items()},
    }


def wrong_calls(scored: Scored) -> int:
    """How often a threat that flew on was taken to be stopped before it arrived, or the run ended."""
    spoken, count = scored.doings.spoken, 0
    for advice, outcome in scored.doings.outcomes.items():
        line = scored.timelines.get(outcome.id)
        called = spoken[advice].called if advice in spoken else None
        if line is not None and called is not None and outcome.result in (Result.MISSED, Result.DAMAGED):
            count += called < line.outcome
    return count


def written(line: Timeline) -> dict[str, Any]:
    """One timeline; its stages add up to `seconds`, from the first report to the outcome."""
    begin = line.spans[0][1] if line.spans else line.outcome
    return {
        "outcome": line.end.value,
        "cause": None if line.cause is None else line.cause.value,
        "binding": line.binding.value,
        "seconds": seconds(line.outcome - begin),
        "stages_s": {stage.value: spent for stage, spent in line.seconds.items()},
        "spans": [[stage.value, seconds(a - begin), seconds(b - begin)] for stage, a, b in line.spans],
    }


def by_rule(scored: Scored) -> Mapping[str, dict[str, Any]]:
    """The alerts of each rule as if there were no other: how many, an hour, false, and whom it missed."""
    hours = scored.truth.hours
    out = {}
    for rule in scored.rules:
        mine = [one for one in scored.raised if one.rule == rule]
        told = warnings(scored.actors, scored.truth, scored.tracks, scored.who, mine)
        out[rule] = {
            "alerts": len(mine),
            "alerts_per_h": len(mine) / hours if hours else 0.0,
            "false": told.false,
            "missed": list(told.missed),
            "late": list(told.late),
        }
    return out


def platforms(scored: Scored) -> Mapping[str, dict[str, Any]]:
    """What became of each participant; times are s after it was first there, or None."""
    followed = first_followed(scored.truth, scored.who)
    out = {}
    for actor in scored.actors:
        at = followed.get(actor.id)
        out[actor.id] = {
            "class": actor.klass,
            "threat": actor.threat,
            "rcs_dbsm": actor.rcs,
            "confirmed_after_s": _after(actor, at),
            "alert_after_s": _after(actor, scored.warnings.first.get(actor.id)),
            "warning_time_s": scored.warnings.time[actor.id],
        }
    return out


def _after(actor: Actor, t: int | None) -> float | None:
    return None if t is None else round(max(seconds(t - actor.t_begin), 0.0), 3)
