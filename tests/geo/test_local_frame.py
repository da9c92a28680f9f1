"""The local frame against PROJ and GeographicLib, which share no code with pymap3d."""

from __future__ import annotations

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from vedette.geo import LocalFrame, to_cartesian, to_polar
from vedette.geo.frame import axes

RNG = np.random.default_rng(1)
SITES = [(0.59, 0.74, 188.0), (-0.9, 3.1, 0.0), (0.0, 0.0, -30.0), (1.2, -2.5, 2500.0)]
TO_ECEF = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)


def frame(site: tuple[float, float, float]) -> LocalFrame:
    return LocalFrame("enu:test", *site)


@pytest.mark.parametrize("site", SITES)
def test_positions_agree_with_proj(site: tuple[float, float, float]) -> None:
    local = frame(site)
    lat, lon, height = float(np.degrees(site[0])), float(np.degrees(site[1])), site[2]
    pipeline = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart +ellps=WGS84 "
        f"+step +proj=topocentric +ellps=WGS84 +lon_0={lon!r} +lat_0={lat!r} +h_0={height}"
    )
    geodetic = np.array(site) + RNG.uniform(-1, 1, (200, 3)) * [0.02, 0.02, 3000.0]
    expected = np.column_stack(
        pipeline.transform(np.degrees(geodetic[:, 1]), np.degrees(geodetic[:, 0]), geodetic[:, 2])
    )
    np.testing.assert_allclose(local.from_geodetic(geodetic), expected, atol=2e-6)
    np.testing.assert_allclose(local.to_geodetic(expected), geodetic, atol=1e-8, rtol=0)
    ecef = np.column_stack(TO_ECEF.transform(np.degrees(site[1]), np.degrees(site[0]), site[2]))
    np.testing.assert_allclose(local.origin, ecef[0], atol=2e-9 * 6.4e6)


def test_single_positions_keep_their_shape() -> None:
    local = frame(SITES[0])
    assert local.from_geodetic(np.array(SITES[0])).shape == (3,)
    np.testing.assert_allclose(local.from_geodetic(np.array(SITES[0])), 0, atol=1e-9)


@pytest.mark.parametrize("site", SITES)
def test_from_one_frame_to_another(site: tuple[float, float, float]) -> None:
    here, there = frame(site), LocalFrame("enu:there", site[0] + 0.01, site[1] - 0.02, site[2] + 40.0)
    R, t = here.to_frame(there)
    x = RNG.uniform(-30e3, 30e3, (50, 3))
    np.testing.assert_allclose(x @ R.T + t, there.from_geodetic(here.to_geodetic(x)), atol=1e-5)
    np.testing.assert_allclose(R @ R.T, np.eye(3), atol=1e-14)
    assert np.linalg.det(R) == pytest.approx(1.0)


def test_axes_are_the_frames_own() -> None:
    many = axes([s[0] for s in SITES], [s[1] for s in SITES])
    for one, site in zip(many, SITES, strict=True):
        np.testing.assert_allclose(one, frame(site).axes)


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(("reach", "tolerance"), [(10e3, 0.01), (50e3, 0.3), (100e3, 3.0)])
def test_height_above(site: tuple[float, float, float], reach: float, tolerance: float) -> None:
    local = frame(site)
    x = np.column_stack([RNG.uniform(-reach, reach, (200, 2)) / np.sqrt(2), RNG.uniform(0, 5000, 200)])
    exact = local.to_geodetic(x)[:, 2] - local.height
    assert np.abs(local.height_above(x) - exact).max() < tolerance


@pytest.mark.parametrize("site", SITES)
def test_reckon_agrees_with_geographiclib(site: tuple[float, float, float]) -> None:
    local = frame(site)
    for distance, bearing in [(20e3, 1.0), (3e3, 4.0), (150e3, 2.5), (0.5, 0.0)]:
        lat, lon = local.reckon(distance, bearing)
        back = Geodesic.WGS84.Inverse(*np.degrees([site[0], site[1], lat, lon]))
        assert back["s12"] == pytest.approx(distance, abs=1e-3)
        assert back["azi1"] % 360 == pytest.approx(np.degrees(bearing), abs=1e-5 + 0.02 / distance)


def test_polar_by_hand() -> None:
    enu = np.array([[0.0, 100, 0], [100, 0, 0], [0, -100, 0], [-100, 0, 0], [0, 0, 5], [3, 0, 4]])
    polar = to_polar(enu)
    np.testing.assert_allclose(np.degrees(polar[:4, 1]), [0, 90, 180, 270])
    np.testing.assert_allclose(polar[5], [5, np.pi / 2, np.arctan2(4, 3)])
    assert polar[4, 2] == pytest.approx(np.pi / 2)


@given(st.lists(st.floats(-1e5, 1e5), min_size=3, max_size=3))
def test_polar_and_back(position: list[float]) -> None:
    enu = np.array(position)
    np.testing.assert_allclose(to_cartesian(to_polar(enu)), enu, atol=1e-9)
