#!/usr/bin/env python3
"""Ours, Stone Soup's trackers and a filterpy recipe on the same seeded plots, in one run.

    python bench/tracker                       # everything: a quarter of an hour on one quiet core
    python bench/tracker --targets 100 --seeds 1 --only vedette stonesoup-kdgnn recipe
    python bench/tracker --json figures.json   # the figures of every single run
    python bench/tracker --docs                # also rewrite the page and the picture in docs/benchmarks

Needs the bench group: pip install stonesoup==1.9.1 filterpy matplotlib (matplotlib for --docs only).
How it measures stands in docs/benchmarks/tracker.md; who takes part in src/vedette/study/side_by_side.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

from plan import HELD_BACK, SETTINGS, Run, planned  # noqa: E402
from report import averaged, table  # noqa: E402

from vedette.study.side_by_side import CONTENDERS, Figures, PeerError, measure_apart  # noqa: E402


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/tracker", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--targets", type=int, nargs="+", help="only these numbers of targets")
    parser.add_argument("--setting", nargs="+", choices=SETTINGS, help="only these kinds of traffic")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, help="only these trackers")
    parser.add_argument("--seeds", type=int, help="so many seeds everywhere, instead of the plan's")
    parser.add_argument("--first-seed", type=int, default=HELD_BACK, help=f"{HELD_BACK} unless given")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures of every run here")
    parser.add_argument("--again", type=Path, metavar="FILE", help="report these figures instead of running")
    parser.add_argument("--docs", action="store_true", help="rewrite the page and the picture")
    return parser.parse_args(words)


def measured(runs: Iterator[Run]) -> Iterator[tuple[str, Figures]]:
    """(setting, figures) of every run; a tracker that is not installed is named once and left out."""
    missing: set[str] = set()
    for run in runs:
        if run.name in missing:
            continue
        try:
            figures = measure_apart(run.name, run.traffic)
        except PeerError as error:
            missing.add(run.name)
            print(error, file=sys.stderr)
            continue
        print(
            f"{run.setting:6} N={figures.targets:<7} seed {figures.seed:<5} {figures.name:26}"
            f"{figures.ms_per_scan:12.4f} ms/scan  GOSPA {figures.gospa:9.2f}",
            file=sys.stderr,
            flush=True,
        )
        yield run.setting, figures


def main(words: Sequence[str]) -> None:
    asked = arguments(words)
    if asked.again:
        read = json.loads(asked.again.read_text(encoding="utf-8"))
        found = [(one.pop("setting"), Figures(**one)) for one in read]
    else:
        found = list(measured(planned(asked)))
    rows = averaged(found)
    print(table(rows))
    if asked.json:
        every = [{"setting": setting, **asdict(figures)} for setting, figures in found]
        lines = ",\n".join(map(json.dumps, every))
        asked.json.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    if asked.docs:
        from report import write_docs

        write_docs(rows, ROOT / "docs" / "benchmarks")


if __name__ == "__main__":
    main(sys.argv[1:])
