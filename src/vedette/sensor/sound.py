"""Sound in air: how fast, how far, how late. Levels in dB, frequencies in Hz, temperatures in °C."""

from __future__ import annotations

import math

import numpy as np

from vedette.types import Array

ZERO = 273.15  # K
TRIPLE = 273.16  # K, triple point of water
REFERENCE = 293.15  # K, of ISO 9613-1
SLOWER = 0.99  # a source is heard as if it flew no faster than this part of the speed of sound


def speed_of_sound(temperature: float) -> float:
    """c = 343.2 √(T / 293.15 K) m/s (ISO 9613-1)."""
    return 343.2 * math.sqrt((temperature + ZERO) / REFERENCE)


def absorption(frequency: float, temperature: float, humidity: float) -> float:
    """dB per km of a pure tone, relative humidity in %, at 101.325 kPa (ISO 9613-1:1993, equations 3 to 5).

    With the relaxation frequencies of oxygen and nitrogen, from the molar part h (%) of water vapour.
    """
    T = temperature + ZERO
    h = humidity * 10.0 ** (-6.8346 * (TRIPLE / T) ** 1.261 + 4.6151)
    fr_o = 24.0 + 4.04e4 * h * (0.02 + h) / (0.391 + h)
    fr_n = (T / REFERENCE) ** -0.5 * (9.0 + 280.0 * h * math.exp(-4.170 * ((T / REFERENCE) ** (-1 / 3) - 1)))
    f2 = frequency * frequency
    oxygen = 0.01275 * math.exp(-2239.1 / T) / (fr_o + f2 / fr_o)
    nitrogen = 0.1068 * math.exp(-3352.0 / T) / (fr_n + f2 / fr_n)
    classical = 1.84e-11 * (T / REFERENCE) ** 0.5
    return float(8.686e3 * f2 * (classical + (T / REFERENCE) ** -2.5 * (oxygen + nitrogen)))


def level(at_one_metre: Array | float, r: Array, alpha: float) -> Array:
    """L(r) = L₁ − 20 log₁₀ r − α r / 1000: spherical spreading and absorption α in dB/km."""
    r = np.maximum(r, 1.0)
    return np.asarray(at_one_metre - 20.0 * np.log10(r) - alpha * r / 1000.0)


def sound_delay(p: Array, v: Array, c: float) -> tuple[Array, Array]:
    """τ (N,) s with |p − v τ| = c τ, for sources now at p with velocity v (N, 3) from the ear; dτ/dp (N, 3).

    τ = [−p·v + √((p·v)² + (c² − v²) p·p)] / (c² − v²). From dq = dp − v dτ, q = p − v τ and û·dq = c dτ
    with û = q / |q|: dτ/dp = û / (c + û·v).
    """
    speed = np.linalg.norm(v, axis=1)
    v = v * np.minimum(1.0, SLOWER * c / np.maximum(speed, 1e-9))[:, None]
    pv, d = (p * v).sum(axis=1), c * c - (v * v).sum(axis=1)
    tau = (-pv + np.sqrt(pv * pv + d * (p * p).sum(axis=1))) / d
    q = p - tau[:, None] * v
    u = q / np.maximum(np.linalg.norm(q, axis=1), 1e-9)[:, None]
    return tau, u / (c + (u * v).sum(axis=1))[:, None]
