"""Accuracy of the tracks that follow a target, in its own directions: along its course, across, vertical."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vedette.metric.association import associate
from vedette.metric.paths import Bools, Floats, TrackPaths, TruthPaths
from vedette.metric.protocol import NOTHING


@dataclass(frozen=True, kw_only=True)
class AccuracyMetric:
    """Root mean squares of position (m) and velocity (m/s) errors, and of the heading (rad).

    Every track that follows a target counts at every step. Along, across and heading count only where the
    target moves at `moving` m/s or more over the ground: a hovering one has no course. Position overall is
    the root of the sum of the squares of its three parts only if all targets move.
    """

    perfect: ClassVar[Mapping[str, float]] = {
        "position_rms_m": 0.0, "along_rms_m": 0.0, "across_rms_m": 0.0, "vertical_rms_m": 0.0,
        "velocity_rms_m_per_s": 0.0, "velocity_along_rms_m_per_s": 0.0, "velocity_across_rms_m_per_s": 0.0,
        "velocity_vertical_rms_m_per_s": 0.0, "heading_rms_rad": 0.0,
    }  # fmt: skip
    missed: ClassVar[str] = NOTHING
    false: ClassVar[str] = NOTHING

    c: float = 50.0
    begin: int = 3
    end: int = 2
    moving: float = 1.0

    def score(self, truth: TruthPaths, tracks: TrackPaths) -> dict[str, float]:
        who = associate(truth, tracks, c=self.c, begin=self.begin, end=self.end)
        _, a, b = who.rows(truth, tracks)
        return errors(truth.x[a], tracks.x[b], self.moving) | {"samples": float(len(a))}


def errors(x: Floats, y: Floats, moving: float) -> dict[str, float]:
    """All figures for true states x (E, 6) and reported states y (E, 6)."""
    course, speed = x[:, 3:5], np.linalg.norm(x[:, 3:5], axis=1)
    on = speed >= moving
    out = {}
    for name, unit, part in (("", "m", slice(0, 3)), ("velocity_", "m_per_s", slice(3, 6))):
        e = (y - x)[:, part]
        along, across = turned(e[on, :2], course[on])
        whole = name or "position_"
        out[f"{whole}rms_{unit}"] = rms(np.linalg.norm(e, axis=1))
        out[f"{name}along_rms_{unit}"], out[f"{name}across_rms_{unit}"] = rms(along), rms(across)
        out[f"{name}vertical_rms_{unit}"] = rms(e[:, 2])
    return out | {"heading_rms_rad": rms(heading_error(x, y, on))}


def turned(e: Floats, course: Floats) -> tuple[Floats, Floats]:
    """Horizontal errors e (E, 2) along the course (E, 2) and across it, positive to the left."""
    u = course / np.linalg.norm(course, axis=1, keepdims=True)
    return (e * u).sum(axis=1), u[:, 0] * e[:, 1] - u[:, 1] * e[:, 0]


def heading_error(x: Floats, y: Floats, on: Bools) -> Floats:
    """The angle (rad, −π to π) between reported and true course, where the target moves."""
    course, said = x[on, 3:5], y[on, 3:5]
    cross = course[:, 0] * said[:, 1] - course[:, 1] * said[:, 0]
    return np.asarray(np.arctan2(cross, (course * said).sum(axis=1)))


def rms(v: Floats) -> float:
    """Root mean square; 0 of nothing."""
    return float(np.sqrt(np.mean(v**2))) if len(v) else 0.0
