"""Sensors made by a test: JSON lines over TCP, two looks a second with one report of a drone."""

from __future__ import annotations

import json
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

PERIOD_S = 0.5


@dataclass
class Radar:
    """Serves its one listener until it is killed; a killed radar refuses every connection."""

    listener: socket.socket
    plot: Callable[[int], dict[str, Any]]
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        with suppress(OSError):
            while not self.ended.is_set():
                connection, _ = self.listener.accept()
                with connection, suppress(OSError):
                    self._report(connection)

    def _report(self, connection: socket.socket) -> None:
        while not self.ended.wait(PERIOD_S):
            end = time.time_ns()
            begin = end - int(PERIOD_S * 1e9)
            lines = [
                json.dumps(self.plot(end)),
                json.dumps({"look": [begin, end], "sector": None}),
            ]  # proves no miss
            connection.sendall(("\n".join(lines) + "\n").encode())

    def kill(self) -> None:
        self.ended.set()
        with suppress(OSError):  # wakes accept
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def flies_by(end: int) -> dict[str, Any]:
    """A plot of a drone on a circle of 5 km, at 40 m/s."""
    azimuth = math.radians(20.0) + (end / 1e9 % 600.0) * 0.008
    sigma = [20.0, 0.005, 0.01]
    return {"kind": "range_az_el", "t": end - 1_000_000, "z": [5_000.0, azimuth, 0.06], "sigma": sigma}


def is_heard(end: int) -> dict[str, Any]:
    """The bearing of one that stands in the north-east."""
    return {"kind": "az", "t": end - 1_000_000, "z": [math.radians(60.0)], "sigma": [0.035]}


@contextmanager
def radar(plot: Callable[[int], dict[str, Any]] = flies_by) -> Iterator[Radar]:
    """A sensor that reports until the block ends, or until it is killed."""
    made = Radar(socket.create_server(("127.0.0.1", 0)), plot)
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.kill()
        thread.join(10)
