"""Who runs on what: as much as fits into a quarter of an hour, the slow ones on fewer seeds."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from vedette.scenario.traffic import Traffic

HELD_BACK = 1001  # seeds from here on were never looked at while tuning

# What differs from plain traffic: 4 targets per km², P_D 0.9, one false plot per ten targets, in a plane.
SETTINGS: Mapping[str, Mapping[str, float]] = {
    "plain": {},
    "dense": {"density": 16.0},
    "3-D": {"dims": 3},
    "weak": {"p_detect": 0.6, "false_per_target": 1.0},
}

OURS = ("vedette", "vedette-gnn")
QUICK = (*OURS, "recipe", "stonesoup-kdgnn", "stonesoup-kdehm2")

# (setting, targets): {tracker: how many seeds}
PLAN: Mapping[tuple[str, int], Mapping[str, int]] = {
    ("plain", 10): dict.fromkeys((*QUICK, "stonesoup-gnn"), 5),
    ("plain", 30): dict.fromkeys((*QUICK, "stonesoup-gnn"), 5),
    ("plain", 100): dict.fromkeys(QUICK, 5) | {"stonesoup-gnn": 1, "stonesoup-kdgnn-tutorial": 3},
    ("plain", 300): dict.fromkeys(QUICK, 2) | {"stonesoup-gnn": 1, "stonesoup-kdgnn-tutorial": 1},
    ("plain", 1_000): dict.fromkeys(OURS, 2) | dict.fromkeys(QUICK[2:], 1),
    ("plain", 10_000): {"vedette": 1},
    ("plain", 100_000): {"vedette": 1},
    ("dense", 100): dict.fromkeys(QUICK, 3),
    ("3-D", 100): dict.fromkeys(QUICK, 3),
    ("weak", 100): dict.fromkeys(QUICK, 3),
    ("3-D", 1_000): {"vedette": 1, "vedette-imm": 1},
    ("3-D", 10_000): {"vedette": 1, "vedette-imm": 1},
    ("3-D", 100_000): {"vedette": 1, "vedette-imm": 1},
}
SCANS: Mapping[int, int] = {100_000: 20}  # 60 elsewhere


@dataclass(frozen=True, slots=True)
class Run:
    """One tracker on one seed."""

    setting: str
    name: str
    traffic: Traffic


def planned(asked: argparse.Namespace) -> Iterator[Run]:
    """The plan's runs that were asked for; all trackers on one seed before the next seed begins."""
    for (setting, targets), trackers in PLAN.items():
        if targets not in (asked.targets or [targets]) or setting not in (asked.setting or [setting]):
            continue
        base = Traffic(targets=targets, seed=0, scans=SCANS.get(targets, 60), **SETTINGS[setting])  # type: ignore[arg-type]
        for k in range(asked.seeds or max(trackers.values())):
            for name, seeds in trackers.items():
                if k < (asked.seeds or seeds) and name in (asked.only or [name]):
                    yield Run(setting, name, replace(base, seed=asked.first_seed + k))
