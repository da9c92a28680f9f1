"""The radar's link budget, coverage, beam and geometry, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sensor.sensor_examples import SITE, sensor
from vedette.config import parse_toml
from vedette.geo import horizon_distance
from vedette.sensor import Radar3D, Radar3DConfig, Targets
from vedette.sensor.fluctuation import Swerling1, swerling1
from vedette.sensor.link import decibel, sigma_angle, sigma_range
from vedette.types import Kind

SECOND = 1_000_000_000


def at(distance: float, height: float, bearing: float = 1.0) -> np.ndarray:
    """(1, 3): a point at a ground distance from the radar and a height above the site."""
    radar = sensor("radar3d")
    frame = radar.station.frame  # type: ignore[attr-defined]
    lat, lon = frame.reckon(distance, bearing)
    return SITE.from_geodetic([[lat, lon, SITE.height + height]])


def test_swerling_1_by_simulating_it() -> None:
    """Complex Gaussian target plus complex Gaussian noise, square-law detector, threshold −ln P_fa."""
    rng = np.random.default_rng(21)
    snr, pfa, n = 12.0, 1e-4, 400_000
    a = rng.standard_normal((2, n)) * math.sqrt((1 + snr) / 2)
    found = ((a**2).sum(0) > -math.log(pfa)).mean()
    assert found == pytest.approx(float(swerling1(np.array(snr), pfa)), abs=4 * 0.5 / math.sqrt(n))


def test_published_swerling_1_ratio() -> None:
    """P_D 0.9, P_fa 1e-6, one pulse: 21.14 dB; P_D 0.5: 12.77 dB."""
    assert 10 * math.log10(Swerling1(1e-6).snr_for(0.9)) == pytest.approx(21.14, abs=0.005)
    assert 10 * math.log10(Swerling1(1e-6).snr_for(0.5)) == pytest.approx(12.77, abs=0.01)


@given(st.floats(0.01, 0.99), st.floats(1e-9, 1e-3))
def test_snr_and_probability_are_inverse(pd: float, pfa: float) -> None:
    assert swerling1(np.array(Swerling1(pfa).snr_for(pd)), pfa) == pytest.approx(pd)


def test_calibration_point_and_fourth_power() -> None:
    radar = sensor("radar3d")
    slant = math.hypot(20e3, 1000)  # near enough: P_D changes by 1e-5 per metre
    p = radar.detection_probability(at(20e3 * 20e3 / slant, 1000))
    assert p[0] == pytest.approx(0.9, abs=1e-3)
    # half the range: 16 × the signal
    half = radar.detection_probability(at(10e3 * 20e3 / slant, 500))
    assert half[0] == pytest.approx(1e-6 ** (1 / (1 + 16 * Swerling1(1e-6).snr_for(0.9))), abs=1e-4)
    small = sensor("radar3d", expected_rcs=-10 - 40 * math.log10(2)).detection_probability(at(10e3, 500))
    assert small[0] == pytest.approx(0.9, abs=2e-3)


def test_probability_is_the_mean_over_uncertain_sizes() -> None:
    """Against 200,000 sizes drawn from the log-normal, within 4 standard errors."""
    rng = np.random.default_rng(22)
    place = np.concatenate([at(8e3, 400), at(15e3, 700), at(25e3, 1000)])
    found = sensor("radar3d", expected_rcs_spread=8).detection_probability(place)
    radar = sensor("radar3d")
    r = np.linalg.norm(radar.station.local(place), axis=1)  # type: ignore[attr-defined]
    snr = (
        Swerling1(1e-6).snr_for(0.9)
        * (20e3 / r[:, None]) ** 4
        * 10 ** (8 * rng.standard_normal(200_000) / 10)
    )
    drawn = swerling1(snr, 1e-6)
    np.testing.assert_allclose(found, drawn.mean(1), atol=0.01)  # seven nodes
    assert (found < radar.detection_probability(place)).all()


def test_noise_formulas_by_hand() -> None:
    assert sigma_range(np.array(50.0), 60.0, 8.0) == pytest.approx(10.0)  # 60/√100 = 6, floor 8
    assert sigma_angle(np.array(50.0), 1.6, 0.0) == pytest.approx(0.1)
    assert decibel(-20) == pytest.approx(0.01)


def test_horizon_of_a_low_target() -> None:
    """12 m mast, 60 m target: 46.2 km; the radar sees it 1 % before and not 1 % behind."""
    radar = sensor("radar3d", range_max=80e3, reference_range=60e3, elevation_min=-5)
    edge = float(horizon_distance(12, 60))
    assert edge == pytest.approx(46.2e3, rel=0.002)
    assert radar.detection_probability(at(0.99 * edge, 60))[0] > 0.5
    assert radar.detection_probability(at(1.01 * edge, 60))[0] == 0.0


@pytest.mark.parametrize(("height", "km"), [(60, 45.0), (100, 54.3), (300, 84.4), (1000, 143.0)])
@pytest.mark.parametrize("kind", ["radar2d", "radar3d"])
def test_horizons_of_a_ten_metre_mast(kind: str, height: float, km: float) -> None:
    """Figures known for k = 4/3: the radar sees half a percent nearer and not half a percent farther."""
    radar = sensor(kind, height=10, range_max=200e3, reference_range=200e3, elevation_min=-5)
    seen = radar.detection_probability(np.concatenate([at(f * 1e3 * km, height) for f in (0.995, 1.005)]))
    assert (seen > 0.5).tolist() == [True, False]


@pytest.mark.parametrize(
    ("distance", "height", "seen"),
    [(200, 60, False), (10e3, 30, False), (10e3, 500, True), (3e3, 2500, False), (31e3, 2000, False)],
    ids=["too near", "below the beam", "inside", "above the beam", "beyond instrumented range"],
)
def test_coverage(distance: float, height: float, seen: bool) -> None:
    assert (sensor("radar3d").detection_probability(at(distance, height))[0] > 0) == seen


def test_false_alarms_count_every_resolution_cell() -> None:
    """(29.7 km / 60 m) × (360° / 2.5°) × (29.5° / 3°) × 16 Doppler cells × 1e-6, and 3 of `clutter`."""
    cells = 29_700 / 60 * 360 / 2.5 * 29.5 / 3
    assert sensor("radar3d").false_alarms() == pytest.approx(3 + 1e-6 * cells)  # type: ignore[attr-defined]
    doppler = sensor("radar3d", doppler_cells=16)
    assert doppler.false_alarms() == pytest.approx(3 + 16e-6 * cells)  # type: ignore[attr-defined]
    fan = sensor("radar2d", pfa=1e-4).false_alarms()  # type: ignore[attr-defined]
    assert fan == pytest.approx(3 + 1e-4 * 29_700 / 60 * 360 / 2.5)


def test_sector_limits_what_a_look_sees() -> None:
    radar = sensor("radar3d", sectors=8)
    looks = list(radar.schedule(0, SECOND))
    assert len(looks) == 8
    p = np.array([radar.detection_probability(at(9e3, 500), sector=look.sector)[0] for look in looks])
    assert (p > 0).sum() == 1
    assert np.flatnonzero(p)[0] == int(1.0 / (2 * math.pi) * 8)
    narrow = sensor("radar3d", azimuth_start=350, azimuth_width=20)
    seen = [narrow.detection_probability(at(9e3, 500, math.radians(b)))[0] > 0 for b in (345, 355, 5, 15)]
    assert seen == [False, True, True, False]


def test_crossing_target_hides_in_the_doppler_notch() -> None:
    radar = sensor("radar3d", min_radial_speed=5)
    place = at(9e3, 500)
    toward = place - SITE.from_geodetic(np.array(radar.geodetic))
    toward /= np.linalg.norm(toward)
    across = np.array([[toward[0, 1], -toward[0, 0], 0.0]])
    p = [radar.detection_probability(place, 50 * v)[0] for v in (toward, across)]
    assert p[0] > 0.9
    assert p[1] == 0
    assert radar.detection_probability(place)[0] == p[0]


def test_radial_speed_claim_is_positive_away() -> None:
    radar, place = sensor("radar3d", clutter=0), at(6e3, 900)
    away = place - SITE.from_geodetic(np.array(radar.geodetic))
    away /= np.linalg.norm(away)
    look = next(iter(radar.schedule(0, SECOND)))
    target = Targets(position=place, velocity=40 * away, rcs=np.array([10.0]), transponder=("",))
    found = radar.measure(target, look, np.random.default_rng(1))
    assert found.claims[0]["radial_speed"] == pytest.approx(40, abs=5)


def test_turning_radar_measures_when_the_beam_passes() -> None:
    """A fast target's plots lie where it was as the beam passed it, not where it is when the turn ends."""
    radar = sensor("radar3d", sectors=4, period=8, clutter=0, reference_range=40e3, azimuth_beamwidth=0.1)
    look = next(iter(radar.schedule(0, 8 * SECOND)))
    velocity = np.array([[250.0, 0.0, 0.0]])
    place = at(9e3, 900, math.radians(45))
    target = Targets(position=place, velocity=velocity, rcs=np.array([100.0]), transponder=("",))
    found = radar.measure(target, look, np.random.default_rng(1))
    assert found.age[0] == pytest.approx(1.0, abs=1e-3)  # half of a sector of 2 s
    y, _ = radar.convert(found.kind, found.z, found.R)
    assert np.linalg.norm(y[0] - (place[0] - [250.0, 0, 0])) < 150
    assert np.linalg.norm(y[0] - place[0]) > 150


def test_transponder_height_on_a_2d_radar() -> None:
    """Slant range, azimuth and a height above the ellipsoid give the place, over a curved Earth too."""
    radar = sensor("radar2d", range_max=200e3)
    place = at(120e3, 9000)
    local = radar.station.local(place)[0]  # type: ignore[attr-defined]
    z = np.array([[np.linalg.norm(local), math.atan2(local[0], local[1]), SITE.height + 9000.0]])
    y, S = radar.convert(Kind.RANGE_AZ_HEIGHT, z, np.diag([50.0, 0.002, 30.0])[None] ** 2)
    np.testing.assert_allclose(y[0], place[0], atol=8)
    assert math.sqrt(S[0, 2, 2]) == pytest.approx(30, rel=0.02)


def test_a_radar_built_in_code_is_checked_too() -> None:
    good = parse_toml(
        'kind = "radar3d"\nname = "x"\nrange_max = 9000\nreference_range = 5000\nreference_rcs = -10\n'
        "reference_pd = 0.8\nrange_resolution = 30\nazimuth_beamwidth = 2\nelevation_beamwidth = 2\n"
        "elevation_min = 0\nelevation_max = 40\nperiod = 1",
        Radar3DConfig,
    )
    assert Radar3D(good, SITE).detection_probability(np.array([[4000.0, 0, 300]]))[0] > 0.8
