"""The microphone array: published absorption, sound that arrives late, and where it then points."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.scenario.scenario_examples import place, platform, world
from tests.sensor.sensor_examples import SITE, first_look, sensor, truths
from vedette.clock import NS
from vedette.geo import to_polar
from vedette.scenario import simulate
from vedette.sensor import Acoustic
from vedette.sensor.sound import absorption, level, sound_delay, speed_of_sound
from vedette.types import Kind


def array(**changes: object) -> Acoustic:
    made = sensor("acoustic", **changes)
    assert isinstance(made, Acoustic)
    return made


# ISO 9613-2:1996, table 2: dB/km at the octave bands from 63 Hz to 8 kHz
TABLE = {
    (10, 70): [0.1, 0.4, 1.0, 1.9, 3.7, 9.7, 32.8, 117.0],
    (20, 70): [0.1, 0.3, 1.1, 2.8, 5.0, 9.0, 22.9, 76.6],
    (30, 70): [0.1, 0.3, 1.0, 3.1, 7.4, 12.7, 23.1, 59.3],
    (15, 20): [0.3, 0.6, 1.2, 2.7, 8.2, 28.2, 88.8, 202.0],
    (15, 50): [0.1, 0.5, 1.2, 2.2, 4.2, 10.8, 36.2, 129.0],
    (15, 80): [0.1, 0.3, 1.1, 2.4, 4.1, 8.3, 23.7, 82.8],
}


@pytest.mark.parametrize("air", TABLE)
def test_absorption_is_that_of_the_standards_table(air: tuple[float, float]) -> None:
    """At the exact mid-bands 1000 · 10^(3k/10); the table is rounded to 0.1 dB or three digits."""
    bands = [1000 * 10 ** (0.3 * k) for k in range(-4, 4)]
    found = [absorption(f, *air) for f in bands]
    np.testing.assert_allclose(found, TABLE[air], rtol=0.006, atol=0.055)


def test_speed_of_sound() -> None:
    """343.2 m/s at 20 °C (ISO 9613-1), 331.3 at 0 °C, 340.3 in the standard atmosphere."""
    assert speed_of_sound(20) == pytest.approx(343.2)
    assert speed_of_sound(0) == pytest.approx(331.3, abs=0.05)
    assert speed_of_sound(15) == pytest.approx(340.3, abs=0.1)


@pytest.mark.parametrize(
    ("distance", "speed", "tau", "angle", "behind"),
    [(4800, 51.4, 14.3, 8.7, 734), (500, 15, 1.5, 2.5, 22)],
    ids=["crossing at 4.8 km", "crossing at 500 m"],
)
def test_published_delay_of_a_crossing_drone(
    distance: float, speed: float, tau: float, angle: float, behind: float
) -> None:
    p, v = np.array([[0.0, distance, 0.0]]), np.array([[speed, 0.0, 0.0]])
    found, _ = sound_delay(p, v, 340.0)
    assert found[0] == pytest.approx(tau, abs=0.05)
    assert speed * found[0] == pytest.approx(behind, abs=0.7)
    q = p - v * found[:, None]
    assert math.degrees(math.atan2(-q[0, 0], q[0, 1])) == pytest.approx(angle, abs=0.05)


def test_the_sound_has_just_arrived() -> None:
    """|p − v τ| = c τ for any motion below the speed of sound; a head-on source is late by r / (c + v)."""
    rng = np.random.default_rng(51)
    p, v = rng.uniform(-5e3, 5e3, (500, 3)), rng.uniform(-150, 150, (500, 3))
    tau, _ = sound_delay(p, v, 340.0)
    np.testing.assert_allclose(np.linalg.norm(p - tau[:, None] * v, axis=1), 340 * tau, rtol=1e-9)
    head_on, _ = sound_delay(np.array([[0.0, 3000.0, 0]]), np.array([[0.0, -60.0, 0]]), 340.0)
    assert head_on[0] == pytest.approx(3000 / (340 - 60))
    faster, slope = sound_delay(np.array([[0.0, 3000.0, 0]]), np.array([[500.0, 0.0, 0]]), 340.0)
    assert np.isfinite(faster).all()
    assert np.isfinite(slope).all()


def test_level_by_hand() -> None:
    assert level(112.0, np.array(1000.0), 1.1) == pytest.approx(112 - 60 - 1.1)
    assert level(112.0, np.array(2000.0), 0.0) - level(112.0, np.array(1000.0), 0.0) == pytest.approx(
        -6.02, abs=0.01
    )


def test_half_are_heard_where_the_level_meets_the_threshold() -> None:
    """112 dB at 1 m, 4 microphones (6.02 dB), noise 35, threshold 6: 77.02 dB may be lost."""
    made = array(expected_sound_spread=0, range_max=20e3)
    r = np.linspace(1000, 12e3, 100_000)
    loss = 20 * np.log10(r) + absorption(250, 15, 70) * r / 1000
    half = r[np.argmin(np.abs(loss - 77.02))]
    place = made.station.in_site(np.array([[0.0, math.cos(0.1) * half, math.sin(0.1) * half]]))
    assert made.detection_probability(place)[0] == pytest.approx(0.5, abs=1e-3)
    assert 3500 < half < 5500  # acoustic networks hear one-way attack drones to 4.8 km (Zvook)


def test_probability_is_that_of_the_place_of_the_sound() -> None:
    """A drone that flies away was nearer when it made the sound now heard: louder than where it is."""
    made = array()
    place = made.station.in_site(np.array([[0.0, 4000.0, 300.0]]))
    T, _ = made.to_site
    away = np.array([[0.0, 100.0, 0.0]]) @ T.T
    still, leaving, coming = (made.detection_probability(place, v)[0] for v in (0 * away, away, -away))
    assert coming < still < leaving


def test_probability_is_the_mean_over_loudness() -> None:
    made, rng = array(expected_sound=108, expected_sound_spread=6), np.random.default_rng(52)
    targets = truths("acoustic", 5000, rng, sound=rng.normal(108, 6, 5000))
    p = made.detection_probability(targets.position, targets.velocity)
    hits = (made.measure(targets, first_look(made), rng).source >= 0).sum()
    assert abs(hits - p.sum()) < 4 * math.sqrt((p * (1 - p)).sum())


def test_silent_targets_are_not_heard() -> None:
    made, rng = array(false_reports=1e-6), np.random.default_rng(53)
    glider = truths("acoustic", 300, rng, sound=np.full(300, -np.inf))
    assert len(made.measure(glider, first_look(made), rng).z) == 0


def test_report_points_behind_the_drone_and_both_sides_know_it() -> None:
    """The crossing drone again, through the sensor: 8.7° behind, and `expected` says so to a millidegree."""
    made, rng = array(angle_floor=1e-3, aperture=1e4, temperature=14.5), np.random.default_rng(54)
    p = made.station.in_site(np.array([[0.0, 4800.0, 100.0]]))
    v = np.array([[51.4, 0.0, 0.0]]) @ made.to_site[0].T
    target = replace(truths("acoustic", 1, rng, sound=np.array([140.0])), position=p, velocity=v)
    found = made.measure(target, first_look(made), rng)
    z = found.z[found.source == 0][0]
    assert math.degrees(-math.remainder(z[0], 2 * math.pi)) == pytest.approx(8.7, abs=0.05)
    h, _ = made.expected(Kind.AZ_EL, p, v)
    assert np.degrees(np.abs(np.remainder(h[0] - z + 1, 2 * math.pi) - 1)).max() < 0.01
    tau = made.delay(p, v)[0]
    assert tau == pytest.approx(14.3, abs=0.05)
    q = to_polar(made.station.local(p - tau * v))[0]
    np.testing.assert_allclose(np.mod(h[0], 2 * math.pi), q[1:], atol=1e-9)


BENT = platform(
    "b", f"{place(0, 4_000, 300)}, {place(30, 3_000, 300)}, {place(80, 3_500, 300)}",
    "speed = 50\nsound = 140\nturn_rate = 8",
)  # fmt: skip


def test_a_turning_drone_is_heard_where_it_truly_was() -> None:
    """Through a scenario: the true place when the sound left it, found by bisection on the path."""
    flown = world(BENT)
    made = array(angle_floor=1e-3, aperture=1e4, bearing=None, distance=None, false_reports=1e-9)
    ear = made.to_site[1]
    checked = 0
    for scan in simulate(flown, {"m": made}):
        for d in scan.detections:
            early, late = d.t - 20 * NS, d.t
            while late - early > 1000:
                middle = (early + late) // 2
                _, x = flown.state(middle)
                arrived = (
                    len(x) == 0
                    or np.linalg.norm(x[0, :3] - ear) <= 1e-9 * (d.t - middle) * made.speed_of_sound
                )
                early, late = (middle, late) if arrived else (early, middle)
            rows, x = flown.state(early)
            if not len(rows) or early < flown.begin + 2 * NS:
                continue
            az, el = to_polar(made.station.local(x[:1, :3]))[0, 1:]
            assert abs(math.remainder(d.z[0] - az, 2 * math.pi)) < math.radians(0.02)
            assert abs(d.z[1] - el) < math.radians(0.02)
            checked += 1
    assert checked > 50
    assert SITE.name == flown.frame.name
