#!/usr/bin/env python3
"""The published weapon-target instances up to 300 x 600: our optimum, bound and time beside the quoted ones.

    python bench/assignment.py                        # fetches the instances; a minute of work
    python bench/assignment.py --folder wta/data      # from a copy of that repository
    python bench/assignment.py --only 50x100x1 100x200x2 --json
    python bench/assignment.py --docs                 # also rewrite the table in docs/assignment.md
    python bench/assignment.py --convert out --only 50x100x1   # as files for `vedette assign`

The instances are those of github.com/tuliotoffolo/wta (Andersen, Pavlikov and Toffolo, Ann. Oper. Res. 2022),
under the GPL: fetched when asked for, never part of this repository. CPLEX times are quoted from its logs,
the best setting for each instance; the optima too, where it closed them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from vedette.advise import Problem, assign, greedy, problem  # noqa: E402
from vedette.advise.problem_file import write_problem  # noqa: E402

SOURCE = "https://raw.githubusercontent.com/tuliotoffolo/wta/master/data/"
# instance → optimum or best known value, and seconds of CPLEX until proven (None: open after 7,200 s)
QUOTED: dict[str, tuple[float, float | None]] = {
    "50x100x1": (1734.302278, 3.1), "50x100x2": (123.838458, 19.0), "50x100x3": (20.590016, 356.0),
    "100x200x1": (2862.302805, 15.0), "100x200x2": (116.057435, 203.0), "100x200x3": (14.579133, None),
    "150x300x1": (3740.417477, 36.0), "150x300x2": (103.151031, 421.0), "150x300x3": (11.428722, None),
    "200x400x1": (4970.363583, 86.0), "200x400x2": (115.447473, None), "200x400x3": (10.576291, None),
    "250x500x1": (6689.831917, 392.0), "250x500x2": (114.350685, None),
    "300x600x1": (8136.879466, 359.0), "300x600x2": (118.543307, None),
    "250x500x3": (float("nan"), None), "300x600x3": (float("nan"), None),
}  # fmt: skip


def text_of(name: str, folder: Path | None) -> str:
    file = f"wta_{name}.txt"
    if folder is not None:
        return (folder / file).read_text()
    with urllib.request.urlopen(SOURCE + file, timeout=60) as answer:
        return str(answer.read().decode())


def read(text: str) -> Problem:
    """Weapons, targets and shots per weapon; the weights; weapon, target and probability a line."""
    numbers = text.split()
    weapons, targets, shots = map(int, numbers[:3])
    rows = np.array(numbers[3 + targets :], float).reshape(-1, 3)
    kill = np.zeros((weapons, targets))
    kill[rows[:, 0].astype(int), rows[:, 1].astype(int)] = rows[:, 2]
    return problem(np.array(numbers[3 : 3 + targets], float), kill, shots)


def run(name: str, found: Problem) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    best = assign(found)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    quoted, cplex = QUOTED[name]
    return {
        "instance": name,
        **best.told(),
        "s": wall,
        "cpu_s": cpu,
        "quoted": None if np.isnan(quoted) else quoted,
        "difference": None if np.isnan(quoted) else abs(best.objective - quoted) / quoted,
        "cplex_s": cplex,
        "ratio": None if cplex is None else cplex / wall,
        "greedy_excess": found.value(greedy(found)) / best.objective - 1.0,
    }


HEAD = """| instance | optimum | gap proven | s | CPLEX, s | × our time | greedy excess |
|---|---:|---:|---:|---:|---:|---:|
"""


def row(r: dict[str, Any]) -> str:
    cplex = (
        "open"
        if r["cplex_s"] is None
        else f"{r['cplex_s']:,.0f}"
        if r["cplex_s"] >= 10
        else f"{r['cplex_s']}"
    )
    ratio = "> {:,.0f}".format(7200 / r["s"]) if r["ratio"] is None else f"{r['ratio']:,.0f}"
    gap = "0" if r["gap"] < 1e-9 else f"{r['gap']:.1e}"
    name, excess = r["instance"].replace("x", " × "), f"{r['greedy_excess']:.1%}"
    cells = (name, f"{r['objective']:.6f}", gap, f"{r['s']:.2f}", cplex, ratio, excess)
    return f"| {' | '.join(cells)} |\n"


def into_docs(table: str) -> None:
    page = ROOT / "docs" / "assignment.md"
    head, _, rest = page.read_text().partition("<!-- figures -->\n")
    _, mark, tail = rest.partition("<!-- end of figures -->")
    page.write_text(f"{head}<!-- figures -->\n{table}{mark}{tail}")


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="bench/assignment.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, help="where the instances lie; else they are fetched")
    parser.add_argument("--only", nargs="+", choices=list(QUOTED), default=list(QUOTED), metavar="INSTANCE")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--docs", action="store_true", help="rewrite the table in docs/assignment.md")
    parser.add_argument("--convert", type=Path, help="write the instances as TOML into this folder and end")
    asked = parser.parse_args(words)
    if asked.convert is not None:
        asked.convert.mkdir(parents=True, exist_ok=True)
        for name in asked.only:
            (asked.convert / f"wta_{name}.toml").write_text(write_problem(read(text_of(name, asked.folder))))
        return
    assign(problem([1.0, 2.0], [[0.5, 0.6], [0.7, 0.2]], 1))  # compiles
    rows = []
    for name in asked.only:
        rows.append(run(name, read(text_of(name, asked.folder))))
        if not asked.json:
            print((HEAD if len(rows) == 1 else "") + row(rows[-1]), end="", flush=True)
    if asked.json:
        print(json.dumps(rows))
    if asked.docs:
        into_docs(HEAD + "".join(map(row, rows)))


if __name__ == "__main__":
    main(sys.argv[1:])
