"""What the ground does to a radar's echo: its reflection makes lobes, and its own echo is clutter.

Heights are above level ground (Station.above_plain) on the 4/3 Earth; no property of the
soil enters, for at grazing angles every ground reflects almost wholly, with the sign turned (Skolnik; Barton,
Radar System Analysis and Modeling, 2005).
"""

from __future__ import annotations

import math

import numpy as np

from vedette.geo import EFFECTIVE_RADIUS
from vedette.types import Array

FADE = 2.0 * math.log(2.0)  # of the one-way voltage of a Gaussian beam: e^{−FADE (θ/θ₃)²} (Barton)


def above_reflection(antenna: Array, height: Array, distance: Array) -> tuple[Array, Array]:
    """Heights of antenna and target above the plane that touches the Earth where the ray is reflected.

    d₁ from the antenna solves 2d₁³ − 3d d₁² + (d² − 2kRe(h₁+h₂)) d₁ + 2kRe h₁ d = 0 (Fishback 1951; Kerr,
    Propagation of Short Radio Waves, §2.6): with p = 2/√3 √(kRe (h₁+h₂) + d²/4) and
    ξ = asin(2kRe d (h₂−h₁)/p³), d₁ = d/2 − p sin(ξ/3); then h′ = h − d²/2kRe at each end. Both are 0 at the
    horizon, and nothing below it.

    antenna, height, distance along the ground (N,) m, none negative → (N,), (N,).
    """
    a = EFFECTIVE_RADIUS
    p = 2.0 / math.sqrt(3.0) * np.sqrt(a * (antenna + height) + 0.25 * distance**2)
    xi = np.arcsin(np.clip(2.0 * a * distance * (height - antenna) / np.maximum(p**3, 1e-9), -1.0, 1.0))
    d1 = np.clip(0.5 * distance - p * np.sin(xi / 3.0), 0.0, distance)
    fall1, fall2 = d1**2 / (2.0 * a), (distance - d1) ** 2 / (2.0 * a)
    return np.maximum(antenna - fall1, 0.0), np.maximum(height - fall2, 0.0)


def reflection(
    antenna: Array, height: Array, distance: Array, wavelength: float, roughness: float, beamwidth: float
) -> tuple[Array, Array]:
    """Phase φ = 2πδ/λ by which the reflected ray lags, and how strong it is, ρ: (N,), (N,), over flat ground.

    δ = √(d² + (h₁+h₂)²) − √(d² + (h₁−h₂)²). ρ = e^{−g²/2}, g = 4π σ_h sin ψ/λ (Ament, Proc. IRE 41(1), 1953),
    times what a beam that points at the target has left for a ray 2h₂/d below it; an infinite beamwidth (rad)
    has all. roughness σ_h and all lengths m.
    """
    bounced = np.sqrt(distance**2 + (antenna + height) ** 2)
    delta = 4.0 * antenna * height / (bounced + np.sqrt(distance**2 + (antenna - height) ** 2))
    g = 4.0 * math.pi * roughness * (antenna + height) / (bounced * wavelength)
    off = 2.0 * height / np.maximum(distance, 1.0) / beamwidth
    return 2.0 * math.pi * delta / wavelength, np.exp(-0.5 * g * g - FADE * off * off)


def lobes(phase: Array, rho: Array) -> Array:
    """F⁴ = (1 + ρ² − 2ρ cos φ)²: to the target and back, each way over both rays; 16 sin⁴(φ/2) for ρ = 1."""
    return np.asarray(((1.0 - rho) ** 2 + 4.0 * rho * np.sin(0.5 * phase) ** 2) ** 2)


def ground_clutter(
    antenna: Array, r: Array, elevation: Array, gamma: float, azimuth_beamwidth: float, resolution: float,
    beamwidth: float,
) -> Array:  # fmt: skip
    """σ_c = γ sin ψ · R θ_az ΔR / cos ψ in m²: the ground in the target's cell, as the beam sees it.

    Constant γ (Nathanson; Barton; Skolnik). ψ is the grazing angle on the 4/3 Earth, sin ψ = h/R − R/2kRe:
    nothing beyond the antenna's own horizon. A beam that points at the target, at `elevation`, sees the
    ground with what its pattern leaves, both ways. antenna and r (N,) m, angles rad → (N,).
    """
    sine = np.clip(antenna / np.maximum(r, antenna + 1.0) - r / (2.0 * EFFECTIVE_RADIUS), 0.0, 0.99)
    off = np.maximum(elevation + np.arcsin(sine), 0.0) / beamwidth
    patch = r * azimuth_beamwidth * resolution * sine / np.sqrt(1.0 - sine * sine)
    return np.asarray(gamma * patch * np.exp(-4.0 * FADE * off * off))
