"""What a camera or an eye makes out at a distance. Johnson's criteria (1958), after Holst, "Electro-Optical
Imaging System Performance"."""

from __future__ import annotations

import math

import numpy as np

from vedette.kernel.convert import NODES, WEIGHTS
from vedette.types import Array

KOSCHMIEDER = 3.912  # −ln 0.02: the visibility V is where contrast falls to 2 % (Koschmieder 1924)
THRESHOLD = 0.02  # the least contrast that an eye sees, which defines V


def contrast(c0: float, r: Array, visibility: float) -> Array:
    """C = C₀ exp(−3.912 R / V) against the sky at the horizon."""
    return np.asarray(c0 * np.exp(-KOSCHMIEDER * r / visibility))


def cycles(size: Array | float, r: Array, resolution: float, c: Array) -> Array:
    """N = d / (2 R ρ) · (1 − ln C / ln C_t): line pairs across a target of size d that contrast C resolves.

    ρ (rad) is the instantaneous field of view of one pixel. The second factor is the finest part of the
    pixels' own 1/2ρ that C still shows, for a threshold that rises from C_t = 2 % at no detail to 1 at 1/2ρ
    along a straight line in ln C, as measured threshold curves nearly do: an approximation of ours.
    """
    share = 1.0 - np.log(np.maximum(c, 1e-300)) / math.log(THRESHOLD)
    return np.asarray(size / (2.0 * np.maximum(r, 1.0) * resolution) * np.clip(share, 0.0, 1.0))


def resolved(n: Array, n50: float) -> Array:
    """P = x^E / (1 + x^E), x = N / N₅₀, E = 2.7 + 0.7 x: the target transfer probability function."""
    x = n / n50
    power = np.power(x, 2.7 + 0.7 * np.minimum(x, 50.0))
    return np.asarray(np.where(x > 50.0, 1.0, power / (1.0 + power)))


def over_sizes(size: float, spread: float) -> tuple[Array, Array]:
    """Sizes and probabilities (7,) about the median `size` of a log-normal; `spread` is σ of ln size."""
    return size * np.exp(spread * NODES), WEIGHTS


def slew_to_cue(
    angle: float, latency: float, rate: float, cue_sigma: float, field: float, dwell: float, k: float = 2.0
) -> float:
    """t = t_lat + Δθ/ω + n² t_dwell in s, n = ⌈2k σ_cue / FOV⌉: turn there, then search n × n fields.

    All angles in one unit, `rate` in that per s.
    """
    return latency + angle / rate + search_cells(cue_sigma, field, k) ** 2 * dwell


def search_cells(cue_sigma: float, field: float, k: float = 2.0) -> int:
    """n = ⌈2k σ_cue / FOV⌉, fields side by side that hold a cue's error of ± k σ."""
    return max(1, math.ceil(2.0 * k * cue_sigma / field))
