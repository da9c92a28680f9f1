"""From a world to scans: what the site's sensors report of it, in time order."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from vedette.scenario.streams import stream
from vedette.scenario.world import World
from vedette.sensor import Look, Measured, Simulated, Steered, Targets
from vedette.sensor.coverage import joined
from vedette.types import Scan

NOBODY = Targets(position=np.empty((0, 3)), velocity=np.empty((0, 3)), rcs=np.empty(0), transponder=())


def simulate(world: World, sensors: Mapping[str, Simulated]) -> Iterator[Scan]:
    """Every scan of every sensor from the world's begin to its end, ordered by (t1, sensor).

    The same world and sensors give the same scans; a further sensor changes no other sensor's.
    """
    return heapq.merge(*(_scans(world, sensor) for sensor in sensors.values()), key=lambda scan: scan.key)


def _scans(world: World, sensor: Simulated) -> Iterator[Scan]:
    """One sensor's scans in order, from its own stream of random numbers."""
    if not sensor.looks and not any(p.transponder or p.remote_id for p in world.platforms):
        return  # nobody ever says anything
    rng = stream(world.seed, "sensor", sensor.name)
    factor, seq = world.scenario.file.clutter.factor, 0
    for look in _looks(world, sensor):
        targets = world.targets(look.t1)
        measured = _with_clutter(sensor, sensor.measure(targets, look, rng), look, factor, rng)
        detections = measured.detections(sensor, look, seq)
        seq += len(detections)
        if world.silent(sensor.name, look.t0, look.t1):
            continue  # simulated all the same: an outage changes no other look's luck
        if look.sector is None:
            for d in detections:
                yield Scan(sensor=sensor.name, t0=d.t, t1=d.t, sector=None, detections=(d,))
        else:
            yield Scan(sensor=sensor.name, t0=look.t0, t1=look.t1, sector=look.sector, detections=detections)


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
