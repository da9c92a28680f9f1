"""Terrain in the site file: the example, its mistakes, what doctor says, and replays without the file."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Figures, Vedette, figures, vedette  # noqa: F401
from tests.site.valley import valley, valley_file
from vedette.cli.chart import BANDS, HIDDEN, HIGHER, OUTSIDE, STRIPES
from vedette.clock import NS
from vedette.errors import ConfigError
from vedette.pipeline import Pipeline, metadata_of, site_of
from vedette.scenario import World, load_scenario, simulate
from vedette.site import Site, load_site
from vedette.store import Recorder, encode_tracks, open_recording
from vedette.types import Mode

FLIGHT = """
[scenario]
name = "along"
site = "site.toml"
start = 2026-01-01T00:00:00Z
seed = 3
[[platform]]
name = "one"
class = "one-way-attack"
waypoints = [{ bearing = 80, distance = 7_000, height = 150 }, { bearing = 0, distance = 100, height = 120 }]
[[platform]]
name = "behind the ridge"
class = "one-way-attack"
waypoints = [{ bearing = 20, distance = 14e3, height = 250 }, { bearing = 350, distance = 9e3, height = 250 }]
"""


def test_the_example_loads_without_a_warning(tmp_path: Path) -> None:
    site = valley(tmp_path)
    assert site.fictional
    assert site.terrain is not None
    assert site.terrain.known == 1.0
    assert list(site.warnings()) == []


def test_a_sensor_under_the_ground_is_refused_with_its_key_and_the_mend(tmp_path: Path) -> None:
    path = valley_file(tmp_path)
    path.write_text(path.read_text().replace("height = 285 ", "height = 16 "))
    line = next(i for i, one in enumerate(path.read_text().splitlines(), 1) if one.startswith("height = 16"))
    with pytest.raises(ConfigError) as caught:
        load_site(path)
    said = str(caught.value)
    assert f"site.toml:{line}, key 'sensor \"Hill radar\".height'" in said
    assert "would stand 253 m under the ground" in said
    assert "raise its height to 269 and the height of its mast" in said


@pytest.mark.parametrize("key", ["frequency = 9.4e9", "clutter_gamma = -15"])
def test_an_antenna_on_the_ground_is_refused_where_the_ground_counts(key: str, tmp_path: Path) -> None:
    """On smooth ground; a mast, on it or on a hill, is taken."""
    path = valley_file(tmp_path)
    hilly = path.read_text().replace("height = 285 ", f"{key}\nheight = 285 ")
    begin = hilly.index("\n[terrain]")
    flat = hilly[:begin] + hilly[hilly.index("\n[", begin + 1) :]
    for text in (hilly, flat.replace("height = 285 ", "height = 5 ")):
        path.write_text(text)
        assert load_site(path).sensors
    path.write_text(flat.replace("height = 285 ", "height = 0 "))
    with pytest.raises(ConfigError, match=r"Hill radar.*height.*an antenna on the ground sees nothing"):
        load_site(path)


@pytest.mark.slow
def test_doctor_says_the_same(vedette: Vedette, tmp_path: Path) -> None:  # noqa: F811
    path = valley_file(tmp_path)
    assert "heights, 64 m apart, 100.0% with data" in vedette("doctor", path).stdout
    path.write_text(path.read_text().replace("height = 285 ", "height = 16 "))
    done = vedette("doctor", path)
    assert done.returncode == 1
    assert "under the ground" in done.stdout


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"file": '"valey.tif"'}, "key 'terrain.file': there is no file"),
        ({"file": '["valley.tif", "b.tif"]'}, "key 'terrain.file[2]': there is no file"),
        ({"file": "[]"}, "key 'terrain.file': name at least one file"),
        ({"extent": "0"}, "key 'terrain.extent': 0 will not do"),
        ({"extent": "25_000\nresolution = 2"}, "key 'terrain.resolution': so fine a map"),
        ({"extent": '25_000\ndatum = "egm2008"'}, "key 'terrain.datum'"),
        ({"latitude": "47"}, "key 'terrain.file': valley.tif has no height within 25 km"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, keys: dict[str, str], said: str) -> None:
    path = valley_file(tmp_path, **keys)
    with pytest.raises(ConfigError) as caught:
        load_site(path)
    assert said in str(caught.value)


def test_what_is_probably_not_meant_is_said(tmp_path: Path) -> None:
    path = valley_file(tmp_path, extent="40_000", elevation="220.0")
    warned = " ".join(load_site(path).warnings())
    assert "reference point lies 100 m above the ground" in warned
    assert "no data for" in warned
    sea = path.read_text().replace("bearing = 45\ndistance = 9_000", "bearing = 45\ndistance = 55_000")
    path.write_text(sea)
    assert "'Hill radar' stands where the terrain has no data" in " ".join(load_site(path).warnings())


def flown(site: Site, folder: Path, recorder: Recorder | None = None) -> list[bytes]:
    """The tracks after each scan of a minute's flight through the pipeline."""
    (folder / "flight.toml").write_text(FLIGHT)
    world = World(load_scenario(folder / "flight.toml"), site.frame)
    pipeline = Pipeline(site, recorder, mode=Mode.EXERCISE)
    found = []
    for scan in simulate(world, site.sensors):
        if scan.t1 > world.begin + 60 * NS:
            break
        pipeline.step(scan)
        found.append(encode_tracks(scan.t1, pipeline.picture.tracks))
    pipeline.close()
    return found


def test_a_recording_is_replayed_without_the_elevation_files(tmp_path: Path) -> None:
    site = valley(tmp_path, extent=16_000, resolution=250)
    recorder = Recorder(tmp_path / "run.mcap", metadata_of(site, Mode.EXERCISE))
    live = flown(site, tmp_path, recorder)
    (tmp_path / "valley.tif").unlink()
    again = site_of(open_recording(tmp_path / "run.mcap"))
    assert again.terrain is not None
    assert site.terrain is not None
    np.testing.assert_array_equal(again.terrain.height, site.terrain.height)
    replayed = flown(again, tmp_path)
    assert replayed == live
    assert len(live) > 80


@pytest.mark.slow
def test_coverage_as_figures_and_files(figures: Figures, tmp_path: Path) -> None:  # noqa: F811
    rasterio = pytest.importorskip("rasterio")
    path = valley_file(tmp_path, extent="10_000\nresolution = 200")
    for ending in ("png", "tif", "json"):
        said = figures("coverage", path, "--cells", 61, "--extent", 14_000, "--out", tmp_path / f"c.{ending}")
    assert said["fused_from"] == ["Hill radar", "Valley radar"]
    fused, one = said["fused"], said["sensors"]["Valley radar"]
    assert 0.1 < one["seen_below_60_m"] <= fused["seen_below_60_m"] < fused["seen_below_300_m"] < 1.0
    assert fused["no_data"] > 0.3
    less = figures("coverage", path, "--cells", 61, "--extent", 14_000, "--without", "Hill radar")
    assert less["fused_from"] == ["Valley radar"]
    assert less["fused"] == one
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a picture lies nowhere
        with rasterio.open(tmp_path / "c.png") as picture:
            assert (picture.count, picture.shape) == (3, (61 * 14, 61 * 14))
            pixels = np.moveaxis(picture.read(), 0, -1).reshape(-1, 3)
    assert {tuple(map(int, one)) for one in np.unique(pixels, axis=0)} >= set(STRIPES)
    with rasterio.open(tmp_path / "c.tif") as file:
        height, state = file.read(1, masked=True), file.read(2)
        x, y = file.transform.c, file.transform.f
        from pyproj import Transformer

        east, north = Transformer.from_crs(file.crs.to_wkt(), "EPSG:4326", always_xy=True).transform(x, y)
    site = load_site(path)
    corner = np.degrees(site.frame.to_geodetic([x, y, -(x * x + y * y) / 2 / 6.38e6])[:2])
    assert (north, east) == pytest.approx(tuple(corner), abs=1e-5)
    assert (np.ma.getmaskarray(height) == (state != 0)).all()
    assert (height <= 60.0).filled(False).mean() == pytest.approx(fused["seen_below_60_m"])


def test_every_answer_has_a_colour_of_its_own() -> None:
    colours = [colour for _, colour in BANDS] + [HIGHER, HIDDEN, OUTSIDE]
    assert len(set(colours)) == len(colours) == 7
    assert not set(STRIPES) & set(colours)


def test_what_coverage_cannot_do_is_said(figures: Figures, tmp_path: Path) -> None:  # noqa: F811
    path = valley_file(tmp_path, extent="5_000\nresolution = 500")
    for words, said in {
        ("--layer", "South radar"): "There is no sensor 'South radar'; the site has ADS-B, Hill radar",
        ("--out", "map.gif"): "should end in .png, .tif, .json",
        ("--out", "none/map.png", "--cells", "11"): "cannot be written",
    }.items():
        with pytest.raises(ConfigError) as caught:
            figures("coverage", path, *words)
        assert said in str(caught.value)
