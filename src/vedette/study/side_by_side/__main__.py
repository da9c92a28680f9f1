"""`python -m vedette.study.side_by_side NAME TRAFFIC`: one measurement; the figures as JSON on stdout."""

from __future__ import annotations

import resource
import sys
from dataclasses import replace
from pathlib import Path

import msgspec

from vedette.scenario.traffic import Traffic
from vedette.study.side_by_side.contender import contender
from vedette.study.side_by_side.measure import measure


def peak_mib() -> float:
    """Most memory this process ever held, MiB.

    Linux: VmHWM, which starts anew with the program; ru_maxrss would include the parent's before the fork.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024.0
    except (OSError, StopIteration):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (1024.0**2 if sys.platform == "darwin" else 1024.0)


def main(name: str, traffic: Traffic) -> None:
    make = contender(name)
    measure(make, replace(traffic, targets=10, scans=3))  # everything imported and compiled
    base = peak_mib()
    figures = measure(make, traffic, name=name)
    sys.stdout.buffer.write(msgspec.json.encode(replace(figures, peak_mib=peak_mib(), base_mib=base)))


if __name__ == "__main__":
    main(sys.argv[1], msgspec.json.decode(sys.argv[2], type=Traffic))
