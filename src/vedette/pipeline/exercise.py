"""A scenario at a site as an exercise: its reports go through the pipeline, its truth past it.

The truth is handed to the recording alone. Tracker, assessment, page and replay never meet it.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from vedette.assess import Asset
from vedette.clock import NS
from vedette.pipeline.guest import Guest, invited
from vedette.pipeline.loop import Pipeline
from vedette.scenario import Witness, World, simulate
from vedette.site import Site
from vedette.types import Actor, Array, FirstPlot, Outcome, Picture, Scan, Truth

SCORED = NS  # ns of data time between two moments for which the truth is recorded
EARLY = 1_000  # ns by which a picture may come early and still be the next of these


class Exercise:
    """What flies past a site, who that is, and what the site's sensors report of it.

    world    what flies now
    guests   recorded aircraft that take part; left out, those that the scenario names
    again    when everything has flown, the next pass begins, with the next seed, without end
    witness  stands beside the simulation (`scenario.Witness`); set before the first scan is taken

    Raises ConfigError, naming file and line, for a sensor of the scenario that the site does not have.
    """

    def __init__(
        self, world: World, site: Site, *, guests: Sequence[Guest] | None = None, again: bool = False
    ) -> None:
        world.check_sensors(site.sensors)
        self.world, self.site, self.again = world, site, again
        self.guests = invited(world, site) if guests is None else tuple(guests)
        self.begin, self.seed = world.begin, world.seed
        self.witness: Witness | None = None

    def scans(self) -> Iterator[Scan]:
        """What every sensor reports, in the order of the scans' keys."""
        return heapq.merge(
            self._passes(), *(guest.scans() for guest in self.guests), key=lambda scan: scan.key
        )

    def _passes(self) -> Iterator[Scan]:
        yield from simulate(self.world, self.site.sensors, self.witness)
        while self.again:
            self.world = self.world.again()
            yield from simulate(self.world, self.site.sensors, self.witness)

    @property
    def simulated(self) -> frozenset[str]:
        """Sensors whose reports come from the scenario: all but a receiver that only guests speak to."""
        spoken = any(p.transponder or p.remote_id for p in self.world.platforms)
        heard = {guest.sensor for guest in self.guests}
        sensors = self.site.sensors.items()
        return frozenset(name for name, one in sensors if one.looks or spoken or name not in heard)

    def origins(self) -> dict[str, str]:
        """Sensor → where its data really come from."""
        made = f"simulated: scenario {self.world.scenario.name}, seed {self.seed}"
        origins = dict.fromkeys(sorted(self.simulated), made)
        for guest in self.guests:
            before = origins.get(guest.sensor)
            origins[guest.sensor] = guest.origin if before is None else f"{before}; and {guest.origin}"
        return origins

    def truth(self, t: int) -> tuple[Truth, ...]:
        """Where everybody truly is at t (ns UTC)."""
        return (*self.world.truth(t), *(truth for guest in self.guests for truth in guest.truth(t)))

    def stop(self, name: str, t: int) -> None:
        """Whoever is called so is there until t (ns UTC) and no longer."""
        for guest in self.guests:
            if guest.config.name == name:
                guest.stop(t)
                return
        self.world.stop(name, t)

    def divert(self, name: str, t: int, turn: float) -> None:
        """At t (ns UTC) it turns by `turn` rad, right positive; what was recorded elsewhere cannot."""
        if all(guest.config.name != name for guest in self.guests):
            self.world.divert(name, t, turn)

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

    def first_plot(self, plot: FirstPlot) -> None:
        """Somebody has been reported for the first time."""
        self.pipeline.record(lambda recorder: recorder.first_plot(plot))

    def outcome(self, outcome: Outcome) -> None:
        """What was decided has come to its end."""
        self.pipeline.record(lambda recorder: recorder.outcome(outcome))

    def close(self) -> None:
        """Nothing is left to write."""
