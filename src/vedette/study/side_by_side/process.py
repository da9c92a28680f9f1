"""One measurement in a process of its own: one thread, and nobody else's memory."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

import msgspec

from vedette.errors import VedetteError
from vedette.scenario.traffic import Traffic
from vedette.study.side_by_side.contender import check
from vedette.study.side_by_side.measure import Figures

# Linear algebra libraries start a thread per core unless told otherwise, also for 4 × 4 matrices.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def measure_apart(name: str, traffic: Traffic) -> Figures:
    """`measure(name, traffic)` in a fresh process, with the memory it took.

    Raises PeerError before starting anything when the contender's package is not installed.
    """
    check(name)
    command = [
        sys.executable,
        "-m",
        "vedette.study.side_by_side",
        name,
        msgspec.json.encode(traffic).decode(),
    ]
    environment = dict(
        os.environ, **dict.fromkeys(THREADS, "1"), PYTHONPATH=os.pathsep.join(p for p in sys.path if p)
    )
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise VedetteError(f"{name} stopped with: {reason}; to see more, run: {shlex.join(command)}")
    return msgspec.json.decode(done.stdout, type=Figures)
