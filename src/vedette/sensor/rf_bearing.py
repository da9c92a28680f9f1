"""Direction finders that hear a drone's radio link: the azimuth of whatever transmits."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec
import numpy as np

from vedette.config import NotNegative, Positive
from vedette.geo import LocalFrame
from vedette.sensor.passive import Angle, Bools, Claims, Ints, Passive, PassiveConfig, Share
from vedette.sensor.radio import bearing_sigma, exceeds, free_space_loss, noise_power, wavelength
from vedette.sensor.targets import Targets
from vedette.types import Array, Kind
from vedette.units import DEGREE

Decibels = Annotated[float, msgspec.Meta(ge=-60, le=60, description="a gain in dB")]
Power = Annotated[float, msgspec.Meta(ge=-60, le=90, description="a power in dBm")]
Frequency = Annotated[float, msgspec.Meta(ge=1e6, le=1e11, description="a frequency in Hz")]


class RfBearingConfig(PassiveConfig, frozen=True, kw_only=True, tag_field="kind", tag="rf_bearing"):
    """Keys of a direction finder's `[[sensor]]` table. Power dBm, gains and losses dB, frequencies Hz.

    aperture        m between the antennas whose phases are compared
    bearing_floor   degrees, what multipath leaves however strong the signal
    shadowing       dB, spread of the received power from one look to the next
    expected_power, expected_power_spread  what the tracker expects a drone's link to send
    emits           how probably a drone sends anything: one that flies by itself does not
    """

    bearing_floor: Angle
    frequency: Frequency = 2.44e9
    bandwidth: Positive = 20e6
    noise_figure: NotNegative = 6.0
    antenna_gain: Decibels = 2.0
    losses: NotNegative = 0.0
    snr_min: Decibels = 10.0
    aperture: Positive = 0.06
    shadowing: NotNegative = 6.0
    expected_power: Power = 26.0
    expected_power_spread: NotNegative = 4.0
    emits: Share = 0.5


class RfBearing(Passive):
    """See `DirectionSensor` and `Simulated`."""

    kind = "rf_bearing"
    reports = Kind.AZ

    def __init__(self, config: RfBearingConfig, site: LocalFrame) -> None:
        super().__init__(config, site, config.emits)
        c = self.config = config
        self.wavelength = wavelength(c.frequency)
        self.noise = noise_power(c.bandwidth, c.noise_figure)

    def snr(self, local: Array, power: Array | float) -> Array:
        """dB, before shadowing: P_t + G − 20 log₁₀(4π d/λ) − L − noise; −inf below the horizon."""
        c = self.config
        received = power + c.antenna_gain - c.losses
        received = received - free_space_loss(np.linalg.norm(local, axis=1), c.frequency)
        return np.where(self.station.above_horizon(local), received - self.noise, -np.inf)

    def _noticed(self, local: Array) -> Array:
        c = self.config
        spread = math.hypot(c.shadowing, c.expected_power_spread)
        return exceeds(self.snr(local, c.expected_power) - c.snr_min, spread)

    def _notices(self, local: Array, targets: Targets, luck: Array) -> tuple[Bools, Array]:
        snr = self.snr(local, targets.rf_power) + self.config.shadowing * luck
        return np.asarray(snr >= self.config.snr_min), snr

    def _sigma(self, local: Array, strength: Array) -> Array:
        """The antennas of a narrow sector stand across its middle and see less of each other off it."""
        c, s = self.config, self.coverage
        off = np.zeros(len(local))
        if s.width <= math.pi:
            off = np.arctan2(local[:, 0], local[:, 1]) - (s.az0 + 0.5 * s.width)
        snr = 10.0 ** (strength / 10.0) * np.square(np.maximum(np.cos(off), 0.1))
        return bearing_sigma(snr, self.wavelength, c.aperture, c.bearing_floor * DEGREE)[:, None]

    def _weakest(self, n: int) -> Array:
        return np.full(n, self.config.snr_min)

    def _claims(self, targets: Targets, rows: Ints, strength: Array, luck: Array, dice: Array) -> Claims:
        return tuple({"snr_db": round(float(s), 1)} for s in strength)
