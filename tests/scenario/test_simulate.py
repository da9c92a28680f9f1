"""Scans of a simulated world: ordered, repeatable, independent per sensor, as frequent as promised."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.stats import binom, poisson

from tests.scenario.scenario_examples import BENT, STRAIGHT, place, platform, world
from tests.sensor.sensor_examples import sensor
from vedette.clock import NS
from vedette.scenario import World, simulate
from vedette.sensor import Simulated
from vedette.types import Scan

COOPERATIVE = STRAIGHT.replace('"a"', '"c"').replace("speed = 50", 'speed = 50\ntransponder = "4b1234"')


def sensors(*kinds: str) -> dict[str, Simulated]:
    made = [sensor(kind, name=f'"{kind}"') for kind in kinds]
    return {one.name: one for one in made}


def as_bytes(scans: list[Scan]) -> list[tuple[object, ...]]:
    return [
        (s.sensor, s.t0, s.t1, *((d.key, d.kind, d.z.tobytes(), d.R.tobytes()) for d in s.detections))
        for s in scans
    ]


def test_scans_come_in_time_order_and_again_the_same() -> None:
    def run() -> tuple[World, list[Scan]]:
        made = world(STRAIGHT + BENT + COOPERATIVE)
        made.end = made.begin + 40 * NS
        return made, list(simulate(made, sensors("radar3d", "radar2d", "adsb")))

    made, scans = run()
    assert [s.key for s in scans] == sorted(s.key for s in scans)
    assert scans[0].t0 >= made.begin
    assert scans[-1].t1 <= made.end
    assert as_bytes(scans) == as_bytes(run()[1])
    for name in ("radar3d", "radar2d", "adsb"):
        numbers = [d.seq for s in scans for d in s.detections if d.sensor == name]
        assert numbers == list(range(len(numbers)))


def test_another_sensor_leaves_a_sensors_luck_alone() -> None:
    alone = list(simulate(world(), sensors("radar3d")))
    beside = [s for s in simulate(world(), sensors("adsb", "radar2d", "radar3d")) if s.sensor == "radar3d"]
    assert as_bytes(alone) == as_bytes(beside)
    other = list(simulate(world(seed=7), sensors("radar3d")))
    assert as_bytes(alone) != as_bytes(other)


def test_one_scan_a_look_with_as_many_reports_as_promised() -> None:
    """Reports near the target against the sensor's own P_D along the flight; 99.9 % of the binomial."""
    made = world(platform("a", f"{place(90, 24_000, 900)}, {place(90, 14_000, 900)}",
                          "speed = 50\nrcs = -10\nrcs_spread = 0"))  # fmt: skip
    radar = sensors("radar3d")["radar3d"]
    scans = list(simulate(made, {"radar3d": radar}))
    assert len(scans) == 220
    p, hits = [], 0
    for s in scans[:-20]:
        x = made.truth(s.t1)[0].x
        p.append(radar.detection_probability(x[None, :3], x[None, 3:])[0])
        for d in s.detections:
            y, _ = radar.convert(d.kind, d.z[None], d.R[None])
            hits += np.linalg.norm(y[0] - x[:3]) < 3000
    assert 0.6 < np.mean(p) < 0.95
    low, high = binom.ppf([0.0005, 0.9995], len(p), np.mean(p))
    assert low <= hits <= high + 1  # one false report may fall within 3 km


def test_a_transponder_is_heard_in_scans_of_one() -> None:
    made = world(STRAIGHT + COOPERATIVE)
    scans = list(simulate(made, sensors("adsb")))
    assert all(s.sector is None and len(s.detections) == 1 and s.t0 == s.t1 for s in scans)
    assert {s.detections[0].claims["icao24"] for s in scans} == {"4b1234"}
    low, high = binom.ppf([0.0005, 0.9995], 400, 0.9)
    assert low <= len(scans) <= high
    gaps = np.diff([s.t1 for s in scans]) / NS
    np.testing.assert_allclose(gaps / 0.5, np.round(gaps / 0.5), atol=1e-6)
    adsb = sensors("adsb")["adsb"]
    for s in scans[::20]:
        (d,) = s.detections
        y, S = adsb.convert(d.kind, d.z[None], d.R[None])
        x = next(one.x for one in made.truth(d.t) if one.id == "c")
        assert (y[0] - x) @ np.linalg.inv(S[0]) @ (y[0] - x) < 30


@pytest.mark.parametrize("factor", [0.0, 0.4, 2.5])
def test_clutter_factor(factor: float) -> None:
    beyond = platform("a", f"{place(90, 60_000)}, {place(90, 50_000)}", "speed = 50")
    made = world(beyond + f"[clutter]\nfactor = {factor}\n")
    radar = sensor("radar3d")
    count = sum(len(s.detections) for s in simulate(made, {"r": radar}))
    expected = 220 * factor * radar.false_alarms()  # type: ignore[attr-defined]
    assert poisson.ppf(0.0005, expected) <= count <= poisson.ppf(0.9995, expected)


def many(count: int) -> World:
    """So many drones from all sides, each with a dog-leg; a quarter of them has a transponder."""
    flights = [
        platform(
            f"d{i}",
            f"{place(3.5 * i, 20_000 + 50 * i, 1500)}, {place(3.5 * i + 9, 9_000, 1500)}, {place(0, 0)}",
            f'transponder = "{i:06x}"' if i % 4 == 0 else "",
        )
        for i in range(count)
    ]
    return world("".join(flights), seed=1)


def test_a_hundred_platforms_run_fifty_times_faster_than_real_time() -> None:
    """CPU seconds per simulated second on one core; 30 s of flight."""
    made = many(100)
    made.end = made.begin + 30 * NS
    some = sensors("radar3d", "adsb")
    for _ in simulate(made, some):
        break
    began = time.process_time()
    reports = sum(len(s.detections) for s in simulate(made, some))
    spent = time.process_time() - began
    assert reports > 2500
    assert spent < 30 / 50
