"""Compile everything that a site's data will pass through, before they come.

Compiled code is kept on the disk, so this takes seconds after an installation and milliseconds ever after.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vedette.clock import NS
from vedette.pipeline.loop import Pipeline
from vedette.sensor import Sensor
from vedette.site import Site
from vedette.tracker.warm import warm_up as warm_up_tracker
from vedette.types import FULL_TURN, Array, Detection, Estimate, Kind, Scan, Status, Track

BEGIN = 1_000_000 * NS
ROUNDS = 3  # the second plot of a target takes another way through the tracker than the first


def warm_up(site: Site) -> Iterator[str]:
    """Step a scratch pipeline of this site with invented reports; yields each part's name before doing it."""
    yield from warm_up_tracker()
    yield "sensors"
    pipeline = Pipeline(site)
    for n in range(ROUNDS):
        for sensor in site.sensors.values():
            pipeline.step(invented_scan(sensor, site, BEGIN + n * NS))
    yield "alerts"
    tracks = (invented_track(site),)
    for n in range(ROUNDS):  # it alarms when it has been likely for a moment
        alerts = pipeline.assessor.step(BEGIN + 10 * n * NS, tracks)
    if pipeline.adviser is not None:
        yield "advice"
        pipeline.adviser.step(BEGIN, tracks, alerts)


def invented_scan(sensor: Sensor, site: Site, t: int) -> Scan:
    """One report of every kind that the sensor can send, of something 10 km away."""
    detections = tuple(
        Detection(t=t, t_rx=t, sensor=sensor.name, seq=i, kind=kind, z=z, R=np.diag(z * 0.0 + 1e-4))
        for i, (kind, z) in enumerate(invented(site).items())
        if kind in sensor.accepts
    )
    sector = FULL_TURN if sensor.looks else None
    return Scan(sensor=sensor.name, t0=t - NS, t1=t, sector=sector, detections=detections)


def invented(site: Site) -> dict[Kind, Array]:
    """A measurement of every kind."""
    latitude, longitude, height = site.frame.to_geodetic([7e3, 7e3, 500.0])
    polar = [10e3, 0.8, 0.05]
    return {
        Kind.RANGE_AZ_EL: np.array(polar),
        Kind.RANGE_AZ: np.array(polar[:2]),
        Kind.RANGE_AZ_HEIGHT: np.array([*polar[:2], height]),
        Kind.AZ_EL: np.array(polar[1:]),
        Kind.AZ: np.array(polar[1:2]),
        Kind.GEODETIC: np.array([latitude, longitude, height]),
        Kind.GEODETIC_VELOCITY: np.array([latitude, longitude, height, 30.0, 30.0, 0.0]),
    }


def invented_track(site: Site) -> Track:
    """A believed target on its way to the site."""
    x = np.array([7e3, 7e3, 500.0, -30.0, -30.0, 0.0])
    return Track(
        id=1,
        status=Status.CONFIRMED,
        estimate=Estimate(t=BEGIN, x=x, P=np.diag([100.0] * 3 + [4.0] * 3), frame=site.frame.name),
        existence=0.99,
        identity={},
        klass={},
        contributors={},
        t_born=BEGIN,
        t_updated=BEGIN,
        hits=9,
    )
