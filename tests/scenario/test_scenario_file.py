"""scenario.toml: the packaged scenarios load and are what they say; mistakes are named."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.scenario.scenario_examples import HEAD, STRAIGHT
from vedette.classes import flight_classes
from vedette.clock import NS, iso
from vedette.errors import ConfigError
from vedette.scenario import World, load_scenario, packaged, simulate
from vedette.site import load_site
from vedette.tracker import Tracker
from vedette.types import Status


def test_packaged_scenarios_load_with_their_sites() -> None:
    assert "two-drones" in packaged()
    assert len(packaged()) == 8
    for name in packaged():
        scenario = load_scenario(name)
        assert scenario.name == name
        assert load_site(scenario.site).fictional


@pytest.mark.parametrize("seed", [None, 1, 2, 3, 4])
def test_two_drones_are_what_they_say(seed: int | None) -> None:
    """Low, slow, some six to seven minutes, both into the inner zone, the first seen within ten seconds."""
    scenario = load_scenario("two-drones")
    site = load_site(scenario.site)
    made = World(scenario, site.frame, seed=seed)
    assert iso(made.begin) == "2023-10-17T23:40:00.000Z"
    assert len(made.platforms) == 2
    known = flight_classes()["one-way-attack"]
    for p in made.platforms:
        assert known.speed[0] <= 45 <= p.speed <= 50 <= known.speed[1]
        assert 6 * 60 <= (p.end - p.begin) / NS <= 7.2 * 60
        assert ((p.path.height >= 60 - 0.1) & (p.path.height <= 150 + 0.1)).all()
    first = made.state(made.begin)[1]
    assert 300 < np.linalg.norm(first[0, :2] - first[1, :2]) < 2000
    arrivals = made.arrivals({name: area.contains for name, area in site.areas.items()})
    for times in arrivals.values():
        assert times["Outer"] is not None
        assert times["Inner"] is not None
        assert times["Outer"] < times["Inner"]
    assert made.end == max(p.end for p in made.platforms) + 20 * NS


def test_the_first_drone_is_confirmed_within_ten_seconds() -> None:
    scenario = load_scenario("two-drones")
    site = load_site(scenario.site)
    made = World(scenario, site.frame)
    tracker = Tracker(site.sensors, site.frame.name, site.tracker)
    for scan in simulate(made, site.sensors):
        tracker.step(scan)
        confirmed = [k for k in tracker.snapshot() if k.status is Status.CONFIRMED]
        truth = np.array([one.x[:3] for one in made.truth(scan.t1)])
        near = [np.linalg.norm(truth - k.estimate.position, axis=1).min() < 1500 for k in confirmed]
        if any(near) or scan.t1 > made.begin + 10 * NS:
            break
    assert any(near)


def test_the_catalogue_names_a_source_for_every_class() -> None:
    assert {"one-way-attack", "quadcopter", "cooperative"} <= set(flight_classes())
    text = (Path(__file__).parents[2] / "src/vedette/classes/classes.toml").read_text()
    lines = text.splitlines()
    for above, line in pairwise(lines):
        if line.startswith(("speed", "height", "rcs", "turn_rate")):
            assert above.startswith("# "), line


BAD = [
    ("class", STRAIGHT.replace("one-way-attack", "bomber"),
     "platform \"a\".class': 'bomber' is not in the catalogue"),
    ("one waypoint", STRAIGHT.replace(", { bearing = 90, distance = 0, height = 100 }", ""),
     "at least two places"),
    ("waypoint key", STRAIGHT.replace("height = 100", "hight = 100"),
     "waypoints[1].hight': this key is not known"),
    ("speed", STRAIGHT.replace("speed = 50", "speed = [50, 45]"),
     "t.toml:9, key 'platform \"a\".speed': a bracket is"),
    ("bracket of three", STRAIGHT.replace("speed = 50", "speed = [45, 50, 55]"),
     "two numbers in this order"),
    ("standing still", STRAIGHT.replace("speed = 50", "speed = 0"),
     "0 will not do: expected a number above 0"),
    ("address", STRAIGHT.replace("speed = 50", 'transponder = "4B"'),
     "six lower-case hex digits"),
    ("two of a name", STRAIGHT + STRAIGHT, "there are two of this name"),
    ("nothing flies", "", "nothing flies; add a [[platform]]"),
    ("clutter", STRAIGHT + "[clutter]\nfactor = -1\n", "t.toml:13, key 'clutter.factor'"),
]  # fmt: skip


@pytest.mark.parametrize(("platforms", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_mistakes_are_named(tmp_path: Path, platforms: str, said: str) -> None:
    (tmp_path / "t.toml").write_text(HEAD + platforms)
    with pytest.raises(ConfigError) as caught:
        load_scenario(tmp_path / "t.toml")
    assert said in str(caught.value)


def test_wrong_heads_and_names(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(HEAD + STRAIGHT)
    with pytest.raises(ConfigError, match=r"t\.toml:3, key 'scenario\.site': there is no such site file"):
        load_scenario(path)
    path.write_text(HEAD.replace("00Z", "00") + STRAIGHT)
    with pytest.raises(ConfigError, match="needs its zone"):
        load_scenario(path)
    with pytest.raises(
        ConfigError,
        match=r"There is no scenario 'three-drones'; give a \.toml file or one of airport-traffic, maritime",
    ):
        load_scenario("three-drones")
    with pytest.raises(ConfigError, match="no such file"):
        load_scenario(tmp_path / "other.toml")
