"""Tracks, alerts and pictures made by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np

from vedette.clock import NS
from vedette.geo import LocalFrame
from vedette.site import Site, load_site
from vedette.types import (
    Alert,
    AlertState,
    Array,
    Bias,
    Estimate,
    Evidence,
    FeedState,
    Field,
    Mode,
    Picture,
    SensorHealth,
    Severity,
    Status,
    Step,
    Track,
)

FRAME = LocalFrame("enu:base", math.radians(33.8), math.radians(42.4), 180.0)
EXAMPLE = Path(__file__).parents[2] / "examples" / "airbase-iraq.toml"
T = 1_697_586_067 * NS + 250_000_000


@cache
def site() -> Site:
    """The site of the example file."""
    return load_site(EXAMPLE)


def track_of(
    ident: int,
    *,
    x: Array | None = None,
    P: Array | None = None,
    status: Status = Status.CONFIRMED,
    identity: Mapping[str, Field] | None = None,
    contributors: Mapping[str, int] | None = None,
    t: int = T,
) -> Track:
    """A track at data time `t`, born 30 s ago and updated 2 s ago."""
    x = np.array([3000.0, 4000.0, 500.0, 30.0, -40.0, 1.0]) if x is None else np.array(x, float)
    P = np.diag([400.0, 100.0, 900.0, 4.0, 4.0, 4.0]) if P is None else np.array(P, float)
    return Track(
        id=ident,
        status=status,
        estimate=Estimate(t=t, x=x, P=P, frame=FRAME.name),
        existence=0.97,
        identity=identity or {},
        klass={"fixed wing": 0.75, "bird": 0.25},
        contributors={"radar": t - 2 * NS} if contributors is None else contributors,
        t_born=t - 30 * NS,
        t_updated=t - 2 * NS,
        hits=12,
    )


def alert_of(
    ident: str = "7-base-1",
    *,
    track: int = 7,
    severity: Severity = Severity.CRITICAL,
    state: AlertState = AlertState.NEW,
    t: int = T,
) -> Alert:
    evidence = Evidence(
        t=t,
        existence=0.97,
        hits=12,
        sensors=("radar",),
        probability=0.83,
        time_to_go_s=212.0,
        time_to_go_low_s=190.0,
        time_to_go_high_s=240.0,
        closest_approach_m=420.0,
        distance_m=9200.0,
        speed_mps=48.0,
        height_m=310.0,
        sentence="Track 7 is likely to enter the zone base in about 212 s.",
    )
    history = [Step(state=AlertState.NEW, t=t, by="assess")]
    if state is not AlertState.NEW:
        history.append(Step(state=state, t=t + NS, by="Duty officer", note="seen"))
    return Alert(
        id=ident,
        track=track,
        zone="base",
        rule="approach",
        severity=severity,
        t_raised=t,
        evidence=evidence,
        history=tuple(history),
    )


BIAS = Bias(
    range_m=12.0, range_sigma=1.5, azimuth=math.radians(0.5), azimuth_sigma=math.radians(0.02),
    elevation=0.0, elevation_sigma=0.0, time_s=-0.1, time_sigma=0.05, pairs=212, relative_to="adsb",
)  # fmt: skip


def health_of(sensor: str = "radar", state: FeedState = FeedState.UP, t_last: int | None = T) -> SensorHealth:
    return SensorHealth(
        sensor=sensor,
        kind="radar3d",
        state=state,
        t_last=t_last,
        rate=41.5,
        detections=1234,
        counters={"bad_record": 3},
        detail="",
        origin="scenario two-drones",
        bias=BIAS,
    )


def picture_of(*tracks: Track, alerts: tuple[Alert, ...] = (), t: int = T, mode: Mode = Mode.DEMO) -> Picture:
    return Picture(
        t=t,
        t_made=t,
        mode=mode,
        tracks=tracks,
        alerts=alerts,
        sensors=(health_of(),),
        counters={"tracker.scans": 12},
    )
