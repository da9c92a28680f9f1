"""The demo at a site with two effectors, so that there is something to advise and to decide."""

from __future__ import annotations

import re
from pathlib import Path

from tests.pipeline.runs import demo
from vedette.pipeline import Exercise
from vedette.site import load_site

EFFECTORS = """
[advice]
hold_s = 5

[[effector]]
kind = "missile"
name = "Missile 1"
notional = true
bearing = 10
distance = 600
height = 3
range_min = 300
range_max = 9_000
height_max = 4_000
channels = 2
magazine = 4
reload_s = 60
reload_lot = 2
speed = 300
delay_s = 4
assess_s = 6
cost = 0.1
kill = { other = 0.7 }

[[effector]]
kind = "gun"
name = "Gun 1"
notional = true
bearing = 200
distance = 500
height = 3
range_max = 3_000
height_max = 2_000
magazine = 20
speed = 700
delay_s = 2
assess_s = 4
cost = 0.02
kill = { other = 0.4 }
"""


def without_advice(text: str) -> str:
    """A site file without the effectors and the `[advice]` that it may have."""
    tables = re.split(r"(?m)^(?=\[)", text)
    return "".join(table for table in tables if not table.startswith(("[[effector]]", "[advice]")))


def armed_demo(folder: Path) -> Exercise:
    """The demo, its site with a missile and a gun of ours alone."""
    show = demo()
    path = folder / "armed.toml"
    if not path.exists():
        path.write_text(without_advice(Path(show.site.path).read_text("utf-8")) + EFFECTORS, "utf-8")
    return Exercise(show.world, load_site(path), guests=show.guests, again=True)
