"""Playing scenarios as fast as possible, and what came of them: was the warning in time?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vedette.cli.output import progress
from vedette.clock import NS, from_seconds, seconds
from vedette.types import Alert, Array, Mode, Picture

if TYPE_CHECKING:
    from vedette.pipeline import Demo, Pipeline
    from vedette.scenario import World
    from vedette.site import Site
    from vedette.store import Recorder
    from vedette.types import Scan

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
    name = world.platforms[int(rows[nearest])].name
    arrived = {asset: t for asset, t in arrivals(world, site)[name].items() if t is not None}
    if not arrived:
        return None
    asset, t = min(arrived.items(), key=lambda item: item[1])
    return Warned(name, asset, round(seconds(t - first.alert.t_raised), 3))


def arrivals(world: World, site: Site) -> dict[str, dict[str, int | None]]:
    """Platform → asset → ns UTC when it truly comes within the asset's radius."""
    from vedette.assess import Asset

    def inside(asset: Asset, position: Array) -> Array:
        return np.asarray(np.hypot(*(position[:, :2] - asset.position[:2]).T) <= asset.radius)

    assets = [Asset.from_config(config, site.frame) for config in site.assets]
    return world.arrivals({asset.name: partial(inside, asset) for asset in assets})


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
    scenario: str, *, out: Path | None, seed: int | None, seconds: float | None, quiet: bool
) -> dict[str, Any]:
    """Fly a scenario past its site at full speed, recording it to `out`."""
    from vedette.pipeline import metadata_of, scenario_scans
    from vedette.scenario import World, load_scenario
    from vedette.site import load_site
    from vedette.store import Recorder

    loaded = load_scenario(scenario)
    site = load_site(loaded.site)
    world = World(loaded, site.frame, seed=seed)
    recorder = None
    if out is not None:
        more = {"scenario": loaded.name, "seed": str(world.seed)}
        metadata = metadata_of(site, Mode.EXERCISE, simulated=site.sensors, more=more)
        recorder = Recorder(out, metadata)
    until = world.end if seconds is None else min(world.end, world.begin + from_seconds(seconds))
    pipeline, first = play(
        site, scenario_scans(world, site), recorder, Mode.EXERCISE, world.begin, until, quiet
    )
    return {"scenario": loaded.name, "seed": world.seed, **figures(pipeline, first, world, world.begin)}


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
) -> tuple[Pipeline, FirstAlert]:
    """Play scans up to data time `until` through a new pipeline, with a progress bar."""
    from vedette.pipeline import Pipeline, run_fast

    first = FirstAlert()
    pipeline = Pipeline(site, recorder, mode=mode, sinks=(first,))
    with progress("playing", (until - begin) / NS, quiet=quiet) as advance:
        run_fast(pipeline, scans, until=until, progress=lambda t, _: advance((t - begin) / NS))
    pipeline.close()
    return pipeline, first
