"""The Remote ID receiver: accuracy codes, range, and what drones say of themselves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from tests.scenario.scenario_examples import place, platform, world
from tests.sensor.sensor_examples import SITE, first_look, sensor, truths
from vedette.clock import NS
from vedette.scenario import simulate
from vedette.sensor import RemoteId
from vedette.sensor.remote_id import HORIZONTAL, SPEED, VERTICAL, accuracy
from vedette.types import Kind


def receiver(**changes: object) -> RemoteId:
    made = sensor("remote_id", **changes)
    assert isinstance(made, RemoteId)
    return made


def test_published_accuracy_codes() -> None:
    """MAV_ODID_HOR_ACC, _VER_ACC and _SPEED_ACC of the common message set, in m and m/s."""
    miles = np.array([10, 4, 2, 1, 0.5, 0.3, 0.1, 0.05]) * 1852
    np.testing.assert_allclose(HORIZONTAL, [math.inf, *miles, 30, 10, 3, 1])
    np.testing.assert_allclose(VERTICAL, [math.inf, 150, 45, 25, 10, 3, 1])
    np.testing.assert_allclose(SPEED, [math.inf, 10, 3, 1, 0.3])


def test_codes_are_95_percent() -> None:
    """Of Gaussian errors with these σ, 95 % lie within 10 m in the plane and within 10 m of the height."""
    rng = np.random.default_rng(71)
    e = rng.standard_normal((400_000, 6)) * accuracy(10, 4, 3)
    assert (np.hypot(e[:, 0], e[:, 1]) < 10).mean() == pytest.approx(0.95, abs=0.002)
    assert (np.abs(e[:, 2]) < 10).mean() == pytest.approx(0.95, abs=0.002)
    assert (np.hypot(e[:, 3], e[:, 4]) < 1).mean() == pytest.approx(0.95, abs=0.002)
    assert np.isinf(accuracy(0, 0, 0)).all()


def test_range_by_hand() -> None:
    """10 dBm to 2 dBi and −95 dBm: half arrive from 2.19 km, 16 % from twice that."""
    made = receiver()
    r = 299792458 / 2.44e9 / (4 * math.pi) * 10 ** (107 / 20)
    assert r == pytest.approx(2190, abs=5)
    spots = np.array([[0, k * r * math.cos(0.1), k * r * math.sin(0.1)] for k in (1, 2)])
    p = made.detection_probability(made.station.in_site(spots))
    np.testing.assert_allclose(p, [0.5, norm.cdf(-6.02 / 6)], atol=0.002)


def test_silence_and_names() -> None:
    made, rng = receiver(), np.random.default_rng(72)
    names = tuple("" if i % 2 else f"SN{i:04d}" for i in range(400))
    where = np.full((400, 2), np.nan)
    where[::4] = SITE.latitude, SITE.longitude
    targets = truths("remote_id", 400, rng, remote_id=names, operator=where)
    heard: dict[str, dict[str, object]] = {}
    for look in made.schedule(0, 20 * NS):
        found = made.measure(targets, look, rng)
        for claim, row in zip(found.claims, found.source, strict=True):
            assert claim["remote_id"] == names[row] != ""
            heard[names[row]] = dict(claim)
    assert len(heard) > 150
    assert {n for n, c in heard.items() if "operator_latitude" in c} <= set(names[::4])
    told = [c for c in heard.values() if "operator_latitude" in c]
    assert len(told) > 50
    assert all(c["operator_latitude"] == SITE.latitude for c in told)


def test_one_message_a_second() -> None:
    made, rng = receiver(sensitivity=-150), np.random.default_rng(73)
    targets = truths("remote_id", 50, rng)
    times: dict[int, list[float]] = {}
    for look in made.schedule(0, 10 * NS):
        found = made.measure(targets, look, rng)
        for age, row in zip(found.age, found.source, strict=True):
            times.setdefault(int(row), []).append(look.t1 / NS - age)
    assert len(times) == 50
    for moments in times.values():
        np.testing.assert_allclose(np.diff(moments), 1.0, atol=1e-6)


def test_without_velocity_it_is_a_position() -> None:
    made, rng = receiver(velocity="false", sensitivity=-150), np.random.default_rng(74)
    targets = truths("remote_id", 300, rng)
    found = made.measure(targets, first_look(made), rng)
    assert found.kind is Kind.GEODETIC
    y, S = made.convert(found.kind, found.z, found.R)
    assert y.shape == (len(found.source), 3)
    truth = replace(targets).position[found.source] - found.age[:, None] * targets.velocity[found.source]
    assert np.abs(y - truth).max() < 5 * math.sqrt(S.max())


def test_in_a_scenario_only_broadcasters_report() -> None:
    """A quadcopter with a serial number and an operator; a one-way attack drone beside it says nothing."""
    path = f"{place(0, 600, 80)}, {place(0, 200, 80)}"
    more = f'speed = 10\nremote_id = "1596F0000000001"\noperator = {place(20, 900, 0)}'
    flown = world(platform("q", path, more) + platform("s", path, "speed = 40"))
    made = receiver(bearing=None, distance=None)
    reports = [d for scan in simulate(flown, {"i": made}) for d in scan.detections]
    assert len(reports) > 20
    assert {d.claims["remote_id"] for d in reports} == {"1596F0000000001"}
    lat, lon = reports[0].claims["operator_latitude"], reports[0].claims["operator_longitude"]
    operator = SITE.from_geodetic([lat, lon, SITE.height])
    assert np.hypot(*operator[:2]) == pytest.approx(900, abs=0.1)
