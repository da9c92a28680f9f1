"""Moving a recording: what was measured between two reports stays as it was."""

from __future__ import annotations

import math

import numpy as np
import pymap3d
import pytest

from tests.feed.wire_samples import LOOKS, NOON, detections
from vedette.feed import Relocate, Relocation, shifted
from vedette.types import Array, Detection, Kind
from vedette.units import DEGREE

PARIS, ANBAR = (49.01, 2.55, 120.0), (33.79, 42.44, 190.0)


def at(latitude: float, longitude: float, height: float, *velocity: float) -> Detection:
    z = np.array([latitude * DEGREE, longitude * DEGREE, height, *velocity])
    R = np.diag([100.0, 400.0, 900.0, 1.0, 4.0, 9.0][: len(z)])
    kind = Kind.GEODETIC_VELOCITY if velocity else Kind.GEODETIC
    return Detection(
        t=NOON, t_rx=NOON, sensor="adsb", seq=0, kind=kind, z=z, R=R, claims={"icao24": "393322"}
    )


def moved(report: Detection, turn_deg: float = 0.0) -> Detection:
    out = Relocate(Relocation(origin=PARIS, to=ANBAR, turn_deg=turn_deg))(report)
    assert isinstance(out, Detection)
    return out


def enu(report: Detection, origin: tuple[float, float, float]) -> Array:
    z = report.z
    return np.array(pymap3d.geodetic2enu(z[0] / DEGREE, z[1] / DEGREE, z[2], *origin))


@pytest.mark.parametrize("place", [(49.01, 2.55, 120.0), (48.5, 2.1, 5000.0), (49.9, 3.9, 11_000.0)])
def test_stands_the_same_way_of_the_new_place(place: tuple[float, float, float]) -> None:
    """east, north, up of the one as of the other, by pymap3d's own conversion."""
    before, after = at(*place), moved(at(*place))
    assert enu(after, ANBAR) == pytest.approx(enu(before, PARIS), abs=1e-3)
    # A rigid motion on the ellipsoid does not keep heights exactly: 10 m at 130 km.
    assert after.z[2] - ANBAR[2] == pytest.approx(place[2] - PARIS[2], abs=15.0)
    assert after.claims["relocated"] is True
    assert after.claims["icao24"] == "393322"


def test_a_turn_is_clockwise() -> None:
    north = at(49.1, 2.55, 120.0)
    east, up_north, _ = enu(moved(north, 90.0), ANBAR)
    assert east == pytest.approx(enu(north, PARIS)[1], abs=1e-3)
    assert abs(up_north) < 1.0


def test_velocity_is_the_rate_of_the_position() -> None:
    a, v = (48.7, 2.2, 4000.0), np.array([120.0, -80.0, 7.0])
    later = pymap3d.enu2geodetic(*v, *a)
    before, after = moved(at(*a, *v), 30.0), moved(at(*later, *v), 30.0)
    flown = enu(after, ANBAR) - enu(before, ANBAR)
    told = enu_velocity(before)
    assert flown == pytest.approx(told, abs=0.05)
    assert np.linalg.norm(before.z[3:]) == pytest.approx(np.linalg.norm(v))


def enu_velocity(report: Detection) -> Array:
    """The report's velocity in the axes of the site instead of its own."""
    z = report.z
    ecef = np.array(pymap3d.enu2uvw(*z[3:6], z[0] / DEGREE, z[1] / DEGREE))
    return np.array(pymap3d.uvw2enu(*ecef, ANBAR[0], ANBAR[1]))


def test_the_covariance_keeps_its_axes() -> None:
    """Rotated, not changed: same eigenvalues; at the place itself, without a turn, the same matrix."""
    report = at(48.0, 1.0, 4000.0, 100.0, 50.0, 1.0)
    after = moved(report, 25.0)
    assert np.linalg.eigvalsh(after.R) == pytest.approx(np.linalg.eigvalsh(report.R))
    here = moved(at(*PARIS))
    assert pytest.approx(np.diag([100.0, 400.0, 900.0]), abs=1e-6) == here.R


def test_what_a_sensor_measures_from_its_own_place_is_left_alone() -> None:
    relocate = Relocate(Relocation(origin=PARIS, to=ANBAR))
    for report in [*detections(), *LOOKS]:
        if not (isinstance(report, Detection) and report.kind in (Kind.GEODETIC, Kind.GEODETIC_VELOCITY)):
            assert relocate(report) is report


def test_shifting_moves_every_time_and_nothing_else() -> None:
    (report, *_), (look, *_) = detections(), LOOKS
    later, after = shifted(report, 7), shifted(look, 7)
    assert isinstance(later, Detection)
    assert (later.t, later.t_rx, later.seq) == (report.t + 7, report.t_rx + 7, report.seq)
    assert later.z is report.z
    assert (after.t0, after.t1) == (look.t0 + 7, look.t1 + 7)  # type: ignore[union-attr]
    assert shifted(report, 0) is report


def test_north_of_paris_is_north_of_anbar() -> None:
    """A plain sanity check by hand: 0.1° of latitude is 11.1 km."""
    after = moved(at(49.11, 2.55, 120.0))
    assert after.z[0] / DEGREE - ANBAR[0] == pytest.approx(0.1, abs=5e-4)
    assert math.isclose(after.z[1] / DEGREE, ANBAR[1], abs_tol=1e-6)
