"""Groups, birds, outages and fixed cross-sections: what each changes, and what it must not."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.scenario.scenario_examples import BENT, HEAD, STRAIGHT, place, platform, world
from tests.scenario.test_simulate import as_bytes, sensors
from vedette.classes import flight_classes
from vedette.clock import NS
from vedette.errors import ConfigError
from vedette.pipeline import Exercise
from vedette.scenario import World, load_scenario, packaged, simulate
from vedette.sensor import SENSORS
from vedette.site import load_site
from vedette.units import DEGREE

WAY = f"{place(90, 20_000)}, {place(60, 9_000)}, {place(0, 0)}"
FLOCK = """
[[platform]]
name = "starlings"
class = "flock-bird"
count = 12
flock = true
start = [0, 100]
scatter = 40
waypoints = [
    { bearing = 90, distance = 5_000, height = 50 },
    { bearing = 300, distance = 4_000, height = 80 },
]
"""


def group(count: int, more: str = "") -> World:
    return world(platform("g", WAY, f"count = {count}\nscatter = 800\nheight = [60, 400]\n{more}"))


def test_a_group_has_names_and_numbers_of_its_own() -> None:
    made = group(40, "interval = [5, 25]")
    assert [p.name for p in made.platforms][:2] == ["g 1", "g 2"]
    gaps = np.diff([p.begin for p in made.platforms]) / NS
    assert ((gaps >= 5) & (gaps <= 25)).all()
    assert np.ptp(gaps) > 10
    heights = np.array([p.path.height for p in made.platforms])
    assert ((heights[:, :-1] >= 60) & (heights[:, :-1] <= 400)).all()
    assert np.ptp(heights[:, 0]) > 200
    starts = np.array([p.path.place[0] for p in made.platforms])
    away = np.linalg.norm(starts - starts.mean(axis=0), axis=1)
    assert 300 < away.max() < 1100
    ends = made._paths.at(np.arange(40), np.array([p.path.length for p in made.platforms]))[0]
    np.testing.assert_allclose(ends, 0.0, atol=1e-6)  # all arrive where they were sent
    assert len({p.rcs for p in made.platforms}) == 40


def test_one_more_changes_nobody_else() -> None:
    few, more = group(3, "interval = [5, 25]"), group(4, "interval = [5, 25]")
    for a, b in zip(few.platforms, more.platforms, strict=False):
        assert (a.name, a.begin, a.speed, a.rcs, a.sound) == (b.name, b.begin, b.speed, b.rcs, b.sound)
        np.testing.assert_array_equal(a.path.place, b.path.place)


def test_without_an_interval_each_draws_its_start() -> None:
    begun = np.array([p.begin for p in group(60, "start = [10, 70]").platforms])
    after = (begun - world().begin) / NS
    assert ((after >= 10) & (after <= 70)).all()
    assert np.ptp(after) > 40


def test_a_flock_stays_together_and_still_wanders() -> None:
    made = world(FLOCK)
    assert len({p.begin for p in made.platforms}) == len({p.speed for p in made.platforms}) == 1
    t = made.begin + round(0.5 * (made.platforms[0].begin - made.begin)) + round(150 * NS)
    _, x = made.state(t)
    assert len(x) == 12
    spread = np.linalg.norm(x[:, :2] - x[:, :2].mean(axis=0), axis=1)
    assert 3 < spread.max() < 400
    course = np.exp(1j * np.arctan2(x[:, 3], x[:, 4]))
    assert abs(course.mean()) > 0.7  # they head the same way


@pytest.mark.parametrize("seed", range(5))
def test_a_bird_turns_as_it_may_and_gets_there(seed: int) -> None:
    """Speed constant, turn rate within the class's, correlated, zero on average; longer than straight."""
    made = world(FLOCK.replace("count = 12", "count = 6").replace("flock = true", ""), seed=seed)
    most = flight_classes()["flock-bird"].turn_rate * DEGREE
    for row, p in enumerate(made.platforms):
        t = np.arange(1.0, (p.end - p.begin) / NS - 1.0, 0.5)
        place_, heading, _, _ = made._paths.at(np.full(len(t), row), p.speed * t)
        rate = np.diff(np.unwrap(heading)) / 0.5
        assert np.abs(rate).max() <= most + 1e-9
        assert np.abs(rate).std() > 0.5 * DEGREE
        assert np.corrcoef(rate[:-4], rate[4:])[0, 1] > 0.2  # two seconds later it still turns alike
        np.testing.assert_allclose(
            np.hypot(*np.diff(place_, axis=0).T), p.speed * 0.5, rtol=0.02
        )  # chord against arc
        assert 1.0 < p.path.length / 8_750 < 2.0


def test_an_outage_takes_its_looks_away_and_nothing_else() -> None:
    outage = '[[outage]]\nsensor = "radar3d"\nstart = 20.5\nend = 40\n'
    some = sensors("radar3d", "radar2d")
    whole, cut = list(simulate(world(), some)), list(simulate(world(STRAIGHT + BENT + outage), some))
    begin = world().begin
    gone = [s for s in whole if s.sensor == "radar3d" and s.t1 > begin + 20.5 * NS and s.t0 < begin + 40 * NS]
    assert len(gone) == 20
    keys = {s.key for s in gone}
    assert as_bytes(cut) == as_bytes([s for s in whole if s.key not in keys])


def test_a_sensor_hears_the_same_alone_and_among_all_others() -> None:
    """Every kind there is: another sensor leaves its noise as it was."""

    def run(*kinds: str) -> list[tuple[object, ...]]:
        text = STRAIGHT.replace(
            "speed = 50", 'speed = 50\ntransponder = "4b1234"\nremote_id = "X"\nemits = 1'
        )
        made = world(text + BENT)
        made.end = made.begin + 12 * NS
        return as_bytes(list(simulate(made, sensors(*kinds))))

    everything = run(*SENSORS)
    for kind in SENSORS:
        assert run(kind) == [scan for scan in everything if scan[0] == kind]


@pytest.mark.parametrize(("end", "mean"), [("low", -20.0), ("middle", -10.0), ("high", 0.0)])
def test_a_fixed_end_of_the_bracket(end: str, mean: float) -> None:
    """All else is as it was drawn: the individual's deviation, speed, way."""
    drawn, fixed = group(200), World(group(200).scenario, group(1).frame, rcs=end)
    size = 10 * np.log10([p.rcs for p in fixed.platforms])
    assert abs(size.mean() - mean) < 4 * 6 / math.sqrt(200)
    assert 4.5 < size.std() < 7.5
    assert [p.speed for p in drawn.platforms] == [p.speed for p in fixed.platforms]


def test_who_is_a_threat() -> None:
    text = FLOCK + platform("g", WAY) + platform("ours", WAY, "threat = false")
    assert {p.name: p.threat for p in world(text).platforms} == {
        **{f"starlings {n}": False for n in range(1, 13)}, "g": True, "ours": False,
    }  # fmt: skip


@pytest.mark.parametrize("name", packaged())
def test_every_packaged_scenario_flies(name: str) -> None:
    """At its own fictional site, with threats that reach what is defended, past several kinds of sensor."""
    scenario = load_scenario(name)
    site = load_site(scenario.site)
    assert site.fictional
    assert not list(site.warnings())
    made = Exercise(World(scenario, site.frame), site)
    people = made.actors()
    assert len({one.id for one in people}) == len(people)
    for one in people:
        if one.threat:
            assert one.arrivals, f"{one.id} never arrives"
        t = (one.t_begin + one.t_end) // 2
        assert one.id in {truth.id for truth in made.truth(t)}
    assert len({s.kind for s in site.sensors.values()}) >= 2


def test_a_recorded_aircraft_flies_along() -> None:
    """Heard as it was, and its truth goes where its reports say."""
    scenario = load_scenario("recorded-traffic")
    site = load_site(scenario.site)
    made = Exercise(World(scenario, site.frame), site)
    (guest,) = made.guests
    heard = [d for scan in guest.scans() for d in scan.detections if len(d.z) >= 3]
    assert len(heard) > 300
    assert "AFR34ZG" in {d.claims.get("callsign") for d in heard} | {"AFR34ZG"}
    for d in heard[5:-5:50]:
        (truth,) = guest.truth(d.t)
        assert np.linalg.norm(truth.x[:3] - site.frame.from_geodetic(d.z[:3])) < 50
        assert np.hypot(*truth.x[:2]) > 30_000  # out of the simulated radar's reach
        assert 40 < np.linalg.norm(truth.x[3:]) < 260
    assert "moved to this site" in made.origins()["ADS-B"]


BAD = [
    ("outage's sensor", '[[outage]]\nsensor = "r"\nstart = 1\nend = 2\n',
     "t.toml:13, key 'outage[1].sensor': the site has no sensor 'r'"),
    ("recording's sensor", '[[recorded]]\nname = "x"\nfile = "afr34zg-climb"\nsensor = "b"\nplace = {}\n',
     "the site has no sensor 'b'"),
    ("outage backwards", '[[outage]]\nsensor = "a"\nstart = 3\nend = 2\n', "it ends before it begins"),
    ("outage key", '[[outage]]\nsensor = "a"\nstart = 3\nends = 4\n', "did you mean 'end'"),
    ("no such recording", '[[recorded]]\nname = "x"\nfile = "no"\nsensor = "a"\nplace = {}\n',
     "there is no such file"),
    ("twins", '[[recorded]]\nname = "a"\nfile = "no"\nsensor = "a"\nplace = {}\n', "two of this name"),
    ("one name for many", platform("m", WAY, 'count = 2\ntransponder = "4ca111"'), "give each a table"),
    ("bracket", platform("m", WAY, "interval = [5, 1]"), "a bracket is [low, high]"),
    ("count", platform("m", WAY, "count = 0"), "how many, 1 to 1000"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_mistakes_are_named(tmp_path: Path, more: str, said: str) -> None:
    (tmp_path / "t.toml").write_text(HEAD + STRAIGHT + more)
    head = '[site]\nname = "s"\nlatitude = 33\nlongitude = 42\nheight = 9\n'
    (tmp_path / "site.toml").write_text(head + '[[sensor]]\nkind = "adsb"\nname = "a"\n')

    def fly() -> None:
        scenario = load_scenario(tmp_path / "t.toml")
        site = load_site(scenario.site)
        Exercise(World(scenario, site.frame), site)

    with pytest.raises(ConfigError) as caught:
        fly()
    assert said in str(caught.value)
