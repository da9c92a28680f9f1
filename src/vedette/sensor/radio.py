"""Links in free space: power in dBm, gains and losses in dB."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr

from vedette.types import Array
from vedette.units import SPEED_OF_LIGHT

BOLTZMANN = 1.380649e-23  # J/K, exact (SI)
ROOM = 290.0  # K, the reference temperature of noise figures (IEEE)


def wavelength(frequency: float) -> float:
    """m, of a frequency in Hz."""
    return SPEED_OF_LIGHT / frequency


def free_space_loss(distance: Array, frequency: float) -> Array:
    """20 log₁₀(4π d / λ) in dB (Friis 1946; ITU-R P.525)."""
    return 20.0 * np.log10(4.0 * math.pi * np.maximum(distance, 1.0) / wavelength(frequency))


def noise_power(bandwidth: float, noise_figure: float) -> float:
    """kTB and the receiver's noise figure (dB), in dBm: −174 dBm for each Hz at 290 K."""
    return 10.0 * math.log10(BOLTZMANN * ROOM * bandwidth * 1e3) + noise_figure


def exceeds(margin: Array, spread: float) -> Array:
    """P(margin + N(0, spread²) ≥ 0) = Φ(margin / spread), all in dB: log-normal shadowing (Rappaport,
    Wireless Communications, §4.9). Without spread, 1 where the margin is not negative."""
    if spread == 0.0:
        return np.asarray(margin >= 0.0, float)
    return np.asarray(ndtr(margin / spread))


def bearing_sigma(snr: Array, wavelength: float, aperture: float, floor: float) -> Array:
    """σ = λ / (2π d √S) in rad from the phase between antennas d apart, with a floor for multipath added in
    quadrature. S is linear. (Poisel, Introduction to Communication Electronic Warfare Systems.)"""
    return np.hypot(wavelength / (2.0 * math.pi * aperture * np.sqrt(snr)), floor)
