"""What comes back to a radar from a target: its link budget, with what the ground adds to it."""

from __future__ import annotations

import math

import numpy as np

from vedette.sensor.fluctuation import FLUCTUATIONS, Fluctuation
from vedette.sensor.link import decibel, snr
from vedette.sensor.propagation import above_reflection, ground_clutter, lobes, reflection
from vedette.sensor.radar_config import RadarConfig
from vedette.sensor.radio import wavelength
from vedette.sensor.station import Station
from vedette.types import Array
from vedette.units import DEGREE

IMPROVEMENT = 40.0  # dB, of a radar with a usual Doppler filter, where the site file says nothing
BLUR = 1.0 / 3.0  # part of its height by which what is believed of a target's place may be off
PHASES = (2.0 * np.arange(8) + 1.0) / 8.0 - 1.0  # midpoints of eight equal parts of −1 … 1


class Echo:
    """S of targets in the radar's own frame: exactly, and as far as it can be foretold.

    elevation_beamwidth  rad; infinite where the beam does not point at its target, but fans
    """

    def __init__(self, config: RadarConfig, elevation_beamwidth: float = math.inf) -> None:
        c = self.config = config
        self.law: Fluctuation = FLUCTUATIONS[c.fluctuation](c.pfa)
        self.snr_ref = self.law.snr_for(c.reference_pd)
        self.rcs_ref = decibel(c.reference_rcs)
        self.rcs_expected = decibel(c.reference_rcs if c.expected_rcs is None else c.expected_rcs)
        self.beamwidth = elevation_beamwidth
        self.wavelength = None if c.frequency is None else wavelength(c.frequency)
        self.gamma = None if c.clutter_gamma is None else decibel(c.clutter_gamma)
        self.improvement = decibel(IMPROVEMENT if c.clutter_improvement is None else c.clutter_improvement)

    def snr(self, station: Station, local: Array, r: Array, rcs: Array | float) -> Array:
        """(N, 3) places, (N,) ranges, (N,) sizes in m² → (N,) S."""
        S = self._free(station, local, r, rcs)
        if self.wavelength is None:
            return S
        phase, rho = self._reflection(station, local, self.wavelength)
        return S * lobes(phase, rho)

    def possible(self, station: Station, local: Array, r: Array) -> tuple[Array, Array]:
        """S (N, K) of targets of the sizes that are expected there, and its probabilities (K,).

        Log-normal in size, by quadrature. Lobes are evened out over what nobody can know so well: see
        `_blurred`.
        """
        S, share = self._free(station, local, r, self.rcs_expected)[:, None], np.ones(1)
        if self.config.expected_rcs_spread > 0.0:
            nodes, share = self.law.normal
            S = S * 10.0 ** (self.config.expected_rcs_spread * nodes / 10.0)
        if self.wavelength is None:
            return S, share
        F4 = self._blurred(*self._reflection(station, local, self.wavelength))
        even = np.full(len(PHASES), 1.0 / len(PHASES))
        both = np.outer(share, even).ravel()
        return (S[:, :, None] * F4[:, None]).reshape(len(S), len(both)), both

    def _free(self, station: Station, local: Array, r: Array, rcs: Array | float) -> Array:
        """As in free space, less what the ground's own echo covers: S / (1 + C/I)."""
        c = self.config
        S = snr(r, rcs, self.snr_ref, c.reference_range, self.rcs_ref)
        if self.gamma is None:
            return S
        elevation = np.arcsin(np.clip(local[:, 2] / np.maximum(r, 1.0), -1.0, 1.0))
        antenna, _ = station.above_plain(local)
        patch = ground_clutter(
            antenna, r, elevation, self.gamma, c.azimuth_beamwidth * DEGREE, c.range_resolution,
            self.beamwidth,
        )  # fmt: skip
        clutter = snr(r, patch, self.snr_ref, c.reference_range, self.rcs_ref)
        return np.asarray(S / (1.0 + clutter / self.improvement))

    def _reflection(self, station: Station, local: Array, wavelength: float) -> tuple[Array, Array]:
        distance = np.hypot(local[:, 0], local[:, 1])
        heights = above_reflection(*station.above_plain(local), distance)
        roughness = self.config.surface_roughness or 0.0
        return reflection(*heights, distance, wavelength, roughness, self.beamwidth)

    @staticmethod
    def _blurred(phase: Array, rho: Array) -> Array:
        """F⁴ (N, 8), evenly likely: over a third of the height up and down, at most a whole lobe.

        Lobes are metres high, and no track knows a target's height so well. One that believed P_D at its
        predicted point would take a miss in the next null for the target's end.
        """
        around = phase[:, None] + np.minimum(BLUR * phase, math.pi)[:, None] * PHASES
        return lobes(around, rho[:, None])
