#!/usr/bin/env python3
"""How long the least visible heights of 1001 x 1001 cells take, on one core, in processor time.

    python bench/terrain
    python bench/terrain --cells 2001

Budget: 2 s per sensor. Where gdal_viewshed is installed (Debian: gdal-bin), it is measured on the same
ground; its time includes reading and writing the file.
"""

from __future__ import annotations

import argparse
import math
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from tools.make_terrain import hills  # noqa: E402

from vedette.geo import LocalFrame, Skyline, Terrain  # noqa: E402

BUDGET = 2.0  # s
STEP = 30.0  # m, as SRTM
ROUNDS = 5


def ours(terrain: Terrain, antenna: LocalFrame) -> tuple[float, float]:
    """Best of some rounds, s: the skyline, and the least height above every cell."""
    axis = terrain.first[0] + np.arange(len(terrain.height)) * terrain.step
    east, north = (one.ravel() for one in np.meshgrid(axis, axis))
    azimuth, distance = np.mod(np.arctan2(east, north), 2.0 * math.pi), np.hypot(east, north)
    sweeps, maps = [], []
    for _ in range(ROUNDS):
        begin = time.process_time()
        skyline = Skyline.seen_from(antenna, terrain)
        swept = time.process_time()
        skyline.least_height(azimuth, distance)
        sweeps.append(swept - begin)
        maps.append(time.process_time() - swept)
    return min(sweeps), min(maps)


def gdal(height: NDArray[np.float64], mast: float) -> float | None:
    """Processor seconds of gdal_viewshed; None where it or rasterio is not installed."""
    try:
        import rasterio
    except ImportError:
        return None
    if shutil.which("gdal_viewshed") is None:
        return None
    count = len(height)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dem.tif"
        place = rasterio.Affine(STEP, 0.0, 500_000.0, 0.0, -STEP, 5_000_000.0)
        size = {"width": count, "height": count, "count": 1, "dtype": "float32"}
        with rasterio.open(path, "w", driver="GTiff", crs="EPSG:32626", transform=place, **size) as file:
            file.write(height[::-1].astype(np.float32), 1)
        middle = (count // 2 + 0.5) * STEP
        words = ["-q", "-ox", 500_000 + middle, "-oy", 5_000_000 - middle, "-oz", mast, "-cc", 0.75]
        words += ["-om", "DEM", "-md", 0, path, Path(folder) / "out.tif"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["gdal_viewshed", *map(str, words)], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, default=1001, help="per side, 1001 unless given")
    count = parser.parse_args().cells
    frame = LocalFrame("enu:bench", math.radians(46.0), math.radians(-30.0), 300.0)
    height = 300.0 + 80.0 * hills(np.random.default_rng(1), count, count)
    middle = float(height[count // 2, count // 2])
    antenna = LocalFrame("enu:mast", frame.latitude, frame.longitude, middle + 15.0)
    sweep, look_up = ours(Terrain.of(frame, height, STEP), antenna)
    print(f"{count} x {count} cells of {STEP:.0f} m")
    print(f"skyline        {sweep:7.3f} s")
    print(f"least heights  {look_up:7.3f} s   {count * count / look_up / 1e6:.0f} million look-ups a second")
    print(f"together       {sweep + look_up:7.3f} s   budget {BUDGET:.0f} s")
    peer = gdal(height, 15.0)
    print("gdal_viewshed    not installed" if peer is None else f"gdal_viewshed  {peer:7.3f} s")


if __name__ == "__main__":
    main()
