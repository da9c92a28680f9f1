"""Elevation models from files: the heights of the file, above the ellipsoid; no data is never a height."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tools import make_terrain

from vedette.config import TableError
from vedette.errors import ConfigError
from vedette.geo import LocalFrame, Terrain, TerrainConfig, read_terrain, undulation

rasterio = pytest.importorskip("rasterio")
from rasterio.shutil import copy  # noqa: E402
from rasterio.transform import from_origin  # noqa: E402

Array = NDArray[np.float64]
SITE = LocalFrame("enu:valley", math.radians(46.0), math.radians(-30.0), 180.0)


def write(path: Path, z: Array, transform: Any, **more: Any) -> Path:
    kept = {"driver": "GTiff", "crs": "EPSG:4326", "nodata": -9999, "dtype": "float32"} | more
    size = {"width": z.shape[1], "height": z.shape[0], "count": 1}
    with rasterio.open(path, "w", transform=transform, **size, **kept) as file:
        file.write(np.where(np.isnan(z), kept["nodata"] or 0, z).astype(kept["dtype"]), 1)
    return path


def plane(rows: int, columns: int) -> Array:
    """Heights that bilinear interpolation keeps: 100 + 2 row + 3 column."""
    return 100.0 + 2.0 * np.arange(rows)[:, None] + 3.0 * np.arange(columns)[None]


def degrees(size: float = 0.001, half: int = 100) -> Any:
    """Pixels of `size` degrees whose middle one is centred on the site."""
    return from_origin(-30.0 - (half + 0.5) * size, 46.0 + (half + 0.5) * size, size, size)


def expected(terrain: Terrain, size: float = 0.001, half: int = 100) -> Array:
    """The plane of `degrees` at the terrain's nodes, above the ellipsoid."""
    axis = terrain.first[0] + np.arange(len(terrain.height)) * terrain.step
    e, n = np.meshgrid(axis, axis)
    M, N = SITE.radii
    geodetic = SITE.to_geodetic(np.stack([e, n, -(n * n / (2 * M) + e * e / (2 * N))], -1))
    row = (46.0 - np.degrees(geodetic[..., 0])) / size + half
    column = (np.degrees(geodetic[..., 1]) + 30.0) / size + half
    return 100.0 + 2.0 * row + 3.0 * column + undulation(geodetic[..., 0], geodetic[..., 1])


def read(folder: Path, file: str | tuple[str, ...] = "dem.tif", **keys: Any) -> Terrain:
    return read_terrain(TerrainConfig(file=file, **{"extent": 5_000.0, **keys}), folder, SITE)


def test_heights_are_the_files_above_the_ellipsoid(tmp_path: Path) -> None:
    write(tmp_path / "dem.tif", plane(201, 201), degrees())
    terrain = read(tmp_path)
    assert terrain.step == 77.0  # 0.001° of longitude at 46° is 77.3 m
    assert terrain.known == 1.0
    np.testing.assert_allclose(terrain.height, expected(terrain), atol=0.051)
    raised = read(tmp_path, datum="ellipsoid").height
    undulation_there = float(undulation(SITE.latitude, SITE.longitude))
    assert np.median(terrain.height - raised) == pytest.approx(undulation_there, abs=0.11)


def test_a_dted_cell_is_read(tmp_path: Path) -> None:
    """Level 1: one degree, 3″ posts, big-endian, voids −32767; posts are points and not areas."""
    z = np.round(200.0 + 50.0 * np.sin(np.arange(1201) / 90.0)[:, None] + np.arange(1201)[None] / 20.0)
    z[:300] = np.nan
    size = 3.0 / 3600.0
    place = from_origin(-30.0 - size / 2, 46.0 + size / 2, size, size)
    write(tmp_path / "n45w030.tif", z, place, dtype="int16", nodata=-32767)
    with rasterio.open(tmp_path / "n45w030.tif") as source:
        copy(source, tmp_path / "n45w030.dt1", driver="DTED")
    site = LocalFrame("enu:s", math.radians(45.5), math.radians(-29.5), 0.0)
    config = TerrainConfig(file="n45w030.dt1", extent=8_000.0, datum="ellipsoid")
    assert read_terrain(config, tmp_path, site).ground(np.zeros(3)) == pytest.approx(z[600, 600], abs=0.06)
    north = LocalFrame("enu:n", math.radians(45.75), math.radians(-29.5), 0.0)
    half = read_terrain(config, tmp_path, north)
    assert half.known == pytest.approx(0.5, abs=0.02)
    assert np.nanmin(half.height) > 100.0


def test_no_data_is_never_a_height(tmp_path: Path) -> None:
    """Declared, undeclared, beside the file's edge, and in averages over cells: NaN or the true plane."""
    z = plane(201, 201)
    z[90:95, 90:130] = np.nan
    for name, keys in {"declared": {}, "not": {"nodata": None}, "coarse": {}}.items():
        marked = np.where(np.isnan(z), -32768.0, z) if name == "not" else z
        write(tmp_path / f"{name}.tif", marked, degrees(), **keys)
        terrain = read(
            tmp_path, f"{name}.tif", extent=20_000.0, resolution=400.0 if name == "coarse" else None
        )
        data = np.isfinite(terrain.height)
        assert 0.1 < data.mean() < 0.5
        # within half a pixel of the file's edge its outermost height goes on
        atol = 3.0 if name != "coarse" else 12.0
        np.testing.assert_allclose(terrain.height[data], expected(terrain)[data], atol=atol)
        if name != "coarse":  # there the gap is as narrow as a cell
            assert np.isnan(terrain.ground(np.array([1_000.0, 800.0])))


def test_finer_files_are_averaged_over_the_cells_of_the_map(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).normal(0.0, 20.0, (201, 201))
    write(tmp_path / "dem.tif", plane(201, 201) + noise, degrees())
    terrain = read(tmp_path, resolution=620.0)
    assert (terrain.height - expected(terrain)).std() < 20.0 / 5.0  # blocks of 8 x 8, bilinear between


def test_a_projected_file_is_put_in_place(tmp_path: Path) -> None:
    """UTM zone 26 north: the same plane in metres, against pyproj."""
    from pyproj import Transformer

    to_utm = Transformer.from_crs("EPSG:4326", "EPSG:32626", always_xy=True)
    x, y = to_utm.transform(-30.0, 46.0)
    write(
        tmp_path / "dem.tif", plane(201, 201), from_origin(x - 10_050, y + 10_050, 100, 100), crs="EPSG:32626"
    )
    terrain = read(tmp_path, datum="ellipsoid")
    for east, north in ((0.0, 0.0), (3_100.0, -2_300.0)):
        latitude, longitude, _ = SITE.to_geodetic([east, north, 0.0])
        there = to_utm.transform(math.degrees(longitude), math.degrees(latitude))
        height = 100.0 + 2.0 * (100 + (y - there[1]) / 100) + 3.0 * (100 + (there[0] - x) / 100)
        assert terrain.ground(np.array([east, north])) == pytest.approx(height, abs=0.1)


def test_tiles_complete_each_other(tmp_path: Path) -> None:
    whole = plane(201, 201)
    west, east = whole.copy(), whole.copy()
    west[:, 110:], east[:, :105] = np.nan, np.nan
    write(tmp_path / "west.tif", west, degrees())
    write(tmp_path / "east.tif", east, degrees())
    assert read(tmp_path, "west.tif").known < 0.7
    terrain = read(tmp_path, ("west.tif", "east.tif"))
    np.testing.assert_allclose(terrain.height, expected(terrain), atol=0.051)


def test_what_a_recording_keeps_is_the_same_ground(tmp_path: Path) -> None:
    make_terrain.write(tmp_path / "valley.tif", make_terrain.heights())
    terrain = read(tmp_path, "valley.tif", extent=30_000.0, resolution=300.0)
    assert 0.5 < terrain.known < 1.0
    again = Terrain.unpack(SITE, terrain.pack())
    assert again.step == terrain.step
    assert again.height.tobytes() == terrain.height.tobytes()
    for damaged in ("", "3 100.0 AAAA", terrain.pack()[:-30], "x y z"):
        with pytest.raises(ConfigError, match="damaged"):
            Terrain.unpack(SITE, damaged)


def test_the_invented_valley_is_the_same_every_time() -> None:
    z = make_terrain.heights()
    np.testing.assert_array_equal(z, make_terrain.heights())
    assert not np.array_equal(z, make_terrain.heights(2))
    assert 0.0 < z.min() < 150.0 < 500.0 < z.max() < 1000.0


def test_what_cannot_be_used_is_said_with_its_key(tmp_path: Path) -> None:
    write(tmp_path / "dem.tif", plane(201, 201), degrees())
    write(tmp_path / "lost.tif", plane(20, 20), from_origin(0, 20, 1, 1), crs=None)
    write(tmp_path / "far.tif", plane(20, 20), from_origin(10, 20, 0.1, 0.1))
    (tmp_path / "text.tif").write_text("not a picture")
    with rasterio.open(
        tmp_path / "photo.tif", "w", driver="GTiff", width=4, height=4, count=3, dtype="uint8",
        crs="EPSG:4326", transform=degrees(),
    ):  # fmt: skip
        pass
    with (
        rasterio.open(tmp_path / "dem.tif") as source,
        rasterio.open(tmp_path / "feet.tif", "w", **source.profile) as feet,
    ):
        feet.write(source.read())
        feet.units = ("ft",)
    for file, said in {
        "none.tif": "there is no file",
        "lost.tif": "does not say where it lies",
        "far.tif": "no height within 5 km of the site",
        "text.tif": "is no elevation model that can be read",
        "photo.tif": "has 3 bands",
        "feet.tif": "in 'ft'; convert them to metres",
    }.items():
        with pytest.raises(TableError, match=said) as caught:
            read(tmp_path, file)
        assert caught.value.path[0] == "file"
    with pytest.raises(TableError, match="there is no file") as caught:
        read(tmp_path, ("dem.tif", "other.tif"))
    assert caught.value.path == ("file", 1)
    with pytest.raises(TableError, match="take 50 or more"):
        TerrainConfig(file="dem.tif", extent=50_000.0, resolution=10.0)
    with pytest.raises(TableError, match="at least one file"):
        TerrainConfig(file=())


def test_without_rasterio_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "dem.tif", plane(201, 201), degrees())
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(TableError, match=r"pip install 'vedette\[terrain\]'"):
        read(tmp_path)
