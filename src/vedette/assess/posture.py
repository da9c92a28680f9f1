"""Levels of readiness: those of the site, or three that make sense anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.assess.config import AlertConfig, PostureConfig


def levels(configured: Sequence[PostureConfig], alert: AlertConfig) -> tuple[PostureConfig, ...]:
    """The calmest first. Where the site names none: normal, raised and high, relative to its `[alert]`."""
    return tuple(sorted(configured or _usual(alert), key=lambda level: (level.rank, level.name)))


def _usual(alert: AlertConfig) -> tuple[PostureConfig, ...]:
    """A readier site warns of what is less sure: of two thirds and of half the probability, of tracks that
    may be two and three times as likely to be none, and at the highest level twice as soon."""
    return (
        PostureConfig(name="normal", rank=0, meaning="As the site file says."),
        PostureConfig(
            name="raised",
            rank=1,
            meaning="Something is expected: warn of what is less sure.",
            probability=round(alert.probability * 2.0 / 3.0, 3),
            existence=_lower(alert.existence, 2.0),
        ),
        PostureConfig(
            name="high",
            rank=2,
            meaning="An attack is under way or at hand: warn of all that may be one, at once.",
            probability=round(alert.probability / 2.0, 3),
            existence=_lower(alert.existence, 3.0),
            confirm_s=alert.confirm_s / 2.0,
        ),
    )


def _lower(existence: float, times: float) -> float:
    """The existence of a track that is so many times as likely to be none; one half at the least."""
    return min(existence, round(max(1.0 - times * (1.0 - existence), 0.5), 3))
