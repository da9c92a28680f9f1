"""Scenarios: what flies past a site, where it truly is, and what the site's sensors report of it."""

from vedette.scenario.file import RecordedConfig, Scenario, load_scenario, packaged
from vedette.scenario.simulate import Witness, simulate
from vedette.scenario.world import Platform, World

__all__ = [
    "Platform",
    "RecordedConfig",
    "Scenario",
    "Witness",
    "World",
    "load_scenario",
    "packaged",
    "simulate",
]
