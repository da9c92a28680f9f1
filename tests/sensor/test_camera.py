"""The camera: Johnson's criteria, haze, and where it points, against hand calculation and Monte Carlo."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binomtest

from tests.scenario.scenario_examples import place, platform, world
from tests.sensor.sensor_examples import first_look, sensor, truths
from vedette.clock import NS
from vedette.geo import to_polar
from vedette.scenario import simulate
from vedette.sensor import Camera, Steered, Targets
from vedette.sensor.optics import contrast, cycles, resolved, search_cells, slew_to_cue
from vedette.types import Sector
from vedette.units import DEGREE

NARROW = {"fov": 2, "pixels": 1920, "lines": 1080, "false_reports": 1e-9}


def camera(**changes: object) -> Camera:
    made = sensor("camera", **changes)
    assert isinstance(made, Camera)
    return made


def at(made: Camera, az: float, r: float, el: float = 0.05) -> np.ndarray:
    """(1, 3) in the site's frame, azimuth in degrees from the camera."""
    a = az * DEGREE
    return made.station.in_site(
        r * np.array([[math.cos(el) * math.sin(a), math.cos(el) * math.cos(a), math.sin(el)]])
    )


@pytest.mark.parametrize(("task", "pixels"), [(1.0, 2), (4.0, 8), (6.4, 12.8)])
def test_published_pixels_for_one_chance_in_two(task: float, pixels: float) -> None:
    """Vendors' 2, 8 and 12.8 pixels across a target to detect, recognise, identify: two to a cycle."""
    r, ifov = 1500.0, 20e-6
    n = cycles(pixels * ifov * r, np.array(r), ifov, np.array(1.0))
    assert resolved(n, task) == pytest.approx(0.5)


def test_published_transfer_function() -> None:
    """x^E / (1 + x^E) with E = 2.7 + 0.7 x, term by term."""
    found = resolved(np.array([0.0, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 1e6]), 1.0)
    by_hand = [0.0] + [x ** (2.7 + 0.7 * x) / (1 + x ** (2.7 + 0.7 * x)) for x in (0.5, 0.75, 1, 1.5, 2, 3)]
    np.testing.assert_allclose(found[:-1], by_hand, atol=1e-12)
    assert found[-1] == 1
    np.testing.assert_allclose(found[[3, 5, 6]], [0.5, 0.95, 1.0], atol=0.01)


def test_haze() -> None:
    """At the visibility a black target against the sky has 2 % left; nobody sees below that."""
    assert contrast(1.0, np.array(8000.0), 8000.0) == pytest.approx(0.02, abs=1e-4)
    edge = 10e3 * math.log(0.3 / 0.02) / 3.912
    made = camera(expected_size=1000, expected_size_spread=0, contrast=0.3, visibility=10e3)
    assert edge == pytest.approx(6922, abs=1)
    p = [made.detection_probability(at(made, 0, r))[0] for r in (0.95 * edge, 1.001 * edge)]
    assert p[0] > 0.99
    assert p[1] == 0


def test_day_camera_is_blind_by_night() -> None:
    place = at(camera(), 0, 500)
    modes = {(mode, night): camera(mode=f'"{mode}"', night="true" if night else "false")
             for mode in ("day", "infrared") for night in (True, False)}  # fmt: skip
    seen = {key: made.detection_probability(place)[0] > 0.9 for key, made in modes.items()}
    assert seen == {
        ("day", True): False,
        ("day", False): True,
        ("infrared", True): True,
        ("infrared", False): True,
    }


def test_probability_is_the_mean_over_sizes() -> None:
    made, rng = camera(expected_size=1.0, expected_size_spread=0.5, pixels=8000), np.random.default_rng(61)
    targets = truths("camera", 4000, rng, size=np.exp(0.5 * rng.standard_normal(4000)))
    looks = list(made.schedule(0, 8 * NS))
    p = np.array([made.detection_probability(targets.position, sector=look.sector) for look in looks])
    hits = sum((made.measure(targets, look, rng).source >= 0).sum() for look in looks)
    assert 0.2 < p[p > 0].mean() < 0.8
    assert abs(hits - p.sum()) < 4 * math.sqrt((p * (1 - p)).sum()) + 0.01 * p.sum()  # seven nodes


def test_sees_only_where_it_points() -> None:
    made = camera(**NARROW)
    sector = made.sector(0.5, 0.05)
    for off, seen in ((0, True), (0.9, True), (1.1, False), (-0.9, True), (-1.1, False)):
        place = at(made, 0.5 / DEGREE + off, 800)
        assert (made.detection_probability(place, sector=sector)[0] > 0.5) == seen
    for off, seen in ((0.5, True), (0.6, False)):  # 1080 / 1920 of 2° is 1.125° high
        place = at(made, 0.5 / DEGREE, 800, 0.05 + off * DEGREE)
        assert (made.detection_probability(place, sector=sector)[0] > 0.5) == seen


def test_a_picture_high_up_is_wide_in_azimuth() -> None:
    assert camera(**NARROW).sector(0, 60 * DEGREE).width == pytest.approx(4 * DEGREE)


def test_the_round_covers_every_azimuth_evenly() -> None:
    made = camera(fov=30, dwell=2, period=1)
    looks = list(made.schedule(0, 24 * NS))
    az = np.linspace(0, 2 * math.pi, 720, endpoint=False)
    seen = sum(np.mod(az - look.sector.az0, 2 * math.pi) < look.sector.width for look in looks)  # type: ignore[union-attr]
    assert seen.min() >= 2
    assert made.look_rate == pytest.approx(
        30 * DEGREE * 24 * DEGREE / (2 * math.pi * (math.sin(80 * DEGREE) + math.sin(5 * DEGREE))), rel=1e-6
    )


def test_recognition_and_its_confusion() -> None:
    """Large near targets are all identified; the label is right as often as stated, wrong ones evenly."""
    made, rng = camera(identified_right=0.8, recognised_right=0.6), np.random.default_rng(62)
    targets = truths("camera", 3000, rng, size=np.full(3000, 60.0), klass=("bird",) * 3000)
    hints = [c for look in made.schedule(0, 8 * NS) for c in made.measure(targets, look, rng).claims]
    labels = [c["class_hint"] for c in hints if c.get("class_level") == "identified"]
    assert len(labels) > 2000
    assert binomtest(labels.count("bird"), len(labels), 0.8).pvalue > 1e-3
    wrong = len(labels) - labels.count("bird")
    assert binomtest(labels.count("quadcopter"), wrong, 1 / 3).pvalue > 1e-3
    np.testing.assert_allclose(made.confusion(0.8).sum(1), 1)
    assert made.confusion(0.8)[1, 1] == pytest.approx(0.8)


def test_recognised_is_seldomer_than_detected() -> None:
    """At N₅₀ of recognition every target is detected, half are recognised, a quarter identified, by TTP."""
    made, rng = camera(contrast=1, visibility=1e9), np.random.default_rng(63)
    r = 2000.0
    size = 4 * 2 * r * made.ifov
    spot = at(made, 10, r, 0.1)
    n = 4000
    targets = Targets(
        position=np.repeat(spot, n, 0), velocity=np.zeros((n, 3)), rcs=np.ones(n), transponder=("",) * n,
        size=np.full(n, size), klass=("somebody",) * n,
    )  # fmt: skip
    found = made.measure(targets, first_look(made), rng)
    claims = [c for c, i in zip(found.claims, found.source, strict=True) if i >= 0]
    level = [c.get("class_level") for c in claims]
    x = 4 / 6.4
    assert len(claims) > 0.98 * n
    assert binomtest(n - level.count(None) - (n - len(level)), n, 0.5).pvalue > 1e-3
    assert (
        binomtest(level.count("identified"), n, x ** (2.7 + 0.7 * x) / (1 + x ** (2.7 + 0.7 * x))).pvalue
        > 1e-3
    )


def test_slew_to_cue_by_hand() -> None:
    """90° at 60 °/s is 1.5 s after 0.5 s; σ 1° in a 2° field: 2 × 2 fields of 0.5 s."""
    assert slew_to_cue(90, 0.5, 60, 1.0, 2.0, 0.5) == pytest.approx(0.5 + 1.5 + 2.0)
    assert slew_to_cue(0, 0.5, 60, 0.1, 2.0, 0.5) == pytest.approx(1.0)
    assert [search_cells(s, 2.0) for s in (0.1, 0.5, 0.51, 3.0)] == [1, 1, 2, 6]


def inside(made: Camera, sector: Sector, place: np.ndarray) -> bool:
    p = made.detection_probability(place, sector=sector)
    return bool(p[0] > 0)


def test_cued_camera_finds_and_visits_each_target() -> None:
    """Two drones far apart: it stares at one, then the other, having turned and searched between them."""
    made = camera(**NARROW, cue_sigma=0.3, expected_size=5)
    one, two = at(made, 0, 2000), at(made, 120, 2500)
    targets = replace(truths("camera", 2, np.random.default_rng(0)), position=np.vstack([one, two]))
    targets = replace(targets, velocity=np.zeros((2, 3)))
    looks = list(made.cued(0, 60 * NS, lambda _: targets, np.random.default_rng(64)))
    hits = [[inside(made, look.sector, p) for p in (one, two)] for look in looks]  # type: ignore[arg-type]
    assert sum(a for a, _ in hits) > 12
    assert sum(b for _, b in hits) > 12
    assert not any(a and b for a, b in hits)
    gaps = [(b.t0 - a.t1) / NS for a, b in pairwise(looks)]
    # 0.5 s, 120° at 60 °/s give or take the cue's error, 2 × 2 fields of 0.5 s (0.3° against 1.125°)
    turn = [gap for gap in gaps if gap > 0]
    assert np.allclose(turn, 0.5 + 2 + 2, atol=0.05)
    assert sum(gap == 0 for gap in gaps) >= 3 * len(turn)


def test_a_search_finds_as_often_as_its_width_allows() -> None:
    """8 fields of 1.125° a side hold ± 4.5°, 2.25 σ of the cue: erf(2.25/√2)² = 95.2 % of the targets."""
    made = camera(**NARROW, cue_sigma=2.0, stare=1, elevation_min=-5)
    spot = at(made, 40, 1500, 20 * DEGREE)
    targets = replace(truths("camera", 1, np.random.default_rng(0)), position=spot, velocity=np.zeros((1, 3)))
    looks = list(made.cued(0, 20_000 * NS, lambda _: targets, np.random.default_rng(65)))
    found = sum(inside(made, look.sector, spot) for look in looks)  # type: ignore[arg-type]
    assert found / len(looks) == pytest.approx(math.erf(2.25 / math.sqrt(2)) ** 2, abs=0.015)


def test_nobody_to_look_at_it_goes_round() -> None:
    made = camera(fov=30)
    empty = truths("camera", 0, np.random.default_rng(0))
    looks = list(made.cued(0, 10 * NS, lambda _: empty, np.random.default_rng(66)))
    assert [look.sector for look in looks] == [look.sector for look in made.schedule(0, 10 * NS)]
    alone = camera(fov=30, cued="false")
    some = truths("camera", 5, np.random.default_rng(0))
    looks = list(alone.cued(0, 10 * NS, lambda _: some, np.random.default_rng(66)))
    assert [look.sector for look in looks] == [look.sector for look in alone.schedule(0, 10 * NS)]


def test_cued_in_a_scenario_by_streams_of_its_own() -> None:
    """It follows a drone that flies past, and another camera changes nothing of what it reports."""
    flown = world(platform("a", f"{place(0, 3_000, 300)}, {place(120, 3_000, 300)}", "speed = 50\nsize = 3"))
    made, other = camera(**NARROW), camera(**NARROW, name='"d"', bearing=200)
    assert isinstance(made, Steered)
    scans = list(simulate(flown, {"c": made}))
    reports = [d for scan in scans for d in scan.detections]
    assert len(reports) > 0.5 * len(scans) > 20
    for scan in scans:
        for d in scan.detections:
            _, x = flown.state(d.t)
            az, el = to_polar(made.station.local(x[:1, :3]))[0, 1:]
            assert abs(math.remainder(d.z[0] - az, 2 * math.pi)) < 5 * math.sqrt(d.R[0, 0])
            assert abs(d.z[1] - el) < 5 * math.sqrt(d.R[1, 1])
    both = [scan for scan in simulate(flown, {"c": made, "d": other}) if scan.sensor == "c"]
    assert [(s.t1, s.sector, len(s.detections)) for s in both] == [
        (s.t1, s.sector, len(s.detections)) for s in scans
    ]
