"""Two radars whose errors are known, an ADS-B receiver, and twenty targets that all of them see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tests.tracker.flights import RADAR, RECEIVER, SITE, T0
from vedette.clock import NS
from vedette.metric.consistency import Consistency, consistency, normalised
from vedette.sensor import Targets, build
from vedette.tracker import Tracker, TrackerConfig
from vedette.tracker.history import key_of
from vedette.types import Detection, Scan, Status
from vedette.units import DEGREE

STEP = 0.1  # s between two points of the truth
PRIOR = np.array([50.0, DEGREE, DEGREE, 0.5])
EAST = {"east": np.array([40.0, 0.5 * DEGREE, 0.3 * DEGREE, 0.2])}
# Targets that fly as they are modelled, so that NEES tells of registration and of nothing else.
STRAIGHT = {"cruise_s": 1e6, "manoeuvre_s": 1.0, "hover_s": 1.0}
FAR = {
    "range_max": 40e3, "reference_range": 40e3, "range_floor": 8.0, "azimuth_floor": 0.15,
    "elevation_floor": 0.3,
}  # fmt: skip


def radar(name, bearing, distance=6000.0, **keys):
    config = {key: getattr(RADAR, key) for key in RADAR.__struct_fields__}
    place = {"name": name, "bearing": bearing, "distance": distance}
    return build(type(RADAR)(**config | FAR | place | keys), SITE)


def sensors(adsb=True, merging=True, **east):
    """Twelve kilometres apart, turning at different rates; and the receiver."""
    keys = {"merging": merging}
    found = {
        "west": radar("west", 270.0, **keys),
        "east": radar("east", 90.0, **{"period": 1.5} | keys | east),
    }
    return found | ({"adsb": build(RECEIVER, SITE)} if adsb else {})


def flights(n, seconds, rng, q=0.5):
    """(K, n, 6): nearly straight, with white acceleration of density q, drawn exactly."""
    x = np.zeros((int(seconds / STEP) + 1, n, 6))
    bearing, course = rng.uniform(0, 2 * np.pi, (2, n))
    distance, speed = rng.uniform(3e3, 18e3, n), rng.uniform(30, 80, n)
    x[0, :, 0], x[0, :, 1] = distance * np.sin(bearing), distance * np.cos(bearing)
    x[0, :, 2] = rng.uniform(1500, 4000, n)
    x[0, :, 3], x[0, :, 4] = speed * np.sin(course), speed * np.cos(course)
    L = np.linalg.cholesky(q * np.array([[STEP**3 / 3, STEP**2 / 2], [STEP**2 / 2, STEP]]))
    for before, after in pairwise(x):
        w = rng.standard_normal((n, 3, 2)) @ L.T
        after[:, :3] = before[:, :3] + STEP * before[:, 3:] + w[:, :, 0]
        after[:, 3:] = before[:, 3:] + w[:, :, 1]
    return x


def scans(found, x, rng, biases: Mapping[str, np.ndarray] | None = None, cooperative=4, each_look=False):
    """What the sensors report of flights x, each with its bias; the first `cooperative` send ADS-B.

    each_look: a generator for every look, so that what one look draws changes no other.
    """
    names = tuple(f"{0x400000 + i:06x}" if i < cooperative else "" for i in range(x.shape[1]))
    made = []
    for name, sensor in found.items():
        bias, seq = (biases or {}).get(name, np.zeros(4)), 0
        for look in sensor.schedule(T0, T0 + round((len(x) - 1) * STEP * NS)):
            k = round((look.t1 - T0) / NS / STEP)
            rcs = np.full(x.shape[1], 0.1)
            targets = Targets(position=x[k, :, :3], velocity=x[k, :, 3:], rcs=rcs, transponder=names)
            luck = rng.spawn(1)[0] if each_look else rng
            detections = sensor.measure(targets, look, luck).detections(sensor, look, seq)
            if detections or sensor.looks:
                made.append(displaced(detections, look, sensor, bias))
            seq += len(detections)
    return sorted(made, key=key_of)


def displaced(detections, look, sensor, bias):
    """The scan of these reports with the bias [range, azimuth, elevation, time] added."""
    late, m = round(bias[3] * NS), 3 if sensor.kind == "radar3d" else 2
    own = np.zeros(len(detections[0].z) if detections else m)
    if sensor.looks:
        own[:m] = bias[:m]
    moved = tuple(
        Detection(
            t=d.t + late, t_rx=d.t_rx + late, sensor=d.sensor, seq=d.seq, kind=d.kind, z=d.z + own,
            R=d.R.copy(), claims=d.claims,
        )
        for d in detections
    )  # fmt: skip
    return Scan(
        sensor=sensor.name, t0=look.t0 + late, t1=look.t1 + late, sector=look.sector, detections=moved
    )


@dataclass
class Seen:
    """Errors of the confirmed tracks against the nearest truth, each time the western radar has looked."""

    e: np.ndarray
    P: np.ndarray
    step: np.ndarray
    counts: list[int]

    def rms(self):
        return float(np.sqrt((self.e[:, :3] ** 2).sum(axis=1).mean()))

    def nees(self, d) -> Consistency:
        return consistency(normalised(self.e[:, :d], self.P[:, :d, :d]), self.step, d)


def watch(tracker, stream, x, begin=20.0):
    """Run the tracker and collect its errors from `begin` s on."""
    e, P, step, counts = [], [], [], []
    for scan in stream:
        tracker.step(scan)
        at = (tracker.t - T0) / NS
        if scan.sensor != "west" or at < begin:
            continue
        k = min(int(at / STEP), len(x) - 1)
        truth = x[k].copy()
        truth[:, :3] += (at - k * STEP) * truth[:, 3:]
        tracks = [track for track in tracker.snapshot() if track.status is Status.CONFIRMED]
        for track in tracks:
            error = track.estimate.x - truth
            nearest = int(np.argmin((error[:, :3] ** 2).sum(axis=1)))
            if np.linalg.norm(error[nearest, :3]) < 400.0:
                e.append(error[nearest])
                P.append(track.estimate.P)
                step.append(len(counts))
        counts.append(len(tracks))
    return Seen(np.array(e), np.array(P), np.array(step), counts)


def tracker_of(found, **keys):
    return Tracker(found, SITE.name, TrackerConfig(**STRAIGHT | keys))


def learned(tracker, name):
    """Estimate (4,) and standard deviation (4,) of one sensor's bias."""
    b = tracker.registration()[name]
    return (
        np.array([b.range_m, b.azimuth, b.elevation, b.time_s]),
        np.array([b.range_sigma, b.azimuth_sigma, b.elevation_sigma, b.time_sigma]),
    )
