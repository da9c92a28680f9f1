"""Zones and assets from a site file, in the site's frame."""

from __future__ import annotations

import math

import numpy as np
import pymap3d
import pytest

from tests.assess.air import FRAME
from vedette.assess import AlertConfig, Asset, AssetConfig, Zone, ZoneConfig
from vedette.assess.zone import level
from vedette.config import Table, parse_toml
from vedette.errors import ConfigError
from vedette.types import Severity


class File(Table, frozen=True, kw_only=True):
    asset: tuple[AssetConfig, ...] = ()
    zone: tuple[ZoneConfig, ...] = ()
    alert: AlertConfig = AlertConfig()


def corner(bearing_deg, distance):
    lat, lon = FRAME.reckon(distance, math.radians(bearing_deg))
    return math.degrees(lat), math.degrees(lon)


def test_a_circle_is_where_its_place_says():
    config = ZoneConfig(
        name="Inner", radius=2000.0, bearing=90.0, distance=5000.0, severity=Severity.CRITICAL
    )
    zone = Zone.from_config(config, FRAME)
    np.testing.assert_allclose(zone.area.center, [5000.0, 0.0], atol=5.0)
    assert (zone.name, zone.severity, zone.reach) == ("Inner", Severity.CRITICAL, 2000.0)
    assert zone.distance(np.array([5000.0, 2500.0, 0.0])) == pytest.approx(500.0, abs=5.0)
    assert zone.distance(np.array([5000.0, 500.0, 0.0])) == pytest.approx(-1500.0, abs=5.0)


def test_a_polygon_has_its_corners_where_they_are_on_the_earth():
    corners = [corner(bearing, 4000.0) for bearing in (45, 135, 225, 315)]
    zone = Zone.from_config(ZoneConfig(name="Box", polygon=tuple(corners)), FRAME)
    for (lat, lon), vertex in zip(corners, zone.area.vertices, strict=True):
        e, n, _ = pymap3d.geodetic2enu(
            lat, lon, FRAME.height, math.degrees(FRAME.latitude), math.degrees(FRAME.longitude), FRAME.height
        )
        np.testing.assert_allclose(vertex, [e, n], atol=1e-6)
    half = 4000.0 / math.sqrt(2.0)
    assert zone.reach == pytest.approx(4000.0, rel=1e-3)
    assert zone.distance(np.array([half + 300.0, 0.0, 0.0])) == pytest.approx(300.0, abs=10.0)
    assert zone.distance(np.array([0.0, half - 300.0, 0.0])) == pytest.approx(-300.0, abs=10.0)


def test_the_band_of_heights_includes_its_edges():
    zone = Zone.from_config(ZoneConfig(name="Z", radius=1000.0, floor=100.0, ceiling=500.0), FRAME)
    heights = np.array([99.9, 100.0, 300.0, 500.0, 500.1])
    points = np.column_stack([np.zeros((5, 2)), heights])
    assert zone.contains(points).tolist() == [False, True, True, True, False]
    assert not zone.contains(np.array([1000.1, 0.0, 300.0]))


def test_level_flight_stays_level():
    """A plane 40 km out at 200 m over the ellipsoid, flying level: the tangent plane says it climbs."""
    states = []
    for distance in (40_000.0, 39_950.0):
        lat, lon = FRAME.reckon(distance, 0.3)
        states.append(FRAME.from_geodetic([lat, lon, FRAME.height + 200.0]))
    velocity = (states[1] - states[0]) / 1.0
    x = np.concatenate([states[0], velocity])[None]
    assert x[0, 2] < 80.0
    assert x[0, 5] > 0.3
    flat = level(FRAME, x)
    assert flat[0, 2] == pytest.approx(200.0, abs=0.5)
    assert flat[0, 5] == pytest.approx(0.0, abs=0.01)


def test_an_asset_stands_at_its_place_and_height():
    asset = Asset.from_config(
        AssetConfig(name="Fuel", bearing=0.0, distance=1000.0, height=12.0, value=3.0), FRAME
    )
    np.testing.assert_allclose(asset.position, [0.0, 1000.0, 12.0], atol=1.0)
    assert (asset.radius, asset.value) == (100.0, 3.0)


SQUARE = "polygon = [[33.7, 42.3], [33.7, 42.5], [33.9, 42.5], [33.9, 42.3]]"


def test_a_file_with_everything():
    file = parse_toml(
        f"""
        [[asset]]
        name = "Hangar"
        latitude = 33.79
        longitude = 42.45
        [[zone]]
        name = "Outer"
        severity = "advisory"
        {SQUARE}
        [alert]
        horizon_s = 300
        allow = ["06a0b1", "RCH 1"]
        """,
        File,
    )
    assert file.zone[0].severity is Severity.ADVISORY
    assert len(file.zone[0].polygon) == 4
    assert file.alert.allow == ("06a0b1", "RCH 1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[zone]]\nname = "Z"', "radius"),
        (f'[[zone]]\nname = "Z"\nradius = 5\n{SQUARE}', "keep one"),
        ('[[zone]]\nname = "Z"\nradius = -5', "radius"),
        ('[[zone]]\nname = "Z"\nradius = 5\nfloor = 10\nceiling = 10', "floor must lie below"),
        ('[[zone]]\nname = "Z"\nradius = 5\nheight = 10', "'floor' and 'ceiling' instead"),
        ('[[zone]]\nname = "Z"\nradius = 5\nseverity = "bad"', "severity"),
        ('[[zone]]\nname = "Z"\nradius = 5\ncolour = "red"', "colour"),
        ('[[zone]]\nname = "Z"\npolygon = [[33.7, 42.3], [33.7, 42.5]]', "three corners"),
        ('[[zone]]\nname = "Z"\npolygon = [[93.7, 42.3], [33.7, 42.5], [33.9, 42.5]]', "polygon"),
        (f'[[zone]]\nname = "Z"\nbearing = 3\ndistance = 5\n{SQUARE}', "remove the place"),
        ('[[zone]]\nname = "Z"\npolygon = [[0, 0], [0, 2], [2, 0], [2, 2]]', "cross"),
        ('[[zone]]\nname = "Z"\npolygon = [[0, 0], [0, 1], [0, 2]]', "cross"),
        ('[[zone]]\nname = "Z"\npolygon = [[0, 0], [0, 4], [2, 4], [0, 2], [2, 0]]', "cross"),
        ("[alert]\nclear = 0.5", "clear must lie below"),
        ("[alert]\nprobability = 1.5", "probability"),
        ("[alert]\nhorizon_s = 0", "horizon_s"),
        ('[[asset]]\nname = "A"\nlatitude = 3', "longitude"),
    ],
)
def test_a_wrong_table_is_refused_with_key_and_remedy(text, words):
    with pytest.raises(ConfigError, match=words):
        parse_toml(text, File)


@pytest.mark.parametrize(
    "corners",
    [
        [(0, 0), (0, 2), (2, 2), (2, 0)],
        [(2, 0), (2, 2), (0, 2), (0, 0)],
        [(0, 0), (0, 2), (0, 4), (4, 4)],  # a corner in the middle of an edge
        [(0, 0), (0, 4), (4, 4), (4, 3), (1, 3), (1, 1), (4, 1), (4, 0)],  # a bay
    ],
)
def test_an_honest_polygon_is_taken(corners):
    assert ZoneConfig(name="Z", polygon=tuple(corners)).area(FRAME).vertices.shape == (len(corners), 2)
