"""Overload is seen by who watches: in the sensor's line, in the counters, and no longer when it is over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.pipeline.runs import demo
from vedette.clock import NS
from vedette.pipeline import Pipeline
from vedette.types import Detection, Kind, Scan

RADAR = "North radar"


def flooded(scan: Scan, plots: int) -> Scan:
    rng = np.random.default_rng(1)
    z = rng.uniform([1000, 0, 0.0], [20_000, 6.28, 0.5], (plots, 3))
    R = np.diag(np.square([10.0, 0.01, 0.01]))
    more = tuple(
        Detection(
            t=scan.t1, t_rx=scan.t1, sensor=RADAR, seq=10**7 + i, kind=Kind.RANGE_AZ_EL, z=each, R=R.copy()
        )
        for i, each in enumerate(z)
    )
    return replace(scan, detections=scan.detections + more)


def test_a_flood_is_told_of_in_words_and_counted() -> None:
    show, flooded_at = demo(), 0
    pipeline = Pipeline(show.site)

    def detail() -> str:
        return next(health.detail for health in pipeline.picture.sensors if health.sensor == RADAR)

    for scan in show.scans():
        if scan.sensor == RADAR and not flooded_at and scan.t1 > show.begin + 5 * NS:
            assert detail() == ""
            state = pipeline.checkpoint()
            pipeline.step(flooded(scan, 5000))
            pipeline.show()
            flooded_at = scan.t1
            assert detail().startswith("Overload: 5,00")
            assert "New tracks start late." in detail()
            assert pipeline.picture.counters["tracker.overload_scans"] == 1
            assert 2900 < pipeline.picture.counters["tracker.births_refused"] <= 3010
            pipeline.restore(state)
            assert pipeline.tracker.counters["overload_scans"] == 0
            pipeline.step(flooded(scan, 5000))
            pipeline.show()
            assert pipeline.picture.counters["tracker.overload_scans"] == 1
            continue
        pipeline.step(scan)
        if flooded_at and scan.t1 > flooded_at + 12 * NS:
            break
    assert detail() == ""


def test_what_is_known_of_a_bias_stands_with_its_sensor() -> None:
    pipeline = Pipeline(demo().site)
    health = pipeline.watch.health(0)
    assert all(each.bias is None for each in pipeline.remarked(health))  # nothing was learned yet
    learned = pipeline.tracker._registration
    learned.links[:] += 7
    learned.b[1] = 0.01
    by_name = {each.sensor: each.bias for each in pipeline.remarked(health)}
    assert by_name[RADAR] == pipeline.tracker.registration()[RADAR]
    assert by_name[RADAR].azimuth == 0.01
    assert by_name["ADS-B"] is None
