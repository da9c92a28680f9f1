"""Write tests/geo/data/viewshed.json: invented hills as gdal_viewshed (GDAL 3.6) sees them.

    python -m tests.geo.make_viewshed

GDAL sweeps rings of cells outward with reference planes (Wang, Robinson and White, 2000), which is another
method than ours. Its curvature coefficient 0.75 is the 4/3 Earth: 1 − 1/k = 0.25 of the curvature is
refracted away.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tools.make_terrain import hills

DATA = Path(__file__).parent / "data" / "viewshed.json"
COUNT, STEP = 71, 100.0  # nodes per side, m
ANTENNA = 15.0  # m above the ground
NODES = ((35, 35), (14, 50))  # row from the south, column from the west


def heights() -> NDArray[np.float64]:
    """(COUNT, COUNT) m, from south to north: hills with a standard deviation of 60 m."""
    return np.round(300.0 + 60.0 * hills(np.random.default_rng(3), COUNT, COUNT, exponent=3.0), 1)


def viewshed(row: int, column: int, folder: Path) -> NDArray[np.float64]:
    """(COUNT, COUNT) least visible height in m as GDAL has it, in our order of rows."""
    import rasterio
    from rasterio.transform import from_origin

    west, top = 500_000.0, 5_000_000.0
    place = from_origin(west - STEP / 2, top + STEP / 2, STEP, STEP)
    size = {"width": COUNT, "height": COUNT, "count": 1, "dtype": "float32"}
    with rasterio.open(
        folder / "dem.tif", "w", driver="GTiff", crs="EPSG:32626", transform=place, **size
    ) as file:
        file.write(heights()[::-1].astype(np.float32), 1)
    x, y = west + column * STEP, top - (COUNT - 1 - row) * STEP
    words = ["-q", "-ox", x, "-oy", y, "-oz", ANTENNA, "-cc", 0.75, "-om", "DEM", "-md", 0]
    command = ["gdal_viewshed", *map(str, words), str(folder / "dem.tif"), str(folder / "out.tif")]
    subprocess.run(command, check=True)
    with rasterio.open(folder / "out.tif") as file:
        return np.asarray(file.read(1)[::-1])


def main() -> None:
    found = []
    for row, column in NODES:
        with tempfile.TemporaryDirectory() as folder:
            least = np.round(viewshed(row, column, Path(folder)), 1).tolist()
        found.append({"row": row, "column": column, "least": least})
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps(found, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
