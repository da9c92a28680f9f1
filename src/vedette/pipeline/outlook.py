"""The look ahead: pictures go to a process of its own, outlooks come back; the newest of either wins.

It must never slow the tracker. So the pipeline's thread does no more than put a picture into a slot. A second
thread, which waits nearly always, hands the newest one to the process, `outlook_process`, as soon as that has
finished the one before; pictures that came meanwhile are skipped, and counted. The process runs at a low
priority. When it ends, or hangs, it is started again; when this program ends, however it does, so does the
process, because the pipe between them closes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import vedette
from vedette.assess.outlook import followed
from vedette.clock import from_seconds
from vedette.site import Site
from vedette.types import Outlook, Picture

COMMAND = (sys.executable, "-m", "vedette.pipeline.outlook_process")
PATIENCE = 600.0  # s without an answer after which the process counts as hanging: it may have to compile
TICK = 0.5  # s between two looks at whether this has been closed
PAUSE, LONGEST_PAUSE = 1.0, 60.0  # s before it is started again; doubled each time that no outlook came


class LookAhead:
    """A sink that looks ahead from the newest picture.

    counters  made: outlooks; skipped: pictures that were due and given up for a newer one; restarts: of the
              process; left_out: tracks that the last outlook had no room for; cpu_ms: the process's work
    """

    def __init__(self, site: Site, command: Sequence[str] = COMMAND, pause: float = PAUSE) -> None:
        self.site, self.command, self.pause = site, tuple(command), pause
        self.counters: Counter[str] = Counter(made=0, skipped=0, restarts=0, left_out=0, cpu_ms=0)
        self.process: subprocess.Popen[bytes] | None = None
        self._every = max(from_seconds(site.outlook.every_s), 1)
        self._rates = {name: s.report_rate for name, s in site.sensors.items() if not s.looks}
        self._turn = -1  # number of the interval that the last picture was offered in
        self._slot: Picture | None = None
        self._newest: Outlook | None = None
        self._wake, self._ended = threading.Condition(), threading.Event()
        self._thread: threading.Thread | None = None

    # ------------------------------------------------------- on the pipeline's thread

    def write(self, picture: Picture) -> None:
        """Offer a picture; one is taken in every `every_s` of data time."""
        turn = picture.t // self._every
        if turn == self._turn or self._ended.is_set():
            return
        self._turn = turn
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="look ahead", daemon=True)
            self._thread.start()
        with self._wake:
            self.counters["skipped"] += self._slot is not None
            self._slot = picture
            self._wake.notify()

    def close(self) -> None:
        """End the process."""
        self._ended.set()
        with self._wake:
            self._wake.notify()
        if self.process is not None:
            self.process.kill()
        if self._thread is not None:
            self._thread.join()

    # ------------------------------------------------------------------ for anybody

    def newest(self, t: int) -> Outlook | None:
        """What is known at data time t (ns UTC): none of the future of t, as after a step back, and nothing
        whose horizon has passed."""
        newest = self._newest
        if newest is None or not 0 <= t - newest.t <= from_seconds(newest.horizon_s):
            return None
        return newest

    # -------------------------------------------------------------- on its own thread

    def _work(self) -> None:
        pause = self.pause
        while not self._ended.is_set():
            made = self.counters["made"]
            try:
                with self._started() as connection:
                    self._serve(connection)
            except (EOFError, OSError):
                if self._ended.is_set():
                    return
                self.counters["restarts"] += 1
                pause = self.pause if self.counters["made"] > made else min(2.0 * pause, LONGEST_PAUSE)
                self._ended.wait(pause)

    @contextmanager
    def _started(self) -> Iterator[Connection]:
        """The process, told about the site and ready."""
        here, there = Pipe()
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(Path(vedette.__file__).parents[1]), *sys.path]),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        with there:
            self.process = subprocess.Popen(
                [*self.command, str(there.fileno())], pass_fds=[there.fileno()], env=environment,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        try:
            with here:
                here.send((self.site.path, self.site.file, self.site.terrain))
                self._answer(here)
                yield here
        finally:
            self.process.kill()
            self.process.wait()

    def _serve(self, connection: Connection) -> None:
        while (picture := self._next()) is not None:
            site = self.site
            now = followed(
                picture.t, picture.tracks, picture.alerts, site.alert, site.outlook, site.frame, self._rates
            )
            connection.send(now)
            outlook, cpu_s = self._answer(connection)
            self._newest = outlook
            self.counters["made"] += 1
            self.counters["left_out"] = outlook.left_out
            self.counters["cpu_ms"] += round(1e3 * cpu_s)

    def _answer(self, connection: Connection) -> tuple[Outlook, float]:
        """What the process says next. EOFError or OSError when it has ended, hangs, or is wanted no more."""
        waited = 0.0
        while not connection.poll(TICK):
            waited += TICK
            if self._ended.is_set() or waited > PATIENCE:
                raise TimeoutError
        answer: tuple[Outlook, float] = connection.recv()
        return answer

    def _next(self) -> Picture | None:
        """The newest picture, once there is one; None when this has been closed."""
        with self._wake:
            self._wake.wait_for(lambda: self._slot is not None or self._ended.is_set())
            picture, self._slot = self._slot, None
        return None if self._ended.is_set() else picture
