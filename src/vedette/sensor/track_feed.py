"""Feeds of other systems' tracks: ASTERIX CAT062, or JSON lines with a track number.

A track is no plot. Its errors hang together from one report to the next, because each holds the same earlier
measurements; the tracker therefore takes from each only what is new in it (tracker.tracklets).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vedette.config import Positive
from vedette.geo import LocalFrame
from vedette.sensor.adsb import Adsb, ReporterConfig
from vedette.sensor.base import Look, Measured, Targets


class TrackFeedConfig(ReporterConfig, frozen=True, kw_only=True, tag_field="kind", tag="tracks"):
    """Keys of a track feed's `[[sensor]]` table. The keys it shares with ADS-B are explained there.

    process_noise  q of the sending tracker's motion model, m²/s³, where its maker states it; otherwise it is
                   read off the covariances
    memory         s over which the sending tracker's errors die away, for reports without a full covariance;
                   otherwise σ of the position over σ of the velocity
    """

    line_of_sight: bool = False
    period: Positive = 1.0
    process_noise: Positive | None = None
    memory: Positive | None = None


class TrackFeed(Adsb):
    """See `Sensor` and `Simulated`. Simulated reports carry a track number; their errors are independent."""

    kind: str = "tracks"

    def __init__(self, config: TrackFeedConfig, site: LocalFrame) -> None:
        super().__init__(config, site)
        self.process_noise = config.process_noise
        self.memory = config.memory

    def measure(self, targets: Targets, look: Look, rng: np.random.Generator) -> Measured:
        measured = super().measure(targets, look, rng)
        numbers = [int(str(claim["icao24"]), 16) for claim in measured.claims]
        claims = [{"track_number": n, **claim} for n, claim in zip(numbers, measured.claims, strict=True)]
        return replace(measured, claims=tuple(claims))
