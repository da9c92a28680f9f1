"""Real sensor models and simple flights that the tracker's tests share."""

from __future__ import annotations

import msgspec
import numpy as np

from vedette.clock import NS
from vedette.geo import LocalFrame
from vedette.sensor import AdsbConfig, Radar3DConfig, Targets, build
from vedette.types import Detection, Kind, Scan

SITE = LocalFrame("enu:test", 0.59, 0.74, 180.0)
T0 = 1_700_000_000 * NS

RADAR = Radar3DConfig(
    name="radar", bearing=0, distance=0, height=12, range_max=30e3, reference_range=25e3, reference_rcs=-10,
    reference_pd=0.9, range_resolution=15, azimuth_beamwidth=2, elevation_beamwidth=4, elevation_min=-1,
    elevation_max=40, period=1, range_floor=3, azimuth_floor=0.1, elevation_floor=0.2, clutter=3,
)  # fmt: skip
RECEIVER = AdsbConfig(name="adsb", bearing=0, distance=0, height=5)


def both(**changes):
    """The radar, its table changed so, and the receiver by name."""
    radar = msgspec.structs.replace(RADAR, **changes)
    return {"radar": build(radar, SITE), "adsb": build(RECEIVER, SITE)}


def radar_scans(radar, paths, seconds, seed=1, rcs=0.1):
    """Scans of targets on straight paths [(position, velocity), …], with misses, noise and clutter."""
    rng = np.random.default_rng(seed)
    p, v = np.array([a for a, _ in paths], float), np.array([b for _, b in paths], float)
    seq = 0
    for look in radar.schedule(T0, T0 + seconds * NS):
        k = (look.t1 - T0) / NS
        targets = Targets(
            position=p + k * v, velocity=v, rcs=np.full(len(p), rcs), transponder=("",) * len(p)
        )
        detections = radar.measure(targets, look, rng).detections(radar, look, seq)
        seq += len(detections)
        yield Scan(sensor="radar", t0=look.t0, t1=look.t1, sector=look.sector, detections=detections)


def report(t, position, velocity, icao24, seq):
    lat, lon, h = SITE.to_geodetic(np.array(position, float))
    return Detection(
        t=t, t_rx=t, sensor="adsb", seq=seq, kind=Kind.GEODETIC_VELOCITY,
        z=np.array([lat, lon, h, *velocity]), R=np.diag([100.0, 100, 400, 1, 1, 1]),
        claims={"icao24": icao24},
    )  # fmt: skip


def batch(*detections):
    t = max(d.t for d in detections)
    return Scan(sensor="adsb", t0=t, t1=t, sector=None, detections=detections)


DRONES = [((9000.0, 9000, 120), (-32.0, -32, 0)), ((9600.0, 8200, 90), (-35.0, -28, 0))]
