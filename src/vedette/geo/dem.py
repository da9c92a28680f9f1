"""Digital elevation models in files, GeoTIFF or DTED, onto a site's own grid.

Reading them needs rasterio, the extra `terrain`. Drivers are named one by one: what is opened is a file of
heights, never a description that leads elsewhere.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from vedette.config import Table, TableError
from vedette.geo.frame import SEMI_MAJOR, Array, LocalFrame
from vedette.geo.geoid import undulation
from vedette.geo.terrain import Terrain
from vedette.units import DEGREE

DRIVERS = ("GTiff", "DTED", "SRTMHGT")
LOWEST, HIGHEST = -500.0, 9000.0  # m above the sea: beyond these a height is a marker for "no data"
DEFAULT_EXTENT = 50_000.0  # m
MOST_NODES = 2001  # per side: 32 MB
USUAL_NODES = 1001
METRES = (None, "", "m", "metre", "meter", "metres", "meters")

Step = Annotated[float, Meta(ge=1, le=5000, description="a distance in m between two heights")]
Extent = Annotated[float, Meta(ge=100, le=500_000, description="half the side of the map in m")]


class TerrainConfig(Table, frozen=True, kw_only=True):
    """`[terrain]`: elevation models; relative paths count from the site file.

    file        GeoTIFF, DTED or SRTM tile, or a list of them; the first with a height for a place gives it
    extent      half the side of the map about the site's reference point, m
    resolution  of the map, m; the file's own unless given, but no finer than a thousandth of the map's side
    datum       of the file's heights: above mean sea level (EGM96), or above the ellipsoid
    """

    file: str | tuple[str, ...]
    extent: Extent = DEFAULT_EXTENT
    resolution: Step | None = None
    datum: Literal["egm96", "ellipsoid"] = "egm96"

    def __post_init__(self) -> None:
        if not self.files or not all(self.files):
            raise TableError("name at least one file of heights, a GeoTIFF or DTED file.", "file")
        if self.resolution is not None and 2.0 * self.extent / self.resolution > MOST_NODES - 1:
            least = math.ceil(2.0 * self.extent / (MOST_NODES - 1))
            raise TableError(
                f"so fine a map would be larger than {MOST_NODES} x {MOST_NODES} heights; take {least} or "
                "more, or a smaller extent.",
                "resolution",
            )

    @property
    def files(self) -> tuple[str, ...]:
        return (self.file,) if isinstance(self.file, str) else self.file


def read_terrain(config: TerrainConfig, folder: Path, frame: LocalFrame) -> Terrain:
    """The ground about `frame` from the files that `config` names, relative to `folder`.

    Where the files are finer than the map, heights are averaged over its cells; a cell without any data has
    none. Raises TableError, with the key inside `[terrain]`, for files that cannot be used.
    """
    paths = list(_paths(config, folder))
    step = config.resolution or _usual_step(paths, config.extent)
    half = max(1, round(config.extent / step))
    axis = np.arange(-half, half + 1) * step
    places = _on_ground(frame, *np.meshgrid(axis, axis))
    height = np.full(len(places), np.nan)
    for key, path in paths:
        missing = np.isnan(height)
        height[missing] = _sample(path, key, places[missing], step)
    if config.datum == "egm96":
        height += undulation(places[:, 0], places[:, 1])
    if not np.isfinite(height).any():
        raise TableError(
            f"{_listed(paths)} no height within {config.extent / 1e3:.0f} km of the site; name the tile that "
            "covers it, or mend the site's latitude and longitude.",
            "file",
        )
    return Terrain.of(frame, height.reshape(len(axis), len(axis)), step)


def _listed(paths: list[tuple[int | None, Path]]) -> str:
    names = ", ".join(path.name for _, path in paths)
    return f"{names} {'has' if len(paths) == 1 else 'have'}"


def _paths(config: TerrainConfig, folder: Path) -> Iterator[tuple[int | None, Path]]:
    """Each file with its number in the list, None where the key is no list."""
    for i, name in enumerate(config.files):
        number = None if isinstance(config.file, str) else i
        path = folder / name
        if not path.is_file():
            raise _wrong(number, f"there is no file {path}; relative paths count from the site file.")
        yield number, path


def _wrong(number: int | None, sentence: str) -> TableError:
    return TableError(sentence, "file") if number is None else TableError(sentence, "file", number)


def _on_ground(frame: LocalFrame, east: Array, north: Array) -> Array:
    """(K, 3) geodetic places of grid nodes, on the ellipsoid raised to the frame's origin."""
    M, N = frame.radii
    up = -(north * north / (2.0 * M) + east * east / (2.0 * N))
    return frame.to_geodetic(np.stack([east, north, up], axis=-1).reshape(-1, 3))


def _rasterio(number: int | None) -> Any:
    """The package, or how to get it."""
    try:
        import rasterio
    except ImportError:
        raise _wrong(
            number,
            "reading an elevation model needs the package rasterio; install it with "
            "`pip install 'vedette[terrain]'`, or remove [terrain].",
        ) from None
    return rasterio


def _opened(path: Path, number: int | None) -> Any:
    rasterio = _rasterio(number)
    from rasterio.errors import NotGeoreferencedWarning, RasterioIOError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        for driver in DRIVERS:
            with suppress(RasterioIOError):
                return rasterio.open(path, driver=driver)
    raise _wrong(number, f"{path.name} is no elevation model that can be read; give a GeoTIFF or DTED file.")


def _open(path: Path, number: int | None) -> Any:
    """The open dataset, checked to be one band of heights in metres that says where it lies."""
    source = _opened(path, number)
    fault = ""
    if source.crs is None:
        fault = "does not say where it lies; give it a coordinate system, e.g. with `rio edit-info --crs`."
    elif source.count != 1:
        fault = (
            f"has {source.count} bands, so it is a picture and no elevation model; give one band of heights."
        )
    elif source.units[0] not in METRES:
        fault = f"holds heights in '{source.units[0]}'; convert them to metres."
    if fault:
        source.close()
        raise _wrong(number, f"{path.name} {fault}")
    return source


def _pixel(source: Any) -> float:
    """The finer side of a pixel in m."""
    a, b, d, e = (source.transform[i] for i in (0, 1, 3, 4))
    sides = math.hypot(a, d), math.hypot(b, e)
    if not source.crs.is_geographic:
        return float(min(sides) * source.crs.linear_units_factor[1])
    middle = (source.bounds.top + source.bounds.bottom) / 2.0 * DEGREE
    return min(sides[0] * math.cos(middle), sides[1]) * DEGREE * SEMI_MAJOR


def _usual_step(paths: list[tuple[int | None, Path]], extent: float) -> float:
    """The pixels' own size in whole metres, but no finer than 1001 nodes per side."""
    pixels = []
    for number, path in paths:
        with _open(path, number) as source:
            pixels.append(_pixel(source))
    return float(max(1, round(min(pixels)), math.ceil(2.0 * extent / (USUAL_NODES - 1))))


def _sample(path: Path, number: int | None, places: Array, step: float) -> Array:
    """(K, 3) geodetic → (K,) the file's heights there, bilinear; NaN where it has none."""
    with _open(path, number) as source:
        column, row = _pixels(source, places)
        inside = (column > -1) & (row > -1) & (column < source.width) & (row < source.height)
        found = np.full(len(places), np.nan)
        if inside.any():
            found[inside] = _read(source, row[inside], column[inside], step)
        return found


def _pixels(source: Any, places: Array) -> tuple[Array, Array]:
    """Column and row of each place, counted from the centre of the first pixel."""
    longitude, latitude = places[:, 1] / DEGREE, places[:, 0] / DEGREE
    if source.crs.to_epsg() == 4326:
        middle = (source.bounds.left + source.bounds.right) / 2.0  # a file may count from 0° to 360°
        x, y = middle + np.mod(longitude - middle + 180.0, 360.0) - 180.0, latitude
    else:
        from rasterio.warp import transform

        x, y = map(np.asarray, transform("EPSG:4326", source.crs, longitude, latitude))
    inverse = ~source.transform
    column = inverse.a * x + inverse.b * y + inverse.c
    row = inverse.d * x + inverse.e * y + inverse.f
    return column - 0.5, row - 0.5


def _read(source: Any, row: Array, column: Array, step: float) -> Array:
    """Only the window that is asked for, averaged in blocks where its pixels are finer than the map."""
    from rasterio.enums import Resampling
    from rasterio.windows import Window

    block = max(1, int(step / _pixel(source) + 0.01))
    top, left = max(int(row.min()) - block, 0), max(int(column.min()) - block, 0)
    high = min(math.ceil(row.max()) + 2 * block, source.height) - top
    wide = min(math.ceil(column.max()) + 2 * block, source.width) - left
    high, wide = high // block * block, wide // block * block  # whole blocks, and never beyond the file
    if not (high and wide):
        return np.full(len(row), np.nan)
    values = source.read(
        1, window=Window(left, top, wide, high), out_shape=(high // block, wide // block), masked=True,
        resampling=Resampling.average,
    )  # fmt: skip
    heights = np.asarray(values.astype(float).filled(np.nan))
    heights[(heights < LOWEST) | (heights > HIGHEST)] = np.nan
    shift = (block - 1) / 2.0  # the centre of a block, in pixels
    return _bilinear(heights, (row - top - shift) / block, (column - left - shift) / block)


def _bilinear(z: Array, row: Array, column: Array) -> Array:
    """Half a pixel beyond the outermost centres still belongs to the outermost pixels."""
    from vedette.kernel.skyline import ground

    def within(index: Array, size: int) -> Array:
        outside = (index < -0.5) | (index > size - 0.5)
        return np.where(outside, np.nan, np.clip(index, 0.0, size - 1.0))

    rows, columns = within(row, z.shape[0]), within(column, z.shape[1])
    found: NDArray[np.float64] = ground(np.ascontiguousarray(z), np.zeros(2), 1.0, columns, rows)
    return found
