"""Microphone arrays: the direction that a sound comes from, which is where its source was when it made it."""

from __future__ import annotations

import math
from typing import Annotated

import msgspec
import numpy as np

from vedette.config import NotNegative, Positive
from vedette.geo import LocalFrame
from vedette.sensor.direction import cross_sigma
from vedette.sensor.passive import Angle, Bools, Claims, Ints, Passive, PassiveConfig, Share
from vedette.sensor.radio import bearing_sigma, exceeds
from vedette.sensor.sound import absorption, level, sound_delay, speed_of_sound
from vedette.sensor.targets import Targets
from vedette.types import Array, Kind
from vedette.units import DEGREE

Level = Annotated[float, msgspec.Meta(ge=-20, le=200, description="a sound level in dB re 20 µPa")]
Tone = Annotated[float, msgspec.Meta(ge=20, le=20_000, description="a frequency in Hz that is heard")]
Temperature = Annotated[float, msgspec.Meta(ge=-50, le=60, description="an air temperature in °C")]
Humidity = Annotated[float, msgspec.Meta(gt=0, le=100, description="a relative humidity in %")]
Microphones = Annotated[int, msgspec.Meta(ge=1, le=10_000, description="how many microphones")]
STEPS = 50  # at most, of the search for the moment at which a sound was made


class AcousticConfig(PassiveConfig, frozen=True, kw_only=True, tag_field="kind", tag="acoustic"):
    """Keys of an array's `[[sensor]]` table. Levels dB re 20 µPa in the band that it listens to.

    aperture      m across the array
    angle_floor   degrees, what wind and reflections leave however loud the sound
    noise         level of what else there is to hear; threshold  dB that it takes above that
    fluctuation   dB, spread of the received level from one look to the next
    frequency     Hz, the middle of the band; temperature °C, humidity %
    expected_sound, expected_sound_spread  what the tracker expects a drone to be like at 1 m
    audible       how probably a target makes such a sound at all
    """

    angle_floor: Angle
    range_max: Positive = 7000.0
    microphones: Microphones = 4
    aperture: Positive = 1.0
    noise: Level = 35.0
    threshold: NotNegative = 6.0
    fluctuation: NotNegative = 5.0
    frequency: Tone = 250.0
    temperature: Temperature = 15.0
    humidity: Humidity = 70.0
    expected_sound: Level = 112.0
    expected_sound_spread: NotNegative = 3.0
    audible: Share = 1.0


class Acoustic(Passive):
    """See `DirectionSensor` and `Simulated`. A report's time is when the sound arrived."""

    kind = "acoustic"
    reports = Kind.AZ_EL

    def __init__(self, config: AcousticConfig, site: LocalFrame) -> None:
        super().__init__(config, site, config.audible)
        c = self.config = config
        self.speed_of_sound = speed_of_sound(c.temperature)
        self.absorption = absorption(c.frequency, c.temperature, c.humidity)
        self.gain = 10.0 * math.log10(c.microphones)

    def excess(self, local: Array, sound: Array | float) -> Array:
        """dB above noise after the array's gain, of sources that were at `local` when they made the sound."""
        received = level(sound, np.linalg.norm(local, axis=1), self.absorption)
        return received - self.config.noise + self.gain

    def _late(self, local: Array, velocity: Array) -> tuple[Array, Array]:
        return sound_delay(local, velocity, self.speed_of_sound)

    def _seen_at(self, targets: Targets) -> Array:
        """Where the sound now heard was made, on the way that the target really flew: |q(τ)| = c τ."""
        v = targets.velocity @ self.to_site[0]
        tau, _ = self._late(self.station.local(targets.position), v)
        for _ in range(STEPS):
            q = self.station.local(targets.before(tau))
            before, tau = tau, np.linalg.norm(q, axis=1) / self.speed_of_sound
            if np.abs(tau - before).max(initial=0.0) < 1e-9:
                break
        return q

    def _noticed(self, local: Array) -> Array:
        c = self.config
        spread = math.hypot(c.fluctuation, c.expected_sound_spread)
        return exceeds(self.excess(local, c.expected_sound) - c.threshold, spread)

    def _notices(self, local: Array, targets: Targets, luck: Array) -> tuple[Bools, Array]:
        excess = self.excess(local, targets.sound) + self.config.fluctuation * luck
        return np.asarray(excess >= self.config.threshold), excess

    def _sigma(self, local: Array, strength: Array) -> Array:
        c = self.config
        wavelength = self.speed_of_sound / c.frequency
        sigma = bearing_sigma(10.0 ** (strength / 10.0), wavelength, c.aperture, c.angle_floor * DEGREE)
        return cross_sigma(local, sigma, sigma)

    def _weakest(self, n: int) -> Array:
        return np.full(n, self.config.threshold)

    def _claims(self, targets: Targets, rows: Ints, strength: Array, luck: Array, dice: Array) -> Claims:
        return tuple({"sound_db": round(float(s), 1)} for s in strength)
