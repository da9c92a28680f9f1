"""The demo: an exercise without end, of one scenario and one real aircraft that was recorded over the air."""

from __future__ import annotations

from vedette.geo import Place
from vedette.pipeline.exercise import Exercise
from vedette.pipeline.guest import Guest
from vedette.scenario import RecordedConfig, World, load_scenario
from vedette.site import load_site

DEMO_SCENARIO = "two-drones"
# Where it takes off in the demo, seen from the site, and by how many degrees its way is turned clockwise: it
# climbs past the base at 32 to 42 km, outside the radar's 30 km, since the simulated radar cannot see it.
DEMO_AIRCRAFT = RecordedConfig(
    name="AFR34ZG",
    file="afr34zg-climb",
    sensor="ADS-B",
    place=Place(bearing=300.0, distance=32_000.0),
    turn=-45.0,
)


def open_demo(begin: int, seed: int | None = None) -> Exercise:
    """The demo that comes with Vedette, from `begin` (ns UTC) on; pass n of the scenario has `seed + n`."""
    scenario = load_scenario(DEMO_SCENARIO)
    site = load_site(scenario.site)
    world = World(scenario, site.frame, seed=seed, begin=begin)
    return Exercise(world, site, guests=(Guest(DEMO_AIRCRAFT, world, site, again=True),), again=True)
