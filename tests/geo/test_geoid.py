"""The EGM96 grid against NGA's own sample output, and a clear sentence where the grid is missing."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from vedette.errors import ConfigError
from vedette.geo import geoid, undulation

needs_grid = pytest.mark.skipif(
    not (files("vedette.geo") / geoid.FILE).is_file(), reason="the grid is made by tools/make_geoid.py"
)

# NGA's OUTINTPT.DAT, the sample output that comes with the EGM96 grid. It interpolates by splines, so a
# bilinear value may differ by some centimetres.
PUBLISHED = [
    (38.6281550, 269.7791550, -31.628),
    (-14.6212170, 305.0211140, -2.969),
    (46.8743190, 102.4487290, -43.575),
    (-23.6174460, 133.8747120, 15.871),
    (38.6254730, 359.9995000, 50.066),
    (-0.4667440, 0.0023000, 17.329),
]


@needs_grid
@pytest.mark.parametrize(("latitude", "longitude", "expected"), PUBLISHED)
def test_published_values(latitude: float, longitude: float, expected: float) -> None:
    assert undulation(np.radians(latitude), np.radians(longitude)) == pytest.approx(expected, abs=0.06)


@needs_grid
def test_known_point_and_poles() -> None:
    assert undulation(0.0, 0.0) == pytest.approx(17.16, abs=1e-9)
    assert undulation(np.pi / 2, 1.0) == pytest.approx(13.61, abs=1e-6)  # NGA: 13.606 m
    assert undulation(-np.pi / 2, 4.0) == pytest.approx(-29.53, abs=1e-6)  # NGA: −29.534 m


@needs_grid
def test_the_meridian_has_no_seam() -> None:
    lat = np.radians(np.linspace(-89, 89, 50))
    np.testing.assert_allclose(undulation(lat, -1e-9), undulation(lat, 1e-9), atol=1e-6)
    np.testing.assert_allclose(undulation(lat, -2.0), undulation(lat, 2 * np.pi - 2.0), atol=1e-9)


def test_bilinear_is_exact_on_a_plane() -> None:
    row, column = np.mgrid[0 : geoid.ROWS, 0 : geoid.COLUMNS]
    values = 2.0 * (90 - row * 0.25) + 0.5 * column * 0.25
    lat, lon = np.array([12.34, -80.1, 89.99]), np.array([0.05, 359.7, 200.0])
    found = geoid.interpolate(values, np.radians(lat), np.radians(lon))
    np.testing.assert_allclose(found, 2.0 * lat + 0.5 * lon, atol=1e-9)


def test_a_missing_grid_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geoid, "FILE", "none.npz")
    geoid.grid.cache_clear()
    with pytest.raises(ConfigError, match=r"not built in.*make_geoid"):
        undulation(0.5, 0.5)
    geoid.grid.cache_clear()


@pytest.mark.parametrize("shape", [(geoid.ROWS, geoid.COLUMNS), (10, 10)])
def test_a_wrong_grid_is_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(ConfigError, match="damaged"):
        geoid.check(np.zeros(shape))
