#!/usr/bin/env python3
"""How long the windows of 24 effectors against 60 tracks take, hills, no-fire areas and friends included.

    python bench/windows.py
    python bench/windows.py --effectors 24 --tracks 60 --seed 1 --json

Of 24, six are guns, six missiles, six drones, three jammers and three beams, within 3 km of the middle of
three protected places. Tracks come from all around, 3 to 18 km away at 25 to 55 m/s and 60 to 600 m, and head
for the places; two own aircraft fly among them. Processor time on one core, the median of several rounds.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from vedette.advise.config import AdviceConfig  # noqa: E402
from vedette.advise.effector import Effector  # noqa: E402
from vedette.advise.effector_config import (  # noqa: E402
    AnyEffectorConfig,
    DroneConfig,
    EnergyConfig,
    GunConfig,
    JammerConfig,
    MissileConfig,
)  # fmt: skip
from vedette.advise.paths import paths  # noqa: E402
from vedette.advise.window import windows  # noqa: E402
from vedette.assess.zone import Asset  # noqa: E402
from vedette.geo import LocalFrame, Terrain  # noqa: E402
from vedette.geo.place import on_ground  # noqa: E402
from vedette.types import Estimate, Status, Track  # noqa: E402

FRAME = LocalFrame("enu:bench", math.radians(33.8), math.radians(42.4), 200.0)
CLASSES = ["one-way-attack", "decoy", "small-one-way", "quadcopter", "fpv", "bird", "cooperative"]
KINDS = ["gun", "missile", "drone", "gun", "missile", "drone", "jammer", "energy"]


def effector(i: int, rng: np.random.Generator, terrain: Terrain) -> Effector:
    kind = KINDS[i % len(KINDS)]
    bearing, distance = float(rng.uniform(0, 360)), float(rng.uniform(200, 3_000))
    east, north = distance * math.sin(math.radians(bearing)), distance * math.cos(math.radians(bearing))
    ground = float(terrain.ground(np.array([east, north, 0.0]))) - FRAME.height
    area = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * 150.0 + [east + 700.0, north - 900.0]
    keys: dict[str, Any] = {
        "name": f"{kind} {i}", "notional": True, "bearing": bearing, "distance": distance,
        "height": ground + 4.0,
        "height_max": 3_000.0, "channels": 1, "fall": 60.0, "no_fire": (tuple(on_ground(area, FRAME)),),
        "kill": {"one-way-attack": ((500.0, 0.6), (2_000.0, 0.3)), "decoy": 0.5, "other": 0.3},
    }  # fmt: skip
    config: AnyEffectorConfig
    if kind == "gun":
        config = GunConfig(range_max=3_500.0, speed=700.0, magazine=40, quality=60.0, **keys)
    elif kind == "missile":
        config = MissileConfig(range_min=500.0, range_max=9_000.0, speed=500.0, magazine=4, **keys)
    elif kind == "drone":
        config = DroneConfig(range_max=8_000.0, speed=60.0, magazine=3, delay_s=10.0, **keys)
    elif kind == "jammer":
        config = JammerConfig(range_max=5_000.0, on="gnss", dwell_s=8.0, **{**keys, "kill": {"other": 0.8}})
    else:
        config = EnergyConfig(range_max=3_000.0, dwell_s=5.0, **keys)
    return Effector.from_config(config, FRAME, terrain)


def track(number: int, rng: np.random.Generator, near: float, far: float) -> Track:
    turn, off, v = rng.uniform(0, 2 * np.pi), rng.uniform(near, far), rng.uniform(25, 55)
    p = off * np.array([np.sin(turn), np.cos(turn)])
    u = rng.uniform(-1_000, 1_000, 2) - p
    u *= v / np.linalg.norm(u)
    estimate = Estimate(
        t=0,
        x=np.array([*p, rng.uniform(60, 600), *u, 0.0]),
        P=np.diag([900.0, 900, 900, 1, 1, 0.25]),
        frame=FRAME.name,
    )
    return Track(
        id=number, status=Status.CONFIRMED, estimate=estimate, existence=0.99, identity={}, klass={},
        contributors={}, t_born=0, t_updated=0, hits=9,
    )  # fmt: skip


def hills(rng: np.random.Generator) -> Terrain:
    """Rolling ground of 60 m, 100 m from node to node over 40 km."""
    axis = np.linspace(-20e3, 20e3, 401)
    east, north = np.meshgrid(axis, axis)
    height = np.full(east.shape, FRAME.height)
    for _ in range(12):
        wave, turn = rng.uniform(2e3, 9e3), rng.uniform(0, 2 * np.pi)
        height += 15.0 * np.sin(
            (east * np.cos(turn) + north * np.sin(turn)) * 2 * np.pi / wave + rng.uniform(0, 6)
        )
    return Terrain.of(FRAME, height, 100.0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--effectors", type=int, default=24)
    parser.add_argument("--tracks", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    terrain, config = hills(rng), AdviceConfig()
    effectors = [effector(i, rng, terrain) for i in range(given.effectors)]
    tracks = [track(n, rng, 3e3, 18e3) for n in range(given.tracks)]
    own = [track(1_000 + n, rng, 4e3, 9e3) for n in range(2)]
    assets = [
        Asset(name=str(i), position=rng.uniform(-900, 900, 3), radius=200.0, value=1.0) for i in range(3)
    ]
    klass = rng.dirichlet(np.full(len(CLASSES), 0.5), given.tracks)
    ms: dict[str, list[float]] = {"paths": [], "windows": []}
    for _ in range(given.rounds + 1):
        begin = time.process_time()
        ways = paths(0, tracks, config, frame=FRAME, assets=assets, terrain=terrain)
        friends = paths(0, own, config, frame=FRAME, terrain=terrain)
        middle = time.process_time()
        found = windows(
            effectors,
            ways,
            klass,
            CLASSES,
            np.full(given.tracks, 30.0),
            np.zeros(given.effectors),
            config,
            friends,
        )
        end = time.process_time()
        ms["paths"].append(1e3 * (middle - begin))
        ms["windows"].append(1e3 * (end - middle))
    whole = [window for row in found for window in row]
    answer: dict[str, Any] = {
        "effectors": given.effectors, "tracks": given.tracks, "seed": given.seed,
        "paths_ms": round(statistics.median(ms["paths"][1:]), 1),
        "windows_ms": round(statistics.median(ms["windows"][1:]), 1),
        "useful": sum(window.why is None for window in whole),
        "refused": {why: sum(w.why == why for w in whole) for why in sorted({w.why for w in whole if w.why})},
    }  # fmt: skip
    if given.json:
        print(json.dumps(answer))
        return
    for key, value in answer.items():
        print(f"{key:12} {value}")


if __name__ == "__main__":
    main()
