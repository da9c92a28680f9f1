"""Radars made by a test: JSON lines over TCP, one look a second with one plot of a drone that flies by."""

from __future__ import annotations

import json
import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PERIOD_S = 0.5


@dataclass
class Radar:
    """Serves its one listener until it is killed; a killed radar refuses every connection."""

    listener: socket.socket
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
            azimuth = math.radians(20.0) + (end / 1e9 % 600.0) * 0.008  # 40 m/s at 5 km
            plot = {
                "kind": "range_az_el",
                "t": end - 1_000_000,
                "z": [5_000.0, azimuth, 0.06],
                "sigma": [20.0, 0.005, 0.01],
            }
            lines = [json.dumps(plot), json.dumps({"look": [begin, end], "sector": None})]  # proves no miss
            connection.sendall(("\n".join(lines) + "\n").encode())

    def kill(self) -> None:
        self.ended.set()
        with suppress(OSError):  # wakes accept
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@contextmanager
def radar() -> Iterator[Radar]:
    """A radar that reports until the block ends, or until it is killed."""
    made = Radar(socket.create_server(("127.0.0.1", 0)))
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.kill()
        thread.join(10)
