"""The example site in the invented valley, with its elevation model made on the spot."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tools import make_terrain

from vedette.site import Site, load_site

EXAMPLE = Path(__file__).parents[2] / "examples" / "valley.toml"


@cache
def heights() -> NDArray[np.float64]:
    return make_terrain.heights()


def valley_file(folder: Path, **replaced: str) -> Path:
    """site.toml and valley.tif in `folder`; values replace those of keys that stand once in the example."""
    pytest.importorskip("rasterio")
    make_terrain.write(folder / "valley.tif", heights())
    text = EXAMPLE.read_text()
    for key, value in replaced.items():
        (line,) = [one for one in text.splitlines() if one.startswith(f"{key} = ")]
        text = text.replace(line, f"{key} = {value}")
    path = folder / "site.toml"
    path.write_text(text)
    return path


def valley(folder: Path, *, extent: float = 25_000, resolution: float | None = None) -> Site:
    keys = f"{extent}" if resolution is None else f"{extent}\nresolution = {resolution}"
    return load_site(valley_file(folder, extent=keys))
