#!/usr/bin/env python3
"""Make the ground of the example site: a valley between hills that exist nowhere.

    python tools/make_terrain.py                  # examples/valley.tif
    python tools/make_terrain.py --out other.tif --seed 2

The ground is invented: random hills with the spectrum of eroded land, a winding valley cut through them,
and one ridge across the east. It lies in the middle of the North Atlantic, so that nobody takes it for a real
place. The same seed gives the same heights. Needs rasterio: pip install 'vedette[terrain]'.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[1]
LATITUDE, LONGITUDE = 46.0, -30.0  # degrees, of the middle: open ocean
SPACING = 3.0 / 3600.0  # degrees, as DTED level 1
ROWS, COLUMNS = 561, 801  # about 52 km by 52 km
NODATA = -32767


def hills(rng: np.random.Generator, rows: int, columns: int, exponent: float = 2.1) -> Array:
    """(rows, columns) of a random field whose amplitude falls as 1/f^exponent, mean 0, deviation 1.

    (Turcotte, Fractals and Chaos in Geology and Geophysics: power spectra of topography fall about as f⁻².)
    """
    frequency = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None])
    frequency[0, 0] = np.inf
    noise = np.fft.rfft2(rng.standard_normal((rows, columns)))
    field = np.fft.irfft2(noise / (frequency + 3.0 / rows) ** exponent, (rows, columns))
    return (field - field.mean()) / field.std()


def heights(seed: int = 1) -> Array:
    """(ROWS, COLUMNS) whole metres above the sea, from north to south and west to east."""
    rng = np.random.default_rng(seed)
    north = (np.arange(ROWS)[::-1, None] - ROWS // 2) * 92.6  # m from the middle
    east = (np.arange(COLUMNS)[None] - COLUMNS // 2) * 64.4
    ground = 320.0 + 110.0 * hills(rng, ROWS, COLUMNS)
    ground += 180.0 * np.exp(-(((east - 9_000.0 - 0.15 * north) / 900.0) ** 2))  # a ridge
    bed = 2_500.0 * np.sin(east / 9_000.0)  # where the valley winds
    near = np.exp(-(((north - bed) / 2_600.0) ** 2))
    floor = 120.0 + 0.0015 * east
    return np.round(np.maximum(ground + near * (floor - ground), 5.0))


def write(path: Path, ground: Array) -> None:
    """As GeoTIFF, heights above EGM96 in whole metres."""
    import rasterio
    from rasterio.transform import from_origin

    west = LONGITUDE - (COLUMNS // 2 + 0.5) * SPACING
    top = LATITUDE + (ROWS // 2 + 0.5) * SPACING
    with rasterio.open(
        path, "w", driver="GTiff", width=ground.shape[1], height=ground.shape[0], count=1, dtype="int16",
        crs="EPSG:4326", transform=from_origin(west, top, SPACING, SPACING), nodata=NODATA,
        compress="deflate", predictor=2,
    ) as file:  # fmt: skip
        file.write(np.where(np.isnan(ground), NODATA, ground).astype(np.int16), 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "examples" / "valley.tif")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    write(asked.out, heights(asked.seed))
    print(asked.out)


if __name__ == "__main__":
    main()
