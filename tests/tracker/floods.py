"""Radar scans with far more plots in them than the site file says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.tracker.flights import radar_scans
from vedette.types import Detection, Kind

SIGMA = np.array([5.0, 0.003, 0.005])


def flooded(radar, paths, seconds, plots, during, *, around=None, wide=1.0, seed=9):
    """As radar_scans, with `plots` more in every scan number `during`: uniform over range, azimuth and
    elevation, or within 200 m and 0.02 rad of the polar place `around(k)`; `wide` scales their noise."""
    rng, seq, s = np.random.default_rng(seed), 10_000_000, radar.coverage
    for k, scan in enumerate(radar_scans(radar, paths, seconds), start=1):
        if k in during:
            low, high = np.array([[s.r0, s.r1], [s.az0, s.az0 + s.width], [s.el0, s.el1]]).T
            if around is not None:
                place, half = around(k), np.array([200.0, 0.02, 0.02])
                low, high = place - half, place + half
            z = rng.uniform(low, high, (plots, 3))
            z[:, 1] %= 2 * np.pi
            R = np.diag(np.square(wide * SIGMA))
            false = tuple(
                Detection(
                    t=scan.t1, t_rx=scan.t1, sensor="radar", seq=seq + i, kind=Kind.RANGE_AZ_EL, z=each, R=R
                )
                for i, each in enumerate(z)
            )
            seq += plots
            scan = replace(scan, detections=scan.detections + false)
        yield scan
