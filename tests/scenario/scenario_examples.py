"""Scenarios built in tests: text in, world out."""

from __future__ import annotations

import math
from pathlib import Path

from vedette.config import parse_toml
from vedette.geo import LocalFrame
from vedette.scenario import Scenario, World
from vedette.scenario.file import ScenarioFile

SITE = LocalFrame("enu:test", math.radians(33.8), math.radians(42.4), 190.0)
HEAD = '[scenario]\nname = "t"\nsite = "site.toml"\nstart = 2023-10-17T23:40:00Z\n'


def scenario(platforms: str, head: str = HEAD) -> Scenario:
    text = head + platforms
    return Scenario(Path("t.toml"), parse_toml(text, ScenarioFile, "t.toml"), text)


def platform(name: str, waypoints: str, more: str = "") -> str:
    return f'[[platform]]\nname = "{name}"\nclass = "one-way-attack"\nwaypoints = [{waypoints}]\n{more}\n'


def place(bearing: float, distance: float, height: float = 100) -> str:
    return f"{{ bearing = {bearing}, distance = {distance}, height = {height} }}"


STRAIGHT = platform("a", f"{place(90, 10_000)}, {place(90, 0)}", "speed = 50\nrcs = -5\nrcs_spread = 0")
BENT = platform(
    "b",
    f"{place(45, 12_000, 200)}, {place(50, 6_000, 80)}, {place(10, 3_000, 400)}, {place(200, 500, 60)}",
    "speed = 48\nturn_rate = 4",
)


def world(platforms: str = STRAIGHT + BENT, **options: int) -> World:
    return World(scenario(platforms), SITE, **options)
