#!/usr/bin/env python3
"""What a look ahead costs, and that it does not slow the tracker.

    python bench/outlook
    python bench/outlook --seconds 20

Two measurements, printed as one JSON object:

cost     processor time of 500 futures × 50 tracks × 600 s, best of five
steps    wall time of one step of the whole pipeline (2,000 tracks, 400 plots a look, five looks a second) in
         turns without and with the look ahead working all the time, on a machine that is otherwise as it is
         (`idle`) and with a process at full speed on every core (`full`)
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from vedette.assess.futures import Flights  # noqa: E402
from vedette.assess.outlook import Followed, factors  # noqa: E402
from vedette.cli.console_server import LOOKS, bench_site, scans  # noqa: E402
from vedette.pipeline import LookAhead, Pipeline  # noqa: E402
from vedette.pipeline.outlook_process import Ahead  # noqa: E402
from vedette.types import Picture  # noqa: E402

TRACKS = 2000
BLOCK = 25  # looks between two changes from without to with


def inbound(count: int, seed: int) -> Followed:
    """So many tracks 10 to 30 km away, flying about towards the site."""
    rng = np.random.default_rng(seed)
    bearing, distance = rng.uniform(0.0, 2.0 * np.pi, count), rng.uniform(10e3, 30e3, count)
    out = np.column_stack([np.sin(bearing), np.cos(bearing)])
    course = bearing + np.pi + rng.normal(0.0, 0.2, count)
    velocity = 50.0 * np.column_stack([np.sin(course), np.cos(course)])
    x = np.column_stack([distance[:, None] * out, np.full(count, 500.0), velocity, np.zeros(count)])
    P = np.tile(np.diag([900.0, 900, 900, 4, 4, 1]), (count, 1, 1))
    flights = Flights(
        x, factors(P), np.full(count, 0.97), np.tile([0.9, 0.05, 0.05], (count, 1)), np.full(count, 0.2),
        np.zeros(count), np.zeros(count),
    )  # fmt: skip
    return Followed(1, flights, np.zeros(count))


def cost(folder: Path) -> float:
    """Processor seconds of one look ahead."""
    ahead, now = Ahead(bench_site(folder)), inbound(50, 1)
    ahead.look(now)
    best = np.inf
    for _ in range(5):
        began = time.process_time()
        ahead.look(now)
        best = min(best, time.process_time() - began)
    return best


class Switched:
    """Hands pictures on to a look ahead, every one, while it is on."""

    def __init__(self, ahead: LookAhead) -> None:
        self.ahead, self.on = ahead, False

    def write(self, picture: Picture) -> None:
        if self.on:
            self.ahead.write(picture)

    def close(self) -> None:
        self.ahead.close()


def steps(folder: Path, seconds: float) -> dict[str, dict[str, float]]:
    """Wall ms of a step without and with the look ahead."""
    site = bench_site(folder)
    pipeline, ahead = Pipeline(site), LookAhead(site)
    switched = Switched(ahead)
    pipeline.sinks.append(switched)
    source = scans(site.sensors["radar"], TRACKS, 1)
    for _ in range(30):
        pipeline.step(next(source))
    switched.on = True
    pipeline.step(next(source))
    while ahead.counters["made"] == 0:
        time.sleep(0.1)
    taken: dict[bool, list[float]] = {False: [], True: []}
    due = time.perf_counter()
    for k in range(round(seconds * LOOKS)):
        switched.on = bool(k // BLOCK % 2)
        scan = next(source)
        due += 1.0 / LOOKS
        time.sleep(max(0.0, due - time.perf_counter()))
        began = time.perf_counter()
        pipeline.step(scan)
        taken[switched.on].append(1e3 * (time.perf_counter() - began))
    pipeline.close()
    return {
        **{name: spread(taken[on]) for name, on in (("without", False), ("with", True))},
        "outlooks": {name: ahead.counters[name] for name in ("made", "skipped", "cpu_ms")},
    }


def spread(sample: list[float]) -> dict[str, float]:
    """Quantiles in ms."""
    return {
        name: round(float(np.quantile(sample, q)), 1)
        for name, q in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99))
    } | {"steps": len(sample)}


def burn() -> None:
    while True:
        pass


@contextmanager
def busy() -> Iterator[None]:
    """A process at full speed on every core."""
    burners = [multiprocessing.Process(target=burn, daemon=True) for _ in range(os.cpu_count() or 1)]
    for one in burners:
        one.start()
    try:
        yield
    finally:
        for one in burners:
            one.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="of each of the two measurements of steps"
    )
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found: dict[str, object] = {"load_before": os.getloadavg()[0], "cores": os.cpu_count()}
        found["cost_s"] = round(cost(folder), 3)
        found["idle"] = steps(folder, seconds)
        with busy():
            found["full"] = steps(folder, seconds)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
