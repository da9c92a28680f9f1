"""Playing scenarios as fast as possible, and what came of them: was the warning in time?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vedette.cli.output import progress
from vedette.clock import NS, from_seconds, seconds
from vedette.types import Alert, Array, Mode, Picture

if TYPE_CHECKING:
    from vedette.pipeline import Demo, Exercise, Pipeline
    from vedette.scenario import World
    from vedette.site import Site
    from vedette.store import Recorder
    from vedette.types import Scan

ENDS = ("low", "middle", "high")  # of a bracket of radar cross-sections
SAME = 1_000.0  # m: a track further than this from every platform is nobody's


class FirstAlert:
    """A sink that remembers the first alert, and where its track was then."""

    def __init__(self) -> None:
        self.alert: Alert | None = None
        self.position: Array | None = None

    def write(self, picture: Picture) -> None:
        """Look at one picture."""
        if self.alert is not None or not picture.alerts:
            return
        self.alert = min(picture.alerts, key=lambda alert: (alert.t_raised, alert.id))
        number = self.alert.track
        self.position = next(track.estimate.position for track in picture.tracks if track.id == number)

    def close(self) -> None:
        """Nothing to do."""


@dataclass(frozen=True, slots=True)
class Warned:
    """The first alert against the truth: of whom, which asset, how long before it arrives there."""

    platform: str
    asset: str
    seconds: float


def warned(first: FirstAlert, world: World, site: Site) -> Warned | None:
    """From the scenario's truth; None when there was no alert, or nobody there who ever arrives."""
    if first.alert is None or first.position is None:
        return None
    rows, x = world.state(first.alert.t_raised)
    if not len(rows):
        return None
    distance = np.linalg.norm(x[:, :2] - first.position[:2], axis=1)
    nearest = int(np.argmin(distance))
    if distance[nearest] > SAME:
        return None
    from vedette.pipeline import arrivals

    name = world.platforms[int(rows[nearest])].name
    arrived = {asset: t for asset, t in arrivals(world, site)[name].items() if t is not None}
    if not arrived:
        return None
    asset, t = min(arrived.items(), key=lambda item: item[1])
    return Warned(name, asset, round(seconds(t - first.alert.t_raised), 3))


def figures(pipeline: Pipeline, first: FirstAlert, world: World, begin: int) -> dict[str, Any]:
    """What a script wants to know."""
    found = warned(first, world, pipeline.site)
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
) -> dict[str, Any]:
    """Fly a scenario past its site at full speed, recording it, and its truth, to `out`."""
    exercise = opened(scenario, seed=seed, rcs=rcs)
    world = exercise.world
    pipeline, first = play(
        exercise.site, exercise.scans(), recorder_of(exercise, out), Mode.EXERCISE, world.begin,
        until(world, seconds), quiet, exercise,
    )  # fmt: skip
    found = figures(pipeline, first, world, world.begin)
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


def recorder_of(exercise: Exercise, out: Path | None) -> Recorder | None:
    """A recording of the exercise at `out`, or none."""
    from vedette.pipeline import metadata_of
    from vedette.store import Recorder

    if out is None:
        return None
    site, world = exercise.site, exercise.world
    more = {
        "scenario": world.scenario.name,
        "seed": str(world.seed),
        **({"rcs": world.rcs} if world.rcs else {}),
    }
    return Recorder(
        out,
        metadata_of(site, Mode.EXERCISE, simulated=site.sensors, origins=exercise.origins(), more=more),
    )


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


def rehearse_demo(demo: Demo, seconds: float, *, record: Path | None, quiet: bool) -> dict[str, Any]:
    """The demo's first `seconds` of data time, at full speed."""
    until = demo.begin + from_seconds(seconds)
    recorder = demo_recorder(demo, record)
    pipeline, first = play(demo.site, demo.scans(), recorder, Mode.DEMO, demo.begin, until, quiet)
    return figures(pipeline, first, demo.world(), demo.begin)


def demo_recorder(demo: Demo, path: Path | None) -> Recorder | None:
    """A recording of the demo at `path`, or none."""
    from vedette.pipeline import metadata_of
    from vedette.store import Recorder

    if path is None:
        return None
    more = {"scenario": demo.scenario.name, "seed": str(demo.seed)}
    return Recorder(
        path, metadata_of(demo.site, Mode.DEMO, simulated=demo.simulated, origins=demo.origins(), more=more)
    )


def play(
    site: Site,
    scans: Iterable[Scan],
    recorder: Recorder | None,
    mode: Mode,
    begin: int,
    until: int,
    quiet: bool,
    exercise: Exercise | None = None,
) -> tuple[Pipeline, FirstAlert]:
    """Play scans up to data time `until` through a new pipeline, with a progress bar."""
    from vedette.pipeline import Pipeline, TruthKeeper, run_fast

    first = FirstAlert()
    pipeline = Pipeline(site, recorder, mode=mode, sinks=(first,))
    if exercise is not None and recorder is not None:
        pipeline.sinks.append(TruthKeeper(exercise, pipeline))
    with progress("playing", (until - begin) / NS, quiet=quiet) as advance:
        run_fast(pipeline, scans, until=until, progress=lambda t, _: advance((t - begin) / NS))
    pipeline.close()
    return pipeline, first
