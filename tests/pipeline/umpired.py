"""A site with one effector, one drone that flies straight in, and what somebody is taken to have accepted."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from vedette.clock import NS
from vedette.config import parse_toml
from vedette.pipeline import Exercise, Umpire
from vedette.scenario import Scenario, World
from vedette.scenario.file import ScenarioFile
from vedette.site import Site, SiteFile, build_site
from vedette.types import (
    Advised,
    Call,
    Engagement,
    Estimate,
    FirstPlot,
    Mode,
    Outcome,
    Picture,
    Status,
    Track,
)

SITE = """
[site]
name = "Umpired"
fictional = true
latitude = 33.8
longitude = 42.4
height = 190.0

[[asset]]
name = "Middle"
radius = 500

[[zone]]
name = "Outer"
severity = "warning"
radius = 8000

[[sensor]]
kind = "radar3d"
name = "radar"
height = 12
range_min = 200
range_max = 30_000
reference_range = 24_000
reference_rcs = -10
reference_pd = 0.9
expected_rcs = -10
expected_rcs_spread = 8.3
pfa = 1e-6
range_resolution = 50
azimuth_beamwidth = 2.5
elevation_beamwidth = 5.0
range_floor = 10
azimuth_floor = 0.15
elevation_floor = 0.3
elevation_min = -1.0
elevation_max = 40
period = 1.0
"""
GUN = """
[[effector]]
name = "Gun"
kind = "gun"
notional = true
speed = 200
range_max = 6000
height_max = 3000
magazine = 100
delay_s = 3
line_of_sight = false
kill = { "one-way-attack" = 0.45, other = 0.1 }
damaged = 0.3
"""
JAMMER = """
[[effector]]
name = "Jammer"
kind = "jammer"
notional = true
on = "gnss"
dwell_s = 8
range_max = 6000
height_max = 3000
line_of_sight = false
kill = { "one-way-attack" = 0.9, other = 0.1 }
"""
# 10 km out, straight in at 50 m/s and 300 m: 5 km away after 100 s, within the asset after 190 s.
DRONE = """
[scenario]
name = "t"
site = "site.toml"
start = 2023-10-17T23:40:00Z

[[platform]]
name = "a"
class = "one-way-attack"
speed = 50
waypoints = [
    { bearing = 90, distance = 10_000, height = 300 },
    { bearing = 90, distance = 0, height = 300 },
]
"""


class Kept:
    """In a truth keeper's place."""

    def __init__(self) -> None:
        self.plots: list[FirstPlot] = []
        self.outcomes: list[Outcome] = []

    def first_plot(self, plot: FirstPlot) -> None:
        self.plots.append(plot)

    def outcome(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


class Behind:
    """In a pipeline's place, for thousands of runs: the umpire asks nothing else of one."""

    def __init__(self, site: Site) -> None:
        self.site, self.sinks = site, list[object]()


def site_of(effectors: str = GUN) -> Site:
    path = Path("site.toml")
    return build_site(path, parse_toml(SITE + effectors, SiteFile, str(path)), None)


def exercise_of(site: Site, seed: int = 1, platforms: str = DRONE, begin: int | None = None) -> Exercise:
    return Exercise(World(scenario_of(platforms), site.frame, seed=seed, begin=begin), site)


@cache
def scenario_of(platforms: str) -> Scenario:
    return Scenario(Path("t.toml"), parse_toml(platforms, ScenarioFile, "t.toml"), platforms)


def umpire_of(exercise: Exercise) -> tuple[Umpire, Kept]:
    kept = Kept()
    return Umpire(exercise, Behind(exercise.site), kept), kept  # type: ignore[arg-type]


def accepted(
    exercise: Exercise, at_s: float, *, advice: str = "1-Gun-1", effector: str = "Gun", shots: int = 1,
    off: float = 0.0, name: str = "a",
) -> Picture:  # fmt: skip
    """A picture in which shots leave `at_s` s after the begin at the track of `name`, `off` m beside it."""
    t = exercise.begin + round(at_s * NS)
    truth = next(one for one in exercise.truth(t - NS) if one.id == name)
    x = truth.x + np.array([0.0, off, 0.0, 0.0, 0.0, 0.0])
    estimate = Estimate(t=t - NS, x=x, P=np.eye(6) * 100.0, frame=exercise.site.frame.name)
    track = Track(
        id=1, status=Status.CONFIRMED, estimate=estimate, existence=1.0, identity={}, klass={},
        contributors={}, t_born=t - NS, t_updated=t - NS, hits=9,
    )  # fmt: skip
    engagement = Engagement(
        advice=advice, track=1, effector=effector, shots=shots, t_start=t, t_intercept=t + 20 * NS,
        place=(4000.0, 0.0, 300.0), expected=0.5, stopped=0.5, call=Call.UNDER_WAY,
    )  # fmt: skip
    return Picture(
        t=t - NS, t_made=t - NS, mode=Mode.EXERCISE, tracks=(track,), alerts=(), sensors=(), counters={},
        advised=Advised(t=t - NS, engagements=(engagement,)),
    )  # fmt: skip
