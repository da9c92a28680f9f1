"""Reports of one sensor on the map, and the extra figures of a track: operator, heights, affiliation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.server.by_hand import T, picture_of, site, track_of
from tests.site.valley import valley_file
from vedette.clock import NS
from vedette.geo import undulation
from vedette.pipeline.plots import Plots
from vedette.server import nature, plots, view
from vedette.site import load_site
from vedette.types import Bearing, Detection, Field, Kind, Scan


def report(kind: Kind, z: list[float], t: int = T, **claims: object) -> Detection:
    sigma = {1: [0.01], 2: [20.0, 0.01], 3: [20.0, 0.01, 0.01]}[len(z)]
    R = np.diag(np.square(sigma))
    return Detection(t=t, t_rx=t, sensor="North radar", seq=0, kind=kind, z=np.array(z), R=R, claims=claims)


def test_a_radar_plot_lies_where_range_and_azimuth_say() -> None:
    radar = site().sensors["North radar"]
    east = report(Kind.RANGE_AZ_EL, [10_000.0, math.pi / 2, 0.0], snr_db=14.5)
    (plot,) = plots.plots(radar, [east], site().frame, T).plots
    latitude, longitude, height = radar.geodetic
    metres_per_degree = math.radians(1) * 6_387_000 * math.cos(latitude)
    assert plot.longitude == pytest.approx(math.degrees(longitude) + 10_000 / metres_per_degree, abs=2e-4)
    assert plot.latitude == pytest.approx(math.degrees(latitude), abs=2e-4)
    assert plot.height_m == pytest.approx(height + 7.8, abs=2.0)  # the Earth falls away by r²/2R
    assert (plot.snr_db, plot.bearing_deg) == (14.5, None)


def test_a_report_of_a_kind_the_sensor_cannot_place_is_left_out() -> None:
    assert plots.plots(site().sensors["North radar"], [report(Kind.AZ, [1.0])], site().frame, T).plots == []


def scan(t: int, *reports: Detection) -> Scan:
    return Scan(sensor="North radar", t0=t, t1=t, sector=None, detections=reports)


def test_reports_are_kept_for_thirty_seconds_and_forgotten_when_a_replay_goes_back() -> None:
    kept = Plots(["North radar"])
    for i in range(40):
        kept.step(scan(T + i * NS, report(Kind.RANGE_AZ_EL, [9_000.0, 1.0, 0.1], T + i * NS)))
    assert [d.t for d in kept.of("North radar", T + 39 * NS)] == [T + i * NS for i in range(9, 40)]
    assert kept.of("nobody", T) == ()
    kept.step(scan(T, report(Kind.RANGE_AZ_EL, [9_000.0, 1.0, 0.1])))
    assert len(kept.of("North radar", T)) == 1


def claimed(**facts: str | float) -> dict[str, Field]:
    return {name: Field(value=value, source="rid", t=T) for name, value in facts.items()}


def test_whoever_flies_it_is_placed_and_the_distance_is_the_one_between_them() -> None:
    place = site().frame.to_geodetic(np.array([0.0, 0.0, 0.0]))
    flown = track_of(1, identity=claimed(operator_latitude=place[0], operator_longitude=place[1]))
    (message,) = view.tracks([flown, track_of(2)], site(), T)[:1]
    assert message.operator == pytest.approx(tuple(np.degrees(place[:2])))
    assert message.operator_range_m == pytest.approx(5000.0, abs=1.0)
    assert nature.operator(track_of(1, identity=claimed(operator_latitude="north"))) is None


def test_heights_above_the_sea_and_the_ground(tmp_path: object) -> None:
    (message,) = view.tracks([track_of(1)], site(), T)
    sea = float(undulation(math.radians(message.latitude), math.radians(message.longitude)))
    assert message.height_msl_m == pytest.approx(message.height_m - sea)
    assert message.height_agl_m is None  # the example file names no ground
    valley = load_site(valley_file(tmp_path))  # type: ignore[arg-type]
    assert valley.terrain is not None
    track = track_of(1)
    track = replace(track, estimate=replace(track.estimate, frame=valley.frame.name))
    (message,) = view.tracks([track], valley, T)
    ground = float(valley.terrain.ground(track.estimate.x[:3]))
    assert message.height_agl_m == pytest.approx(message.height_m - ground, abs=0.5)


def test_an_affiliation_that_is_none_of_ours_says_nothing() -> None:
    assert nature.affiliation(track_of(1, identity=claimed(affiliation="friend"))) == "friend"
    assert nature.affiliation(track_of(1, identity=claimed(affiliation="suspect"))) == "unknown"
    assert nature.klass(replace(track_of(1), klass={})) == ("", 0.0)
    hint = claimed(class_hint="quadcopter")
    assert nature.klass(replace(track_of(1, identity=hint), klass={})) == ("quadcopter", 0.0)


def test_bearings_that_no_track_explains_are_in_the_status() -> None:
    heard = Bearing(sensor="Hill", azimuth=-math.pi / 2, elevation=None, sigma=math.pi / 90, existence=0.8)
    (bearing,) = view.status(replace(picture_of(), bearings=(heard,)), T, site()).bearings
    assert (bearing.bearing_deg, bearing.sigma_deg, bearing.elevation_deg) == (
        270.0,
        pytest.approx(2.0),
        None,
    )
