"""`vedette bench console`: how old a picture is when a page has it, and what the server's part of that is."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import msgspec
import numpy as np

from vedette.cli.console_browser import window
from vedette.errors import ServiceError

COMPILED_S = 300.0  # until the server serves: the first run compiles
READY_S = 30.0  # until every viewer has all tracks, or what was measured has been said
STOP_S = 5.0


class Child:
    """A process that is spoken to in lines."""

    def __init__(self, module: str, *arguments: object) -> None:
        self.name = module
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"vedette.cli.{module}", *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def say(self, word: str) -> None:
        assert self.process.stdin is not None
        print(word, file=self.process.stdin, flush=True)

    def hear(self, patience: float = READY_S) -> str:
        """Its next line. ServiceError when it has ended, or says nothing for so many seconds."""
        assert self.process.stdout is not None
        if not select.select([self.process.stdout], [], [], patience)[0]:
            raise ServiceError(
                f"The {self.name} was silent for {patience:.0f} s; this machine is too busy for so many "
                "tracks and viewers, ask for fewer."
            )
        line = self.process.stdout.readline()
        if not line:
            raise ServiceError(f"The {self.name} ended early; what it said above tells why.")
        return line.strip()

    def figures(self, word: str) -> dict[str, Any]:
        """What it measured."""
        self.say(word)
        found: dict[str, Any] = msgspec.json.decode(self.hear())
        return found


@contextmanager
def child(module: str, *arguments: object) -> Iterator[Child]:
    """A process that is gone when the block ends."""
    one = Child(module, *arguments)
    try:
        yield one
    finally:
        assert one.process.stdin is not None
        one.process.stdin.close()
        try:
            one.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()


def measure(*, tracks: int, viewers: int, seconds: float, seed: int, browser: bool) -> dict[str, Any]:
    """Serve so many tracks to so many viewers for so long, and say how old the frames were."""
    with child("console_server", tracks, seed) as server, ExitStack() as pages:
        address = server.hear(COMPILED_S)
        page = pages.enter_context(window(address)) if browser else None
        with child("console_viewers", address.replace("http", "ws") + "ws", viewers, tracks) as watching:
            watching.hear()
            if page is not None:
                page.begin()
            watching.say("begin")
            server.say("begin")
            time.sleep(seconds)
            seen, served = watching.figures("end"), server.figures("end")
        drawn = drawing(page.ages(), served["took_s"]) if page else {}
    return report(tracks, viewers, seen, served) | drawn


def drawing(ages: list[float], took: float) -> dict[str, Any]:
    """What the browser drew."""
    return {
        "draw_age_p99_ms": rounded(np.quantile(ages, 0.99)),
        "draw_age_p50_ms": rounded(np.quantile(ages, 0.5)),
        "draw_hz": rounded(len(ages) / took),
    }


def report(tracks: int, viewers: int, seen: dict[str, Any], served: dict[str, Any]) -> dict[str, Any]:
    """The figures of docs/benchmarks/console.md."""
    ages = 1e3 * np.concatenate([np.array(each) for each in seen["ages"]])
    delays, took = 1e3 * np.array(served["delays"]), served["took_s"]
    frames = np.array([len(each) for each in seen["ages"]])
    return {
        "frame_age_p99_ms": rounded(np.quantile(ages, 0.99)),
        "server_p99_ms": rounded(np.quantile(delays, 0.99)),
        "frame_age_p50_ms": rounded(np.quantile(ages, 0.5)),
        "server_p50_ms": rounded(np.quantile(delays, 0.5)),
        "tracks": tracks,
        "tracks_shown": seen["tracks"],
        "viewers": viewers,
        "hz": rounded(frames.mean() / took),
        "hz_of_slowest": rounded(frames.min() / took),
        "frames": int(frames.sum()),
        "skipped": seen["skipped"],
        "bytes": seen["bytes"],
        "pictures": served["pictures"],
        "outlooks": served.get("outlook.made", 0),
        "seconds": rounded(took),
        "server_cpu_share": rounded(served["cpu_s"] / took),
        "load": [round(each, 2) for each in os.getloadavg()],
        "cores": os.cpu_count(),
    }


def rounded(number: float) -> float:
    return round(float(number), 2)
