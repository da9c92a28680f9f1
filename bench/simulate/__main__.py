#!/usr/bin/env python3
"""How many seconds are simulated per second of processor time: 100 platforms past 6 sensors, one core.

    python bench/simulate
    python bench/simulate --platforms 200 --seconds 60

Budget: 50. Only the world and its sensors are counted, not the tracker. The sensors are those of the packaged
site forward-base.toml: two radars, a direction finder, microphones, a camera and ADS-B.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from vedette.clock import NS  # noqa: E402
from vedette.scenario import World, load_scenario, simulate  # noqa: E402
from vedette.site import load_site  # noqa: E402

BUDGET = 50.0
SITE = ROOT / "src/vedette/scenario/catalogue/forward-base.toml"
TEXT = """
[scenario]
name = "bench"
site = "{site}"
start = 2025-01-01T00:00:00Z
duration = {seconds}

[[platform]]
name = "drone"
class = "one-way-attack"
count = {most}
scatter = 4000
height = [100, 2000]
waypoints = [
    {{ bearing = 60, distance = 25_000 }},
    {{ bearing = 90, distance = 9_000 }},
    {{ bearing = 0, distance = 0 }},
]

[[platform]]
name = "bird"
class = "bird"
count = {birds}
scatter = 3000
waypoints = [
    {{ bearing = 200, distance = 6_000, height = 60 }},
    {{ bearing = 20, distance = 6_000, height = 40 }},
]
"""


def world(platforms: int, seconds: float) -> tuple[World, float]:
    """Four fifths drones, one fifth birds."""
    birds = platforms // 5
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.toml"
        path.write_text(TEXT.format(site=SITE, seconds=seconds, most=platforms - birds, birds=birds))
        scenario = load_scenario(path)
    site = load_site(SITE)
    made = World(scenario, site.frame)
    for _ in zip(range(20), simulate(made, site.sensors), strict=False):
        pass  # whatever is compiled or made once
    began = time.process_time()
    reports = sum(len(scan.detections) for scan in simulate(made, site.sensors))
    spent = time.process_time() - began
    size = f"{platforms} platforms, {len(site.sensors)} sensors, {seconds:g} s"
    print(f"{size}: {reports} reports in {spent:.2f} s")
    return made, seconds / spent


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--platforms", type=int, default=100)
    ask.add_argument("--seconds", type=float, default=120.0)
    asked = ask.parse_args()
    made, ratio = world(asked.platforms, asked.seconds)
    there = len(made.state(made.begin + round(asked.seconds * NS / 2))[0])
    print(f"{ratio:.0f} times real time (budget {BUDGET:.0f}); {there} in the air half-way")


if __name__ == "__main__":
    main()
