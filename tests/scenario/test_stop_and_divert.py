"""What becomes of a platform during a run, against closed forms, and what the sensors see of it then."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.scenario.scenario_examples import BENT, STRAIGHT, place, platform, world
from tests.scenario.test_simulate import as_bytes, sensors
from vedette.clock import NS
from vedette.geo import Circle
from vedette.scenario import World, simulate


def at(made: World, name: str, t: int) -> np.ndarray | None:
    return next((truth.x for truth in made.truth(t) if truth.id == name), None)


def test_a_stopped_one_is_gone_and_everybody_else_flies_as_before() -> None:
    made, untouched = world(), world()
    t = made.begin + 60 * NS
    made.stop("a", t)
    for moment in (made.begin, t - 1, t):
        np.testing.assert_array_equal(at(made, "a", moment), at(untouched, "a", moment))
    assert at(made, "a", t + 1) is None
    for moment in (t - 1, t + 1, t + 60 * NS):
        np.testing.assert_array_equal(at(made, "b", moment), at(untouched, "b", moment))
    assert made.end == untouched.end


def test_a_stopped_one_arrives_only_where_it_had_been() -> None:
    """Straight in from 10 km at 50 m/s: 3 km after 140 s, 6 km after 80 s."""
    areas = {"near": Circle(np.zeros(2), 3000.0).contains, "far": Circle(np.zeros(2), 6000.0).contains}
    made = world(STRAIGHT)
    made.stop("a", made.begin + 100 * NS)
    found = made.arrivals(areas)["a"]
    assert found["near"] is None
    assert found["far"] is not None
    assert (found["far"] - made.begin) / NS == pytest.approx(80.0, abs=0.01)


def test_nobody_is_stopped_before_he_starts_or_brought_back() -> None:
    made = world(STRAIGHT)
    p = made.platforms[0]
    made.stop("a", p.begin - 5 * NS)
    assert made.platforms[0].end == p.begin
    made.stop("a", p.end + NS)
    assert made.platforms[0].end == p.begin


@pytest.mark.parametrize("turn", [math.pi / 2, -2.5])
def test_a_diverted_one_turns_on_a_circle_and_flies_away(turn: float) -> None:
    """Flying west at 50 m/s along the north axis' foot: r = v/ω about a centre beside it, then straight."""
    made, untouched = world(STRAIGHT), world(STRAIGHT)
    p = made.platforms[0]
    t0, radius = made.begin + 60 * NS, p.speed / p.turn_rate
    made.divert("a", t0, turn)
    before = at(untouched, "a", t0)
    for moment in (made.begin, t0 - NS, t0):
        np.testing.assert_allclose(at(made, "a", moment), at(untouched, "a", moment), atol=1e-6)
    heading = math.atan2(before[3], before[4])
    right = np.array([math.cos(heading), -math.sin(heading)])
    centre = before[:2] + math.copysign(radius, turn) * right
    arc = abs(turn) / p.turn_rate
    for part in (0.3, 0.9):
        x = at(made, "a", t0 + round(part * arc * NS))
        assert np.hypot(*(x[:2] - centre)) == pytest.approx(radius, abs=1e-6)
    for later in (arc + 1.0, arc + 50.0):
        x = at(made, "a", t0 + round(later * NS))
        course = math.atan2(x[3], x[4])
        assert math.remainder(course - heading - turn, 2 * math.pi) == pytest.approx(0.0, abs=1e-9)
        assert np.hypot(x[3], x[4]) == pytest.approx(50.0)
    assert at(made, "a", made.end) is not None
    assert made.arrivals({"base": Circle(np.zeros(2), 500.0).contains})["a"]["base"] is None


def test_velocity_is_still_the_derivative_of_position() -> None:
    text = platform(
        "c", f"{place(90, 9_000, 900)}, {place(90, 5_000, 300)}, {place(90, 0, 60)}", "speed = 50"
    )
    made = world(text)
    made.divert("c", made.begin + 40 * NS, 2.0)
    h = NS // 100
    for seconds in (39.5, 41.0, 60.0, 90.0, 150.0):
        t = made.begin + round(seconds * NS)
        now, later, before = (at(made, "c", moment) for moment in (t, t + h, t - h))
        np.testing.assert_allclose((later[:3] - before[:3]) / 0.02, now[3:], atol=0.02)
    assert at(made, "c", made.end)[5] == pytest.approx(0.0, abs=0.1)


class Beside:
    """A witness that stops `a` when the simulation comes to t, and remembers whom it was told of."""

    def __init__(self, made: World, t: int) -> None:
        self.world, self.t, self.done = made, t, False
        self.told: list[tuple[int, str, str]] = []

    def before(self, t: int) -> None:
        if t >= self.t and not self.done:
            self.done = True
            self.world.stop("a", self.t)

    def seen(self, t: int, sensor: str, platform: str) -> None:
        self.told.append((t, sensor, platform))


@pytest.mark.slow
def test_what_is_stopped_in_the_middle_of_a_run_is_seen_no_more() -> None:
    """All three sensors lie one look ahead of each other; none reports the stopped one after its end."""
    some = sensors("radar3d", "radar2d", "adsb")
    cooperative = STRAIGHT.replace("speed = 50", 'speed = 50\ntransponder = "4b1234"')
    made = world(cooperative + BENT)
    end = made.begin + 61 * NS + NS // 3
    beside = Beside(made, end)
    scans = list(simulate(made, some, beside))
    assert {sensor for _, sensor, name in beside.told if name == "a"} == set(some)
    assert max(t for t, _, name in beside.told if name == "a") <= end
    assert max(t for t, _, name in beside.told if name == "b") > end + 20 * NS
    assert [scan.key for scan in scans] == sorted(scan.key for scan in scans)
    untouched = list(simulate(world(cooperative + BENT), some))
    assert as_bytes([s for s in scans if s.t1 < end]) == as_bytes([s for s in untouched if s.t1 < end])


def test_a_witness_is_told_of_true_reports_alone_and_in_their_own_time() -> None:
    made = world(STRAIGHT)
    beside = Beside(made, made.end + NS)
    reports = {(d.t, s.sensor) for s in simulate(made, sensors("radar3d"), beside) for d in s.detections}
    assert {(t, sensor) for t, sensor, _ in beside.told} <= reports
    assert 100 < len(beside.told) < len(reports)  # the others are clutter
