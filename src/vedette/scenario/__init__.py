"""Scenarios: what flies past a site, where it truly is, and what the site's sensors report of it."""

from vedette.scenario.classes import FlightClass, flight_classes
from vedette.scenario.file import RecordedConfig, Scenario, load_scenario, packaged
from vedette.scenario.simulate import simulate
from vedette.scenario.world import Platform, World

__all__ = [
    "FlightClass",
    "Platform",
    "RecordedConfig",
    "Scenario",
    "World",
    "flight_classes",
    "load_scenario",
    "packaged",
    "simulate",
]
