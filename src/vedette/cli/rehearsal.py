"""Playing scenarios as fast as possible, and what came of them: was the warning in time?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette.cli.output import progress
from vedette.clock import NS, from_seconds, seconds
from vedette.types import Alert, Mode, Picture

if TYPE_CHECKING:
    from vedette.pipeline import Exercise, HumanModel, Pipeline
    from vedette.scenario import World
    from vedette.store import Recorder

ENDS = ("low", "middle", "high")  # of a bracket of radar cross-sections


@dataclass(frozen=True, slots=True)
class Warned:
    """The first alert against the truth: of whom, which asset, how long before it arrives there."""

    platform: str
    asset: str
    seconds: float


class FirstAlert:
    """A sink that remembers the first alert, and holds it against the truth.

    warned  None where nobody is near the alert's track, or nobody who arrives as the scenario has it
    """

    def __init__(self, exercise: Exercise) -> None:
        from vedette.pipeline import arrivals

        self.world = exercise.world
        self.arrivals = arrivals(exercise.world, exercise.site)
        self.alert: Alert | None = None
        self.warned: Warned | None = None

    def write(self, picture: Picture) -> None:
        """Look at one picture."""
        if self.alert is not None or not picture.alerts:
            return
        self.alert = min(picture.alerts, key=lambda alert: (alert.t_raised, alert.id))
        self.warned = self._warned(self.alert, picture)

    def _warned(self, alert: Alert, picture: Picture) -> Warned | None:
        from vedette.metric.alerts import nearest

        position = next(track.estimate.position for track in picture.tracks if track.id == alert.track)
        rows, x = self.world.state(alert.t_raised)
        row = nearest(position, x)
        if row is None:
            return None
        name = self.world.platforms[int(rows[row])].name
        arrived = {asset: t for asset, t in self.arrivals[name].items() if t is not None}
        if not arrived:
            return None
        asset, t = min(arrived.items(), key=lambda item: item[1])
        return Warned(name, asset, round(seconds(t - alert.t_raised), 3))

    def close(self) -> None:
        """Nothing to do."""


def figures(pipeline: Pipeline, first: FirstAlert, begin: int) -> dict[str, Any]:
    """What a script wants to know."""
    found = first.warned
    counters = pipeline.picture.counters
    return {
        "detections": pipeline.tracker.counters["detections"],
        "confirmed_tracks": pipeline.tracker.counters["tracks_confirmed"],
        "alerts": pipeline.assessor.counters["raised"],
        "warning_time_s": found and found.seconds,
        "first_alert": {
            "after_s": round(seconds(first.alert.t_raised - begin), 3),
            "zone": first.alert.zone,
            "severity": first.alert.severity,
            "platform": found and found.platform,
            "asset": found and found.asset,
            "sentence": first.alert.evidence.sentence,
        }
        if first.alert
        else None,
        "seconds": round(seconds(pipeline.tracker.t - begin), 3),
        "counters": dict(sorted(counters.items())),
    }


def rehearse(
    scenario: str,
    *,
    out: Path | None,
    seed: int | None,
    seconds: float | None,
    quiet: bool,
    rcs: str | None = None,
    operator: HumanModel | None = None,
) -> dict[str, Any]:
    """Fly a scenario past its site at full speed, recording it, and its truth, to `out`."""
    exercise = opened(scenario, seed=seed, rcs=rcs)
    world = exercise.world
    recorder = recorder_of(exercise, out, Mode.EXERCISE, operator)
    end = until(world, seconds)
    pipeline, first = play(exercise, recorder, Mode.EXERCISE, end, quiet, operator)
    found = figures(pipeline, first, world.begin)
    return {"scenario": world.scenario.name, "seed": world.seed, **found}


def opened(scenario: str, *, seed: int | None, rcs: str | None = None, begin: int | None = None) -> Exercise:
    """A scenario at its site, ready to play."""
    from vedette.pipeline import Exercise
    from vedette.scenario import World, load_scenario
    from vedette.site import load_site

    loaded = load_scenario(scenario)
    site = load_site(loaded.site)
    return Exercise(World(loaded, site.frame, seed=seed, begin=begin, rcs=rcs), site)


def until(world: World, seconds: float | None) -> int:
    """The end of data time (ns UTC) of a run of at most so many seconds."""
    return world.end if seconds is None else min(world.end, world.begin + from_seconds(seconds))


def recorder_of(
    exercise: Exercise, out: Path | None, mode: Mode, operator: HumanModel | None = None
) -> Recorder | None:
    """A recording of the exercise at `out`, or none."""
    from vedette.pipeline import metadata_of
    from vedette.store import Recorder

    if out is None:
        return None
    world = exercise.world
    more = {
        "scenario": world.scenario.name,
        "seed": str(world.seed),
        **({"rcs": world.rcs} if world.rcs else {}),
        **({"operator": operator.stated()} if operator else {}),
    }
    simulated, origins = exercise.simulated, exercise.origins()
    return Recorder(out, metadata_of(exercise.site, mode, simulated=simulated, origins=origins, more=more))


def sensitivity(scenario: str, *, seed: int | None, quiet: bool) -> dict[str, Any]:
    """Warning time of everybody who arrives, at both ends of the radar cross-sections' brackets and between.

    The same night three times: only how large the drones are to a radar differs. A fixed table of what the
    defender does not know, and no search.
    """
    from tempfile import TemporaryDirectory

    from vedette.store import open_recording
    from vedette.study.score import figures as scores
    from vedette.study.score import score_recording

    table: dict[str, dict[str, Any]] = {}
    for end in ENDS:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"{end}.mcap"
            run = rehearse(scenario, out=path, seed=seed, seconds=None, quiet=quiet, rcs=end)
            told = scores(score_recording(open_recording(path)))
        for name, one in told["platforms"].items():
            if one["threat"]:
                row = table.setdefault(name, {})
                row[end] = {"rcs_dbsm": round(one["rcs_dbsm"], 1), "warning_time_s": one["warning_time_s"]}
    return {"scenario": run["scenario"], "seed": run["seed"], "warning_by_rcs": table}


def rehearse_demo(demo: Exercise, seconds: float, *, record: Path | None, quiet: bool) -> dict[str, Any]:
    """The demo's first `seconds` of data time, at full speed."""
    until = demo.begin + from_seconds(seconds)
    pipeline, first = play(demo, recorder_of(demo, record, Mode.DEMO), Mode.DEMO, until, quiet)
    return figures(pipeline, first, demo.begin)


def play(
    exercise: Exercise,
    recorder: Recorder | None,
    mode: Mode,
    until: int,
    quiet: bool,
    operator: HumanModel | None = None,
) -> tuple[Pipeline, FirstAlert]:
    """Play an exercise up to data time `until` through a new pipeline, with a progress bar."""
    from vedette.pipeline import Pipeline, run_fast, staged

    first = FirstAlert(exercise)
    pipeline = Pipeline(exercise.site, recorder, mode=mode, sinks=(first,))
    source = staged(exercise, pipeline, truth=mode is Mode.EXERCISE, operator=operator)
    begin = exercise.begin
    with progress("playing", (until - begin) / NS, quiet=quiet) as advance:
        run_fast(pipeline, source, until=until, progress=lambda t, _: advance((t - begin) / NS))
    pipeline.close()
    return pipeline, first
