"""From a world to scans: what the site's sensors report of it, in time order."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np

from vedette.clock import from_seconds
from vedette.scenario.streams import stream
from vedette.scenario.world import World
from vedette.sensor import Look, Measured, Simulated, Steered, Targets
from vedette.sensor.coverage import joined
from vedette.types import Scan

Turn = tuple[tuple[int, str], Callable[[], Iterable[Scan]]]  # the key of the order, and what then happens
NOBODY = Targets(position=np.empty((0, 3)), velocity=np.empty((0, 3)), rcs=np.empty(0), transponder=())


class Witness(Protocol):
    """Stands beside a simulation: may change the world before it is looked at, and is told who was seen."""

    def before(self, t: int) -> None:
        """Sensors look at the world of t (ns UTC) next; it never goes back by more than one look."""
        ...

    def seen(self, t: int, sensor: str, platform: str) -> None:
        """A report of `sensor` at t (ns UTC) comes from `platform`."""
        ...


class Nobody:
    """A witness of nothing."""

    def before(self, t: int) -> None:
        """The world stays as it is."""

    def seen(self, t: int, sensor: str, platform: str) -> None:
        """Nobody is told."""


def simulate(
    world: World, sensors: Mapping[str, Simulated], witness: Witness | None = None
) -> Iterator[Scan]:
    """Every scan of every sensor from the world's begin to its end, ordered by (t1, sensor).

    The same world and sensors give the same scans; a further sensor changes no other sensor's. A look is
    simulated when its turn has come and not before, so what happens to the world until then is seen.
    """
    beside = Nobody() if witness is None else witness
    turns = (_turns(world, sensor, beside) for sensor in sensors.values())
    for _, scans in heapq.merge(*turns, key=lambda turn: turn[0]):
        yield from scans()


def _turns(world: World, sensor: Simulated, witness: Witness) -> Iterator[Turn]:
    """One sensor's scans in order, from its own stream of random numbers, as they are due."""
    if not sensor.looks and not any(p.transponder or p.remote_id for p in world.platforms):
        return  # nobody ever says anything
    booth = _Booth(world, sensor, witness)
    for look in _looks(world, sensor):
        if look.sector is not None:
            yield (look.t1, sensor.name), partial(booth.scans, look)
        else:
            heard: list[Scan] = []
            yield (look.t0, sensor.name), partial(booth.listen, look, heard)
            yield from ((scan.key, partial(iter, (scan,))) for scan in heard)


class _Booth:
    """One sensor at work: its luck, and how many reports it has numbered."""

    def __init__(self, world: World, sensor: Simulated, witness: Witness) -> None:
        self.world, self.sensor, self.witness = world, sensor, witness
        self.rng, self.seq = stream(world.seed, "sensor", sensor.name), 0

    def listen(self, look: Look, heard: list[Scan]) -> Iterable[Scan]:
        """What is reported one by one comes later in the order, each report in its own time."""
        heard.extend(self.scans(look))
        return ()

    def scans(self, look: Look) -> Iterable[Scan]:
        """Of one look: a scan, or one for every report where it covers nothing."""
        world, sensor = self.world, self.sensor
        self.witness.before(look.t1)
        factor, rows, targets = (
            world.scenario.file.clutter.factor,
            world.state(look.t1)[0],
            world.targets(look.t1),
        )
        measured = _with_clutter(sensor, sensor.measure(targets, look, self.rng), look, factor, self.rng)
        detections = measured.detections(sensor, look, self.seq)
        self.seq += len(detections)
        if world.silent(sensor.name, look.t0, look.t1):
            return ()  # simulated all the same: an outage changes no other look's luck
        for source, age in zip(measured.source.tolist(), measured.age.tolist(), strict=True):
            if source >= 0:
                name = world.platforms[int(rows[source])].name
                self.witness.seen(look.t1 - from_seconds(age), sensor.name, name)
        if look.sector is None:
            return (
                Scan(sensor=sensor.name, t0=d.t, t1=d.t, sector=None, detections=(d,)) for d in detections
            )
        return (Scan(sensor=sensor.name, t0=look.t0, t1=look.t1, sector=look.sector, detections=detections),)


def _looks(world: World, sensor: Simulated) -> Iterator[Look]:
    """What it looks at: what it is cued to, where it can be; its own round otherwise."""
    if isinstance(sensor, Steered):
        cues = stream(world.seed, "cue", sensor.name)
        return sensor.cued(world.begin, world.end, world.targets, cues)
    return sensor.schedule(world.begin, world.end)


def _with_clutter(
    sensor: Simulated, measured: Measured, look: Look, factor: float, rng: np.random.Generator
) -> Measured:
    """`factor` times the false reports: thinned below one, superposed above; both keep them Poisson."""
    if factor == 1.0:
        return measured
    parts = [_thinned(measured, min(factor, 1.0), rng)]
    while (factor := factor - 1.0) > 0.0:
        parts.append(_thinned(sensor.measure(NOBODY, look, rng), min(factor, 1.0), rng))
    return joined(parts)


def _thinned(measured: Measured, part: float, rng: np.random.Generator) -> Measured:
    keep = np.flatnonzero((measured.source >= 0) | (rng.random(len(measured.source)) < part))
    return replace(
        measured, z=measured.z[keep], R=measured.R[keep], age=measured.age[keep],
        claims=tuple(measured.claims[i] for i in keep), source=measured.source[keep],
    )  # fmt: skip
