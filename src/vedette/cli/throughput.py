"""How fast a recording goes through the whole pipeline, and where the time goes."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from vedette.cli.output import progress
from vedette.clock import NS
from vedette.types import Mode

if TYPE_CHECKING:
    from vedette.pipeline import Pipeline
    from vedette.site import Site
    from vedette.store import Recording

T = TypeVar("T")
WARM_UP = 10 * NS  # ns of data played before the clock starts, so that compilation is not counted

SITE = """
[site]
name = "bench"
latitude = 52.0
longitude = 5.0
height = 50.0
fictional = true

[[asset]]
name = "centre"
radius = 300

[[zone]]
name = "outer"
radius = 8000
"""
RADAR = """
[[sensor]]
kind = "radar3d"
name = "radar {number}"
bearing = {bearing}
distance = 3000
height = 20
range_max = 60000
reference_range = 60000
reference_rcs = 0
reference_pd = 0.95
pfa = 1e-7
range_resolution = 50
azimuth_beamwidth = 1.5
elevation_beamwidth = 3.0
elevation_min = -1
elevation_max = 60
period = 1.0
"""
SCENARIO = """
[scenario]
name = "bench"
site = "site.toml"
start = 2024-01-01T00:00:00Z
seed = {seed}
duration = {seconds}
"""
PLATFORM = """
[[platform]]
name = "target {number}"
class = "one-way-attack"
speed = {speed}
rcs = 0
waypoints = [
    {{ bearing = {b0}, distance = {d0}, height = {height} }},
    {{ bearing = {b1}, distance = {d1}, height = {height} }},
]
"""


def measure(
    recording: Path | None, *, targets: int, seconds: float, seed: int, quiet: bool
) -> dict[str, Any]:
    """Replay a recording, or one simulated here, and report detections per second and every stage's share."""
    from vedette.pipeline import site_of
    from vedette.store import open_recording

    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder:
        work = Path(folder)
        path = recording or simulated(work, targets, seconds, seed, quiet)
        found = open_recording(path)
        site = site_of(found)
        with progress("compiling and warming up", None, quiet=quiet):
            warm_up(found, site)
        with progress("replaying at full speed", None, quiet=quiet):
            figures = timed_replay(found, site, work / "tracks.mcap")
    return {"recording": str(recording or f"simulated, {targets} targets, seed {seed}"), **figures}


def simulated(work: Path, targets: int, seconds: float, seed: int, quiet: bool) -> Path:
    """A recording of many targets that cross the sky over two radars."""
    from vedette.pipeline import metadata_of, scenario_scans
    from vedette.scenario import World, load_scenario
    from vedette.site import load_site
    from vedette.store import Recorder

    write_scenario(work, targets, seconds, seed)
    site = load_site(work / "site.toml")
    world = World(load_scenario(work / "scenario.toml"), site.frame)
    path = work / "scans.mcap"
    with (
        progress("simulating", seconds, quiet=quiet) as advance,
        Recorder(path, metadata_of(site, Mode.EXERCISE, simulated=site.sensors)) as recorder,
    ):
        for scan in scenario_scans(world, site):
            recorder.scan(scan)
            advance((scan.t1 - world.begin) / NS)
    return path


def write_scenario(work: Path, targets: int, seconds: float, seed: int) -> None:
    """Straight flights between random places 5 to 50 km from the middle, long enough to last."""
    rng = np.random.default_rng(seed)
    radars = "".join(RADAR.format(number=k + 1, bearing=180 * k) for k in range(2))
    (work / "site.toml").write_text(SITE + radars, "utf-8")
    text = [SCENARIO.format(seed=seed, seconds=seconds)]
    for number in range(targets):
        b0, d0 = rng.uniform(0, 360), 50_000 * np.sqrt(rng.uniform(0.01, 1))
        speed = min(rng.uniform(40, 120), 40_000 / seconds)
        text.append(
            PLATFORM.format(
                number=number + 1,
                speed=round(speed, 1),
                height=round(rng.uniform(500, 8000)),
                b0=round(b0, 2),
                d0=round(d0),
                b1=round((b0 + rng.uniform(120, 240)) % 360, 2),
                d1=50_000,
            )
        )
    (work / "scenario.toml").write_text("".join(text), "utf-8")


def warm_up(recording: Recording, site: Site) -> None:
    from vedette.pipeline import Pipeline, entries, run_fast

    run_fast(Pipeline(site), entries(recording), until=recording.t_begin + WARM_UP)


class Stopwatch:
    """Seconds spent in each stage; what a stage spends inside another counts for the inner one only."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._running: list[str] = []
        self._since = 0.0

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._running:
            self.spent[self._running[-1]] += now - self._since  # type: ignore[assignment]
        self._since = now

    def timed(self, stage: str, call: Callable[..., T]) -> Callable[..., T]:
        """The same function, its time counted for `stage`."""

        def measured(*arguments: Any) -> T:
            self._switch()
            self._running.append(stage)
            try:
                return call(*arguments)
            finally:
                self._switch()
                self._running.pop()

        return measured

    def each(self, stage: str, source: Iterable[T]) -> Iterator[T]:
        """The same values, the time to get each counted for `stage`."""
        step = self.timed(stage, iter(source).__next__)
        while True:
            try:
                value = step()
            except StopIteration:
                return
            yield value


def timed_replay(recording: Recording, site: Site, out: Path) -> dict[str, Any]:
    """Read MCAP, decode, track, assess, record: timed from opening to closing."""
    from vedette.pipeline import Pipeline, entries, run_fast
    from vedette.store import Recorder

    watch = Stopwatch()
    # At full speed a minute passes in seconds; so often would nobody ask a disk to have everything safe.
    recorder = Recorder(out, recording.metadata, flush_s=10.0)
    pipeline = Pipeline(site, recorder, mode=Mode.REPLAY)
    count_stages(pipeline, watch)
    play = watch.timed("other", run_fast)
    began, cpu = time.perf_counter(), time.process_time()
    play(pipeline, watch.each("read", entries(recording)))
    watch.timed("record", pipeline.close)()
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    detections = pipeline.tracker.counters["detections"]
    shares = {f"share_{stage}": round(spent / took, 3) for stage, spent in watch.spent.most_common()}
    return {
        "detections": detections,
        "confirmed_tracks": pipeline.tracker.counters["tracks_confirmed"],
        "seconds_of_data": round((recording.t_end - recording.t_begin) / NS, 1),
        "took_s": round(took, 3),
        "detections_per_s": round(detections / took, 1),
        "detections_per_cpu_s": round(detections / cpu, 1),
        **shares,
    }


def count_stages(pipeline: Pipeline, watch: Stopwatch) -> None:
    """Put the stopwatch between the parts of one pipeline."""
    places = {"track": (pipeline.tracker, ("step", "snapshot")), "assess": (pipeline.assessor, ("step",))}
    places["record"] = (pipeline, ("record",))
    for stage, (part, names) in places.items():
        for name in names:
            setattr(part, name, watch.timed(stage, getattr(part, name)))
