#!/usr/bin/env python3
"""Vo12 without known birth places: our OSPA, that of Stone Soup's trackers with every rule tried, the ratio.

    python bench/vo12.py                    # all rules, five seeds: some minutes
    python bench/vo12.py --seeds 101 102    # other plots of the same scenario
    python bench/vo12.py --json

Needs stonesoup==1.9.1. What everybody is told stands in src/vedette/study/side_by_side/vo12.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from vedette.scenario.reference import vo12
from vedette.study.oracles import mean_ospa, vo12_setting
from vedette.study.side_by_side.vo12 import RULES, SEEDS, C, ours, theirs


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="bench/vo12.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(words)
    known = mean_ospa((vo12(seed) for seed in asked.seeds), vo12_setting(), C)
    mine = ours(asked.seeds)
    rows = []
    for name, rules in RULES.items():
        for rule in rules:
            value = theirs(name, rule, asked.seeds)
            label = f"{name} {rule.hits}/{rule.misses}/{rule.distance}"
            rows.append({"tracker": name, "hits": rule.hits, "misses": rule.misses,
                         "distance": rule.distance, "ospa": value})  # fmt: skip
            print(f"{label:28} {value:7.2f} m  {value / mine:5.2f} ×", file=sys.stderr, flush=True)
    best = {name: min(row["ospa"] for row in rows if row["tracker"] == name) for name in RULES}
    figures = {"vo12_ospa": known, "vo12_uniform_ospa": mine} | {
        f"{name}_{what}": value
        for name, ospa in best.items()
        for what, value in (("ospa", ospa), ("over_ours", ospa / mine))
    }
    if asked.json:
        print(json.dumps(figures | {"rules": rows}))
    else:
        print("\n".join(f"{name:28} {value:7.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
