"""Effectors and [advice] in a site file: every inconsistency stops the start, by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vedette.advise.config import AdviceConfig
from vedette.advise.effector import Effector
from vedette.advise.effector_config import GunConfig
from vedette.advise.paths import paths
from vedette.advise.window import windows
from vedette.assess.zone import Asset
from vedette.config import TableError
from vedette.errors import ConfigError
from vedette.geo import LocalFrame, Terrain
from vedette.scenario.file import load_scenario
from vedette.site import Site, load_site
from vedette.types import EffectorKind, Estimate, Status, Track

CATALOGUE = Path(__file__).parents[2] / "src" / "vedette" / "scenario" / "catalogue"
SITE = """[site]
name = "Base"
latitude = 33.8
longitude = 42.4
height = 200

[[sensor]]
kind = "adsb"
name = "ADS-B"

[[effector]]
kind = "gun"
name = "gun"
notional = true
range_min = 100
range_max = 3_000
height_max = 1_500
speed = 700
magazine = 10
kill = { "one-way-attack" = [[500, 0.6], [2_000, 0.3]], other = 0.2 }
no_fire = [[[33.81, 42.41], [33.82, 42.41], [33.82, 42.42]]]

[[effector]]
kind = "jammer"
name = "jammer"
notional = true
on = "link"
range_max = 2_000
height_max = 1_000
dwell_s = 5
kill = { other = 0.8 }

[advice]
doctrine = "salvo"
salvo = 1
"""


def load(folder: Path, text: str) -> Site:
    path = folder / "site.toml"
    path.write_text(text)
    return load_site(path)


def test_the_effectors_of_a_site(tmp_path: Path) -> None:
    site = load(tmp_path, SITE)
    assert list(site.effectors) == ["gun", "jammer"]
    gun, jammer = site.effectors.values()
    assert (gun.kind, gun.magazine, gun.repeats) == (EffectorKind.GUN, 10, True)
    assert (jammer.kind, jammer.magazine, jammer.repeats) == (EffectorKind.JAMMER, None, False)
    assert float(gun.kill(1_250.0, "one-way-attack")) == pytest.approx(0.45)
    assert float(gun.kill(1_250.0, "bird")) == pytest.approx(0.2)
    assert gun.holds(np.array([[0.0, 2_000.0, 100.0], [0.0, 3_500.0, 100.0]])).tolist() == [True, False]
    assert (site.advice.salvo, site.advice.every_s) == (1, 1.0)


BAD = [
    ("ranges", "range_min = 100", "range_min = 3_000",
     "site.toml:15, key 'effector \"gun\".range_min': range_min must lie below range_max"),
    ("heights", "height_max = 1_500", "height_max = 0", "height_min must lie below height_max"),
    ("no magazine", "magazine = 10", "magazine = 0",
     "key 'effector \"gun\".magazine': 0 will not do: expected a whole number of at least 1"),
    ("rising kill", "[2_000, 0.3]", "[2_000, 0.7]",
     "key 'effector \"gun\".kill.one-way-attack[2]': the probability rises from 0.6 to 0.7"),
    ("order of ranges", "[2_000, 0.3]", "[400, 0.3]", "the nearest first"),
    ("beyond the range", "[2_000, 0.3]", "[4_000, 0.3]", "1000 m beyond range_max"),
    ("unknown class", '"one-way-attack" =', '"one-way" =', "there is no class 'one-way'; name some of"),
    ("above one", "other = 0.2", "other = 1.2", "will not do"),
    ("kills nothing", '{ "one-way-attack" = [[500, 0.6], [2_000, 0.3]], other = 0.2 }', "{}", "stop nothing"),
    ("more than hits", "magazine = 10", "magazine = 10\ndamaged = 0.5", "more than the part of hits"),
    ("reload alone", "magazine = 10", "magazine = 10\nreload_s = 9", "'reload_s' needs 'reload_lot'"),
    ("reload too much", "magazine = 10", "magazine = 10\nreload_s = 9\nreload_lot = 11",
     "the magazine holds 10"),
    ("crossing polygon", "[33.82, 42.41], [33.82, 42.42]", "[33.82, 42.42], [33.82, 42.41], [33.81, 42.42]",
     "key 'effector \"gun\".no_fire[1]': the polygon's edges cross"),
    ("two corners", ", [33.82, 42.42]]]", "]]", "at least three corners"),
    ("stands in it", "[[33.81, 42.41], [33.82, 42.41], [33.82, 42.42]]",
     "[[33.79, 42.39], [33.81, 42.39], [33.81, 42.41], [33.79, 42.41]]", "it could never act"),
    ("no source", "notional = true\nrange_min", "range_min", "Give 'source', or 'notional = true'"),
    ("no sector", "range_min = 100", "range_min = 100\nsector = [0, 360]", "leave it out for all around"),
    ("elevations", "range_min = 100", "range_min = 100\nelevation_min = 91", "an elevation in degrees"),
    ("weather", "range_min = 100", "range_min = 100\nweather = 0", "what the weather leaves"),
    ("jammer's magazine", "dwell_s = 5", "dwell_s = 5\nmagazine = 3", "this key is not known here"),
    ("jammer on aircraft", "{ other = 0.8 }", "{ airliner = 0.8 }", "nothing of this class depends on link"),
    ("two of a name", 'name = "jammer"', 'name = "gun"', "rename one [[effector]]"),
    ("unknown kind", 'kind = "gun"', 'kind = "gan"', "'gan' is not known; did you mean 'gun'?"),
    ("salvo", "salvo = 1", "salvo = 2", "key 'advice.salvo': no effector has more than 1 channel"),
    ("salvo above most", "salvo = 1", "salvo = 4\nmost = 3", "no more shots than 'most'"),
    ("horizon", "salvo = 1", "salvo = 1\nevery_s = 400", "every_s must not be above horizon_s"),
    ("weights", "salvo = 1", "salvo = 1\nclasses = { drone = 1 }", "there is no class 'drone'"),
    ("no weights", "salvo = 1", "salvo = 1\nclasses = { bird = 0 }", "all weights are 0"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_inconsistent_effectors_are_refused_by_name(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert SITE.count(old) >= 1
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, SITE.replace(old, new, 1))
    assert said in str(caught.value)
    assert "site.toml:" in str(caught.value)


def test_an_effector_under_the_ground_is_refused() -> None:
    frame = LocalFrame("enu:base", 0.59, 0.74, 200.0)
    hill = Terrain.of(frame, np.full((41, 41), 260.0), 100.0)
    config = GunConfig(
        name="gun", notional=True, range_max=900.0, height_max=900.0, speed=700.0, magazine=1,
        kill={"other": 0.5}, height=20.0,
    )  # fmt: skip
    with pytest.raises(TableError, match="40 m under the ground"):
        Effector.from_config(config, frame, hill)


@pytest.mark.parametrize("name", ["airbase-iraq", "outpost"])
def test_the_fictional_sites_have_notional_effectors(name: str) -> None:
    site = load_site(CATALOGUE / f"{name}.toml")
    assert site.effectors
    assert all(effector.config.notional for effector in site.effectors.values())
    assert "none of a real weapon" in site.path.read_text().lower() or "none copies a real weapon" in (
        site.path.read_text().lower()
    )
    assert list(site.warnings()) == []


def test_the_two_drones_can_be_met() -> None:
    """From the last leg on, the gun, the drones, the jammer and the missiles all have a window."""
    scenario = load_scenario(CATALOGUE / "two-drones.toml")
    site = load_site(scenario.site)
    tracks = [
        _heading(
            number, platform.waypoints[-2].position(site.frame), platform.waypoints[-1].position(site.frame)
        )
        for number, platform in enumerate(scenario.platforms)
    ]
    assets = [Asset.from_config(asset, site.frame) for asset in site.assets]
    config = AdviceConfig(horizon_s=600.0)
    way = paths(0, tracks, config, frame=site.frame, assets=assets)
    klass, count = np.ones((len(tracks), 1)), len(site.effectors)
    rows = windows(
        list(site.effectors.values()),
        way,
        klass,
        ["one-way-attack"],
        np.full(len(tracks), 25.0),
        np.zeros(count),
        config,
    )
    assert {e.kind for e in site.effectors.values()} == set(EffectorKind) - {EffectorKind.ENERGY}
    assert [window.sentence for row in rows for window in row if window.why is not None] == []


def _heading(number: int, begin: np.ndarray, end: np.ndarray) -> Track:
    v = 47.5 * (end - begin) / np.linalg.norm(end - begin)
    estimate = Estimate(
        t=0, x=np.array([*begin, *v[:2], 0.0]), P=np.diag([400.0] * 3 + [0.25] * 3), frame="enu:base"
    )
    return Track(
        id=number, status=Status.CONFIRMED, estimate=estimate, existence=1.0, identity={}, klass={},
        contributors={}, t_born=0, t_updated=0, hits=9,
    )  # fmt: skip
