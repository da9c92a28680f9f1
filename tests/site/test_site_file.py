"""site.toml: the examples load, and every mistake is named with its place and remedy."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from vedette.errors import ConfigError
from vedette.geo import Circle, Polygon, geoid
from vedette.site import Site, load_site

EXAMPLES = Path(__file__).parents[2] / "examples"

SITE = """[site]
name = "Base"
latitude = 33.8
longitude = 42.4
height = 200

[[asset]]
name = "tower"
bearing = 90
distance = 500

[[zone]]
name = "inner"
severity = "critical"
radius = 3_000

[[zone]]
name = "field"
polygon = [[33.8, 42.4], [33.9, 42.4], [33.9, 42.5]]

[[sensor]]
kind = "radar3d"
name = "north"
bearing = 0
distance = 1_000
height = 12
range_max = 30_000
reference_range = 20_000
reference_rcs = -10
reference_pd = 0.9
range_resolution = 50
azimuth_beamwidth = 2
elevation_beamwidth = 4
elevation_min = 0
elevation_max = 40
period = 1

[[feed]]
sensor = "north"
transport = "udp"
format = "asterix"
port = 8600

[alert]
horizon_s = 600
[tracker]
confirm = 0.9
"""


def load(tmp_path: Path, text: str) -> Site:
    path = tmp_path / "site.toml"
    path.write_text(text)
    return load_site(path)


def test_the_parts_of_a_site(tmp_path: Path) -> None:
    site = load(tmp_path, SITE)
    assert site.name == "Base"
    assert site.frame.name == "enu:Base"
    assert (site.server.host, site.record) == ("127.0.0.1", None)
    assert site.tracker.confirm == 0.9
    assert list(site.sensors) == ["north"]
    assert isinstance(site.areas["inner"], Circle)
    assert isinstance(site.areas["field"], Polygon)
    assert list(site.warnings()) == []


def test_places_are_where_geographiclib_says(tmp_path: Path) -> None:
    site = load(tmp_path, SITE)
    there = Geodesic.WGS84.Direct(33.8, 42.4, 90, 500)
    position = site.assets[0].position(site.frame)
    expected = [math.radians(there["lat2"]), math.radians(there["lon2"]), 200.0]
    np.testing.assert_allclose(position, site.frame.from_geodetic(expected), atol=1e-3)
    polygon = site.areas["field"]
    assert isinstance(polygon, Polygon)
    area = Geodesic.WGS84.Polygon()
    for corner in [(33.8, 42.4), (33.9, 42.4), (33.9, 42.5)]:
        area.AddPoint(*corner)
    v, w = polygon.vertices, np.roll(polygon.vertices, -1, 0)
    ours = abs((v[:, 0] * w[:, 1] - w[:, 0] * v[:, 1]).sum()) / 2
    assert ours == pytest.approx(abs(area.Compute()[2]), rel=1e-4)


@pytest.mark.parametrize("name", ["airbase-iraq.toml", "minimal.toml"])
def test_the_examples_load_without_a_warning(name: str) -> None:
    site = load_site(EXAMPLES / name)
    assert list(site.warnings()) == []
    assert site.sensors


def test_the_fictional_base_says_so_and_is_defended() -> None:
    site = load_site(EXAMPLES / "airbase-iraq.toml")
    assert site.fictional
    assert "fictional" in site.name
    assert "THE LAYOUT IS FICTIONAL" in (EXAMPLES / "airbase-iraq.toml").read_text()
    radii = sorted(zone.radius or 0 for zone in site.zones)
    assert radii == [3000, 8000]
    assert {sensor.kind for sensor in site.sensors.values()} == {"radar3d", "adsb"}


def test_every_number_of_the_fictional_base_has_a_word_beside_it() -> None:
    """A number has a comment on its line, in the comment above it, or stands under one for its block."""
    bare = []
    commented = False
    for line in (EXAMPLES / "airbase-iraq.toml").read_text().splitlines():
        if line.startswith("#"):
            commented = True
        elif not line or line.startswith("["):
            commented = commented and not line.startswith("[")
        elif (
            any(c.isdigit() for c in line.split("#")[0].split("=")[-1]) and "#" not in line and not commented
        ):
            bare.append(line)
    allowed = ("kind", "bearing", "distance", "value", "radius", "ceiling", "rings")
    assert not [line for line in bare if not line.startswith(allowed)]


BAD = [
    ("no feed's sensor", SITE.replace('sensor = "north"', 'sensor = "south"'),
     "site.toml:39, key 'feed[1].sensor': there is no sensor 'south'; name one of north."),
    ("two of a name", SITE.replace('name = "field"', 'name = "inner"'),
     "site.toml:18, key 'zone \"inner\".name': there are two of this name"),
    ("few corners", SITE.replace(", [33.9, 42.5]", ""), "at least three corners"),
    ("floor above ceiling", SITE.replace("radius = 3_000", "radius = 3_000\nfloor = 9_000"),
     "site.toml:16, key 'zone \"inner\".floor': floor must lie below ceiling"),
    ("circle and polygon", SITE.replace("polygon", "radius = 5\npolygon"), "one of the three"),
    ("no sensor", SITE.split("[[sensor]]")[0], "there is no [[sensor]]"),
    ("unknown severity", SITE.replace('"critical"', '"crtical"'), "zone \"inner\".severity"),
    ("unknown sensor kind", SITE.replace("radar3d", "radar4d"),
     "'radar4d' is not known; did you mean 'radar3d'?"),
    ("zero beam", SITE.replace("azimuth_beamwidth = 2", "azimuth_beamwidth = 0"),
     "key 'sensor \"north\".azimuth_beamwidth': 0 will not do: expected a number above 0"),
    ("both heights", SITE.replace("height = 200", "height = 200\nelevation = 190"), "two ways; keep one"),
    ("no height", SITE.replace("height = 200\n", ""), "'elevation' is missing"),
    ("tracker thresholds", SITE.replace("confirm = 0.9", "confirm = 0.1"),
     "site.toml:47, key 'tracker.confirm'"),
    ("latitude", SITE.replace("latitude = 33.8", "latitude = 133.8"), "latitude in degrees"),
    ("feed key", SITE.replace("port = 8600", "prt = 8600"),
     "'feed[1].prt': this key is not known here; did you mean 'port'"),
    ("table", SITE.replace("[alert]", "[alerts]"),
     "key 'alerts': this key is not known here; did you mean 'alert'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_mistakes_are_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert said in str(caught.value)


def test_what_is_probably_not_meant_is_said(tmp_path: Path) -> None:
    text = SITE.replace("distance = 500", "distance = 50_000").replace(
        "distance = 1_000", "distance = 900_000"
    )
    warned = list(load(tmp_path, text + '[[sensor]]\nkind = "adsb"\nname = "b"\n').warnings())
    assert len(warned) == 3
    assert "'tower' lies outside every zone" in warned[0]
    assert "'north' stands 900 km" in warned[1] or "'north' stands 899 km" in warned[1]
    assert "'b' has no [[feed]]" in warned[2]


def test_elevation_needs_the_geoid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = SITE.replace("height = 200", "elevation = 190")
    values = np.full((geoid.ROWS, geoid.COLUMNS), 17.16)
    monkeypatch.setattr(geoid, "grid", lambda: values)
    assert load(tmp_path, text).frame.height == pytest.approx(190 + 17.16)


@pytest.mark.parametrize(("kind", "warned"), [("adsb", True), ("tracks", False)])
def test_system_tracks_that_would_pass_for_plots_are_warned_of(
    tmp_path: Path, kind: str, warned: bool
) -> None:
    feed = '[[feed]]\nsensor = "s"\ntransport = "udp"\nformat = "asterix"\nport = 8600\n'
    head = '[site]\nname = "here"\nlatitude = 50\nlongitude = 8\nheight = 100\n'
    site = load(tmp_path, f'{head}[[sensor]]\nkind = "{kind}"\nname = "s"\n{feed}')
    assert any('kind = "tracks"' in sentence for sentence in site.warnings()) == warned
