"""A scenario at a site as an exercise: its reports go through the pipeline, its truth past it.

The truth is handed to the recording alone. Tracker, assessment, page and replay never meet it.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from vedette.assess import Asset
from vedette.clock import NS
from vedette.pipeline.guest import Guest, guests
from vedette.pipeline.loop import Pipeline
from vedette.scenario import World, simulate
from vedette.site import Site
from vedette.types import Actor, Array, Picture, Scan, Truth

SCORED = NS  # ns of data time between two moments for which the truth is recorded
EARLY = 1_000  # ns by which a picture may come early and still be the next of these


class Exercise:
    """What flies past a site, who that is, and what the site's sensors report of it.

    Raises ConfigError, naming file and line, for a sensor of the scenario that the site does not have.
    """

    def __init__(self, world: World, site: Site) -> None:
        world.check_sensors(site.sensors)
        self.world, self.site = world, site
        self.guests: tuple[Guest, ...] = guests(world, site)

    def scans(self) -> Iterator[Scan]:
        """What every sensor reports, in the order of the scans' keys."""
        own = simulate(self.world, self.site.sensors)
        return heapq.merge(own, *(guest.scans() for guest in self.guests), key=lambda scan: scan.key)

    def origins(self) -> dict[str, str]:
        """Sensor → where its data really come from."""
        made = f"simulated: scenario {self.world.scenario.name}, seed {self.world.seed}"
        origins = dict.fromkeys(self.site.sensors, made)
        for guest in self.guests:
            origins[guest.sensor] = f"{made}; and {guest.origin}"
        return origins

    def truth(self, t: int) -> tuple[Truth, ...]:
        """Where everybody truly is at t (ns UTC)."""
        return (*self.world.truth(t), *(truth for guest in self.guests for truth in guest.truth(t)))

    def actors(self) -> tuple[Actor, ...]:
        """Who takes part."""
        reached = arrivals(self.world, self.site)
        flying = (
            Actor(
                id=p.name, klass=p.klass, threat=p.threat, rcs=10.0 * math.log10(p.rcs),
                t_begin=p.begin, t_end=p.end,
                arrivals={asset: t for asset, t in reached[p.name].items() if t is not None},
            )
            for p in self.world.platforms
        )  # fmt: skip
        return (*flying, *(guest.actor() for guest in self.guests))


def arrivals(world: World, site: Site) -> Mapping[str, Mapping[str, int | None]]:
    """Platform → asset → ns UTC when it truly comes within the asset's radius."""

    def inside(asset: Asset, position: Array) -> Array:
        return np.asarray(np.hypot(*(position[:, :2] - asset.position[:2]).T) <= asset.radius)

    assets = [Asset.from_config(config, site.frame) for config in site.assets]
    return world.arrivals({asset.name: partial(inside, asset) for asset in assets})


class TruthKeeper:
    """A sink that puts the truth beside what is shown, once a second, into the recording and nowhere else."""

    def __init__(self, exercise: Exercise, pipeline: Pipeline) -> None:
        self.exercise, self.pipeline = exercise, pipeline
        self.due = 0
        actors = exercise.actors()
        pipeline.record(lambda recorder: recorder.actors(exercise.world.begin, actors))

    def write(self, picture: Picture) -> None:
        """The truth of the moment of this picture, when it is time for one."""
        if picture.t < self.due:
            return
        truths = self.exercise.truth(picture.t)
        self.pipeline.record(lambda recorder: recorder.truth(picture.t, truths))
        self.due = picture.t + SCORED - EARLY

    def close(self) -> None:
        """Nothing is left to write."""
