"""The ways in which targets move at a site, from its settings."""

from __future__ import annotations

from functools import partial

from vedette.kernel.motion import damped_velocity, white_acceleration
from vedette.tracker.config import TrackerConfig
from vedette.tracker.pmb import Motion


def motion_of(config: TrackerConfig) -> Motion:
    """Cruise, manoeuvre, hover: the order of `Track.modes`."""
    c = config
    return Motion(
        models=(
            partial(white_acceleration, c.acceleration),
            partial(white_acceleration, c.manoeuvre),
            partial(damped_velocity, c.hover, c.hover_relaxation_s),
        ),
        sojourn=(c.cruise_s, c.manoeuvre_s, c.hover_s),
        at_birth=(0.8, 0.15, 0.05),
    )
