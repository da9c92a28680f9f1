#!/usr/bin/env python3
"""How long a plan takes: 24 effectors with a channel each against 60 tracks that all come into reach.

    python bench/plan.py                 # three raids, five plans each
    python bench/plan.py --json

Effectors and tracks are drawn by seed; nothing of them is real. `ms` is the median of the plans, `cpu_ms` the
time of the processor; the budget is 300 ms.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.advise.plan_scenes import asset, gun, inbound, jammer, missile, plan, planner  # noqa: E402
from vedette.advise.effector_config import AnyEffectorConfig  # noqa: E402
from vedette.advise.planner import Planner  # noqa: E402
from vedette.assess import AlertConfig  # noqa: E402
from vedette.types import Track  # noqa: E402


def _effector(rng: np.random.Generator, i: int) -> AnyEffectorConfig:
    place = {"bearing": rng.uniform(0.0, 360.0), "distance": rng.uniform(0.0, 3000.0)}
    kind = int(rng.integers(3))
    if kind == 0:
        kill = {"other": [[500.0, 0.7], [4000.0, 0.2]]}
        return gun(f"Gun {i}", range_max=4000.0, kill=kill, cost=0.001, **place)
    if kind == 1:
        return missile(f"Missile {i}", kill={"other": [[1e3, 0.85], [12e3, 0.5]]}, **place)
    return jammer(f"Jammer {i}", **place)


def raid(seed: int, effectors: int, tracks: int) -> tuple[Planner, list[Track]]:
    rng = np.random.default_rng(seed)
    configs = [_effector(rng, i) for i in range(effectors)]
    assets = [
        asset(f"Asset {k}", *rng.uniform(-2000.0, 2000.0, 2), value=float(rng.integers(1, 10)))
        for k in range(5)
    ]
    flights = [
        inbound(
            n, rng.uniform(4e3, 16e3), bearing=rng.uniform(0.0, 360.0), speed=rng.uniform(20.0, 60.0),
            sigma=20.0, klass={},
        )
        for n in range(tracks)
    ]  # fmt: skip
    return planner(*configs, assets=assets, alert=AlertConfig()), flights


def timed(seed: int, effectors: int, tracks: int, repeat: int) -> dict[str, Any]:
    plans, flights = raid(seed, effectors, tracks)
    found = plan(plans, flights)  # compiled then
    wall, cpu = [], []
    for _ in range(repeat):
        begin, used = time.perf_counter(), time.process_time()
        found = plan(plans, flights)
        wall.append(1e3 * (time.perf_counter() - begin))
        cpu.append(1e3 * (time.process_time() - used))
    return {
        "seed": seed,
        "effectors": effectors,
        "tracks": tracks,
        "proposals": len(found.proposals),
        "objective": found.objective,
        "bound": found.bound,
        "gap": found.gap,
        "ms": statistics.median(wall),
        "cpu_ms": statistics.median(cpu),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--effectors", type=int, default=24)
    parser.add_argument("--tracks", type=int, default=60)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    for seed in given.seeds:
        row = timed(seed, given.effectors, given.tracks, given.repeat)
        if given.json:
            print(json.dumps(row))
        else:
            print(
                f"seed {seed}: {row['proposals']} proposals, objective {row['objective']:.3f}, "
                f"gap {row['gap']:.1e}, {row['ms']:.0f} ms ({row['cpu_ms']:.0f} ms of the processor)"
            )


if __name__ == "__main__":
    main()
