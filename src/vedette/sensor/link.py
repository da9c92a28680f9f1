"""The radar equation with one calibration point, noise from it, and what a report's strength says.

Signal-to-noise ratios are linear, one look, after all processing. No property of a real radar is needed but
the range at which it sees a target of known size with a known probability (Skolnik, Introduction to Radar
Systems, 3rd ed.).
"""

from __future__ import annotations

import numpy as np

from vedette.sensor.fluctuation import Fluctuation
from vedette.types import Array


def decibel(value: float) -> float:
    """dB → linear, e.g. dBsm → m²."""
    return float(10.0 ** (value / 10.0))


def snr(r: Array, rcs: Array | float, snr_ref: float, r_ref: float, rcs_ref: float) -> Array:
    """S = S_ref (σ/σ_ref) (R_ref/R)⁴."""
    return np.asarray(snr_ref * (rcs / rcs_ref) * (r_ref / np.maximum(r, 1.0)) ** 4)


def sigma_range(snr: Array, resolution: float, floor: float) -> Array:
    """σ_R = ΔR / √(2S), with a floor added in quadrature (Skolnik; Barton)."""
    return np.hypot(resolution / np.sqrt(2.0 * snr), floor)


def sigma_angle(snr: Array, beamwidth: float, floor: float) -> Array:
    """σ_θ = θ₃ / (1.6 √(2S)), with a floor added in quadrature (same sources)."""
    return np.hypot(beamwidth / (1.6 * np.sqrt(2.0 * snr)), floor)


def amplitude_ratio(x: Array, snr: Array, share: Array, law: Fluctuation) -> Array:
    """How much likelier a power x (M,) is for a reported target than for a false alarm: Λ (M,).

    With T = −ln P_fa and noise of unit power, what is reported has x > T, and
        p(x | false) = e^{−(x − T)}
    (Lerro & Bar-Shalom, IEEE T-AES 29(2), 1993); p(x | target, S) is the law's. Of a target whose S is S_k
    with probability w_k, those are reported more often that are large:
        Λ = Σ w_k P_D(S_k) p(x | S_k) / (Σ w_k P_D(S_k) · p(x | false)).
    snr (M, K), share (K,). Each ratio is held below about e^100, where it says nothing more.
    """
    weight = share * law.detection(snr)
    growth = law.growth(x[:, None], snr)
    return np.asarray((weight * growth).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300))


def doubted(ratio: Array, doubt: float) -> Array:
    """The ratio of ((1 − ε) p + ε q) to ((1 − ε) q + ε p) where `ratio` is p / q: within ε/(1−ε) … (1−ε)/ε.

    Some false reports are as strong as targets, and some targets as weak as noise, whatever the model says.
    """
    return np.asarray(((1.0 - doubt) * ratio + doubt) / (1.0 - doubt + doubt * ratio))
