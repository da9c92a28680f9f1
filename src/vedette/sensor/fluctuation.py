"""How a target's echo fluctuates from look to look, and what that makes of detection: Swerling 0, 1 and 3.

One look after all processing, noise of unit power, a square-law detector: x is the received power, S the mean
signal-to-noise ratio, linear, T = −ln P_fa the threshold (Marcum, RAND RM-754, 1947; Swerling, RAND RM-1217,
1954; Skolnik, Introduction to Radar Systems, 3rd ed.).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np
from scipy.optimize import brentq
from scipy.special import chndtr, i0e

from vedette.kernel.convert import NODES, WEIGHTS
from vedette.types import Array

STEP = 0.01  # of √(2S) in the table of Marcum's Q: linear interpolation is then right to 4e-6
BEYOND = 9.0  # standard deviations of √(2S) above the threshold at which P_D is 1
LARGEST = 100.0  # exponent of a likelihood ratio, beyond which it says nothing more


class Fluctuation(Protocol):
    """A law of echoes at one P_fa.

    normal  nodes and weights (K,), (K,) of a standard normal, so fine that P_D's mean over log-normal sizes
            is right to 1e-3 up to a spread of 8 dB (case 1: 7e-3)
    """

    normal: tuple[Array, Array]

    def detection(self, snr: Array) -> Array:
        """P_D, of the shape of `snr`: P(x > T)."""
        ...

    def snr_for(self, pd: float) -> float:
        """The S that gives P_D."""
        ...

    def growth(self, x: Array, snr: Array) -> Array:
        """p(x | S, reported) / p(x | false), (M, 1) and (M, K) → (M, K); a false x − T is Exp(1)."""
        ...

    def draws(self, n: int, rng: np.random.Generator) -> Array:
        """(n, …) what chance decides of n echoes, whatever their S."""
        ...

    def power(self, snr: Array, draws: Array) -> Array:
        """(n,) x of echoes of mean `snr` (n,), so drawn."""
        ...


def _trapezoid(n: int) -> tuple[Array, Array]:
    """For steep P_D: evenly spaced nodes over ± 3.5 σ resolve what as many of Gauss and Hermite step over."""
    u = np.linspace(-3.5, 3.5, n)
    w = np.exp(-0.5 * u * u)
    return u, w / w.sum()


def swerling0(snr: Array, pfa: float) -> Array:
    """P_D = Q₁(√(2S), √(2T)), of a constant echo: 2x is χ² with 2 degrees and non-centrality 2S."""
    return np.asarray(1.0 - chndtr(-2.0 * math.log(pfa), 2.0, 2.0 * snr))


def swerling1(snr: Array, pfa: float) -> Array:
    """P_D = P_fa^{1/(1+S)}, of many like scatterers: the echo's power is exponential."""
    return np.asarray(pfa ** (1.0 / (1.0 + snr)))


def swerling3(snr: Array, pfa: float) -> Array:
    """P_D = e^{−T/a} (1 + T (S/2)/a²), a = 1 + S/2, of one large scatterer among small ones: the echo's power
    is Gamma(2, S/2)."""
    T, a = -math.log(pfa), 1.0 + 0.5 * snr
    return np.asarray(np.exp(-T / a) * (1.0 + T * 0.5 * snr / (a * a)))


class Swerling0:
    """A constant echo. P_D from a table, right to 4e-6: the exact one is ten times as slow."""

    normal = _trapezoid(29)

    def __init__(self, pfa: float) -> None:
        self.pfa, self.threshold = pfa, -math.log(pfa)
        self._amplitude = np.arange(0.0, math.sqrt(2.0 * self.threshold) + BEYOND, STEP)
        self._detected = swerling0(0.5 * self._amplitude**2, pfa)

    def detection(self, snr: Array) -> Array:
        return np.asarray(np.interp(np.sqrt(2.0 * snr), self._amplitude, self._detected))

    def snr_for(self, pd: float) -> float:
        return _inverse(swerling0, pd, self.pfa)

    def growth(self, x: Array, snr: Array) -> Array:
        """e^{−S−T} I₀(2√(xS)) / P_D (Rice 1945)."""
        u = 2.0 * np.sqrt(x * snr)
        exponent = u + np.log(i0e(u)) - snr - self.threshold
        return np.asarray(np.exp(np.minimum(exponent, LARGEST)) / self.detection(snr))

    def draws(self, n: int, rng: np.random.Generator) -> Array:
        return rng.standard_normal((n, 2))

    def power(self, snr: Array, draws: Array) -> Array:
        """|√S + n|², n complex Gaussian of unit power."""
        return _detected_power(np.sqrt(snr), draws)


class Swerling1:
    """An echo that fades like many scatterers; it is also what most targets are taken for."""

    normal = (NODES, WEIGHTS)

    def __init__(self, pfa: float) -> None:
        self.pfa, self.threshold = pfa, -math.log(pfa)

    def detection(self, snr: Array) -> Array:
        return swerling1(snr, self.pfa)

    def snr_for(self, pd: float) -> float:
        """ln P_fa / ln P_D − 1."""
        return math.log(self.pfa) / math.log(pd) - 1.0

    def growth(self, x: Array, snr: Array) -> Array:
        """e^{(x − T) S/(1+S)} / (1+S)."""
        above = np.maximum(x - self.threshold, 0.0)
        return np.asarray(np.exp(np.minimum(above * snr / (1.0 + snr), LARGEST)) / (1.0 + snr))

    def draws(self, n: int, rng: np.random.Generator) -> Array:
        return rng.standard_exponential(n)

    def power(self, snr: Array, draws: Array) -> Array:
        """(1 + S) Exp(1): echo and noise are both complex Gaussian."""
        return np.asarray((1.0 + snr) * draws)


class Swerling3:
    """One large scatterer among small ones: it fades less deeply than case 1."""

    normal = _trapezoid(15)

    def __init__(self, pfa: float) -> None:
        self.pfa, self.threshold = pfa, -math.log(pfa)

    def detection(self, snr: Array) -> Array:
        return swerling3(snr, self.pfa)

    def snr_for(self, pd: float) -> float:
        return _inverse(swerling3, pd, self.pfa)

    def growth(self, x: Array, snr: Array) -> Array:
        """e^{(x − T)(1 − 1/a)} (1 + x (1 − 1/a)) / (a² + T (a − 1)): x is Exp(a) with probability 1/a, else
        Gamma(2, a)."""
        a, above = 1.0 + 0.5 * snr, np.maximum(x - self.threshold, 0.0)
        part = 1.0 - 1.0 / a
        peak = (1.0 + x * part) / (a * a + self.threshold * (a - 1.0))
        return np.asarray(np.exp(np.minimum(above * part, LARGEST)) * peak)

    def draws(self, n: int, rng: np.random.Generator) -> Array:
        """Two normal ones for the noise and two exponential ones for the echo."""
        return np.column_stack([rng.standard_normal((n, 2)), rng.standard_exponential((n, 2))])

    def power(self, snr: Array, draws: Array) -> Array:
        """|√A + n|², A ~ Gamma(2, S/2), n complex Gaussian of unit power."""
        return _detected_power(np.sqrt(0.5 * snr * draws[:, 2:].sum(axis=1)), draws[:, :2])


FLUCTUATIONS: Mapping[int, type[Swerling0] | type[Swerling1] | type[Swerling3]] = MappingProxyType(
    {0: Swerling0, 1: Swerling1, 3: Swerling3}
)


def _detected_power(amplitude: Array, noise: Array) -> Array:
    """|A + n|² (n,) for standard normal noise (n, 2), which has unit power as n/√2."""
    n = noise * math.sqrt(0.5)
    return np.asarray((amplitude + n[:, 0]) ** 2 + n[:, 1] ** 2)


def _inverse(detected: Callable[[Array, float], Array], pd: float, pfa: float) -> float:
    def excess(snr: float) -> float:
        return float(detected(np.array(snr), pfa)) - pd

    high = 1.0
    while excess(high) < 0.0:
        high *= 2.0
    return float(brentq(excess, 0.0, high, xtol=1e-12, rtol=1e-12))
