"""The server of `vedette bench console`, as `vedette watch` runs it, in a process of its own.

`python -m vedette.cli.console_server TRACKS SEED`: prints its address, then reads words from stdin: `begin`
forgets what was measured so far, `end` prints it as JSON. It stops when stdin closes.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from vedette import clock
from vedette.pipeline import PacedDesk, Pipeline, warm_up
from vedette.sensor import Simulated, Targets
from vedette.server import build_app, serve
from vedette.server.hub import Hub
from vedette.site import Site, load_site
from vedette.types import Array, Mode, Scan

LOOKS = 5  # per turn of the radar, of a fifth of a second each: so often comes a picture
INBOUND = 0.01  # part of the targets that fly at the asset, so that there are alerts
SITE = f"""
[site]
name = "bench"
latitude = 52.0
longitude = 5.0
height = 0.0
fictional = true

[[asset]]
name = "centre"
radius = 300

[[zone]]
name = "inner"
radius = 3000

[[sensor]]
kind = "radar3d"
name = "radar"
height = 20
range_max = 60000
reference_range = 60000
reference_rcs = 0
reference_pd = 0.95
pfa = 1e-9
range_resolution = 30
azimuth_beamwidth = 0.5
elevation_beamwidth = 1.0
elevation_min = -1
elevation_max = 60
sectors = {LOOKS}
period = 1.0
"""


def targets(count: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """(N, 3) positions and velocities: about the site, across the line of sight but for a few."""
    bearing, distance = rng.uniform(0.0, 2.0 * np.pi, count), 50e3 * np.sqrt(rng.uniform(0.1, 1.0, count))
    out = np.column_stack([np.sin(bearing), np.cos(bearing), np.zeros(count)])
    across = np.column_stack([out[:, 1], -out[:, 0], out[:, 2]])
    inbound = rng.random(count) < INBOUND
    way = np.where(inbound[:, None], -out, across)
    height = rng.uniform(1000.0, 6000.0, count) + distance**2 / 12.74e6
    position = np.column_stack([distance[:, None] * out[:, :2], height])
    return position, way * rng.uniform(40.0, 120.0, count)[:, None]


def scans(sensor: Simulated, count: int, seed: int) -> Iterator[Scan]:
    """What the radar reports, without end; its first look ends when it is asked for."""
    rng = np.random.default_rng(seed)
    position, velocity = targets(count, rng)
    begin, number = clock.wall() - clock.NS // LOOKS, 0
    for look in sensor.schedule(begin, begin + clock.DAY_NS):
        flown = clock.seconds(look.t1 - begin)
        now = Targets(
            position=position + flown * velocity, velocity=velocity, rcs=np.full(count, 1.0),
            transponder=("",) * count,
        )  # fmt: skip
        detections = sensor.measure(now, look, rng).detections(sensor, look, number)
        number += len(detections)
        yield Scan(sensor=sensor.name, t0=look.t0, t1=look.t1, sector=look.sector, detections=detections)


def bench_site(folder: Path) -> Site:
    """One radar that turns once a second."""
    path = folder / "site.toml"
    path.write_text(SITE, "utf-8")
    return load_site(path)


def obey(hub: Hub, pipeline: Pipeline) -> None:
    """Do what stdin says until it closes, then stop as Ctrl-C would."""
    began: tuple[float, float, dict[str, int]] = (0.0, 0.0, {})
    for word in sys.stdin:
        now = time.perf_counter(), time.process_time(), counters(hub, pipeline)
        if word.strip() == "begin":
            hub.delays.clear()
            began = now
        elif word.strip() == "end":
            found: dict[str, Any] = {name: n - began[2].get(name, 0) for name, n in now[2].items()}
            found |= {"took_s": now[0] - began[0], "cpu_s": now[1] - began[1], "delays": list(hub.delays)}
            print(msgspec.json.encode(found).decode(), flush=True)
    os.kill(os.getpid(), signal.SIGINT)


def counters(hub: Hub, pipeline: Pipeline) -> dict[str, int]:
    """What the server and the look ahead have counted."""
    outlook = {name: n for name, n in pipeline.picture.counters.items() if name.startswith("outlook.")}
    return {**hub.counters, **outlook, "pictures": pipeline.counters["pictures"]}


def main() -> None:
    """Serve until stdin closes."""
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="vedette-bench-") as folder:
        site = bench_site(Path(folder))
        for _ in warm_up(site):
            pass
        sensor = site.sensors["radar"]
        pipeline = Pipeline(site, mode=Mode.EXERCISE, origins={"radar": f"simulated, seed {seed}"})
        # The play-head starts with the first scan, which ends at the moment at which it is asked for: so data
        # time is the clock's, and the age of a frame can be read off it.
        desk = PacedDesk(pipeline, scans(sensor, count, seed), clock.steady(), simulated=("radar",))
        desk.look_ahead()
        app = build_app(desk, clock=clock.steady())
        threading.Thread(target=obey, args=(app.state.hub, pipeline), daemon=True).start()
        serve(app, port=0, ready=lambda address: print(address, flush=True))


if __name__ == "__main__":
    main()
