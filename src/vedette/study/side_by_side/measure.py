"""One contender over one piece of traffic: how long each scan takes, and how far off the picture is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from vedette.kernel.gospa import gospa
from vedette.scenario.traffic import Moment, Traffic
from vedette.study.side_by_side.contender import Contender, contender
from vedette.types import Array

CUT_OFF = 100.0  # m, GOSPA's c; p = 2, α = 2
ENOUGH_S = 0.5  # short runs are played again until they have taken so much processor time together …
AT_MOST = 20  # … or so often
SETTLED = 10  # scans; before, a tracker that wants three hits has to be silent about everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one contender made of one piece of traffic.

    ms_per_scan, ms_median, ms_max  processor time of the tracker's own call, compilation excluded
    detections_per_s                plots divided by that time
    gospa, gospa_rms                mean and root mean square over the scans, m (p = 2, c = 100 m)
    gospa_settled                   mean from scan SETTLED on, when everybody has had time to confirm
    localisation, missed, false     the parts of gospa_rms: their squares add up
    plays                           how often the traffic was played to time it
    peak_mib, base_mib              highest memory of the process, and before the first scan; 0 if unknown
    """

    name: str
    targets: int
    seed: int
    dims: int
    density: float
    scans: int
    ms_per_scan: float
    ms_median: float
    ms_max: float
    detections_per_s: float
    gospa: float
    gospa_rms: float
    gospa_settled: float
    localisation: float
    missed: float
    false: float
    plays: int
    peak_mib: float = 0.0
    base_mib: float = 0.0


def play(one: Contender, moments: list[Moment], clock: Callable[[], float]) -> tuple[Array, list[Array]]:
    """Seconds per scan (scans,), and what was reported after each. Plots are prepared beforehand."""
    scans = [one.prepare(k, moment.plots) for k, moment in enumerate(moments)]
    seconds, reported = np.empty(len(scans)), []
    for k, scan in enumerate(scans):
        began = clock()
        one.step(scan)
        seconds[k] = clock() - began
        reported.append(one.positions())
    return seconds, reported


def measure(
    make: str | Callable[[Traffic], Contender],
    traffic: Traffic,
    *,
    clock: Callable[[], float] = time.process_time,
    name: str = "",
) -> Figures:
    """Play `traffic` to one contender, by name or by its maker, and score what it reports.

    Scans are timed with `clock`, by default the processor time of this process; a few scans of other traffic
    come first, so that compilation and first calls are not counted.
    """
    maker = contender(make) if isinstance(make, str) else make
    play(maker(traffic), list(replace(traffic, targets=10, seed=traffic.seed + 1, scans=15)), clock)
    moments = list(traffic)
    seconds, reported = play(maker(traffic), moments, clock)
    runs = [seconds]
    while sum(map(np.sum, runs)) < ENOUGH_S and len(runs) < AT_MOST:
        runs.append(play(maker(traffic), moments, clock)[0])
    took = np.array(runs)
    detections = sum(len(moment.plots) for moment in moments)
    return Figures(
        name=name or (make if isinstance(make, str) else getattr(make, "__name__", "")),
        targets=traffic.targets, seed=traffic.seed, dims=traffic.dims, density=traffic.density,
        scans=len(moments), plays=len(runs),
        ms_per_scan=1e3 * float(took.mean()),
        ms_median=1e3 * median(took.ravel().tolist()),
        ms_max=1e3 * float(took.max()),
        detections_per_s=detections * len(runs) / float(took.sum()),
        **score(moments, reported, traffic.dims),
    )  # fmt: skip


def score(moments: list[Moment], reported: list[Array], dims: int) -> dict[str, float]:
    """GOSPA over the scans: means, root mean square, and the root mean squares of its three parts."""
    each = [gospa(m.states[:, :dims], y, c=CUT_OFF) for m, y in zip(moments, reported, strict=True)]
    squares = np.array([(g.localisation, g.missed, g.false) for g in each]).mean(axis=0)
    distance = np.array([g.distance for g in each])
    return {
        "gospa": float(distance.mean()),
        "gospa_rms": float(np.sqrt(squares.sum())),
        "gospa_settled": float(distance[min(SETTLED, len(each) - 1) :].mean()),
        **dict(zip(("localisation", "missed", "false"), np.sqrt(squares).tolist(), strict=True)),
    }
