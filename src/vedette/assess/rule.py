"""A rule as it stands now: its zone, its conditions, and the terms on which it warns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, Self

import numpy as np

from vedette.assess.config import AlertConfig, PostureConfig, ZoneConfig
from vedette.assess.hours import Hours
from vedette.assess.zone import Zone
from vedette.geo import LocalFrame, Terrain
from vedette.types import Track

CLEAR = 0.4  # of `probability`, below which an alert is closed where `clear` says no less


class Terms(NamedTuple):
    """How surely, how long and how soon: a rule's own, else the posture's, else those of `[alert]`."""

    probability: float
    clear: float
    existence: float
    within_s: float
    confirm_s: float
    remind_s: float
    expire_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """`source` is who made it; `on` whether it warns now."""

    config: ZoneConfig
    source: Literal["site", "operator"]
    zone: Zone
    hours: Hours | None
    on: bool
    terms: Terms

    @classmethod
    def of(
        cls,
        config: ZoneConfig,
        source: Literal["site", "operator"],
        frame: LocalFrame,
        terrain: Terrain | None,
        *,
        on: bool,
        terms: Terms,
    ) -> Self:
        """The rule of a `[[zone]]` table, in the site's frame."""
        return cls(
            config=config,
            source=source,
            zone=Zone.from_config(config, frame, terrain),
            hours=None if config.hours is None else Hours.of(config.hours, config.time_zone),
            on=on,
            terms=terms,
        )

    @property
    def name(self) -> str:
        """Unique among the rules."""
        return self.config.name

    def meant(self, t: int, track: Track) -> bool:
        """Whether the rule is for such a track, at t (ns UTC): its class, its speed, and the hour."""
        return next(self.objections(t, track), None) is None

    def objections(self, t: int, track: Track) -> Iterator[str]:
        """Why the rule is not for such a track, in words; nothing where it is."""
        if self.hours is not None and not self.hours.hold(t):
            yield f"the rule holds {self.config.hours} {self.config.time_zone} only"
        least, most = self.config.speed_from, self.config.speed_to
        if least is not None or most is not None:
            speed = float(np.hypot(*track.estimate.x[3:5]))
            if least is not None and speed < least:
                yield f"it flies {speed:.0f} m/s, slower than {least:g}"
            if most is not None and speed > most:
                yield f"it flies {speed:.0f} m/s, faster than {most:g}"
        if not self._of_class(track):
            told = (f"{name} {track.klass.get(name, 0.0):.2f}" for name in self.config.klass)
            wanted = (f"{name} {least:g}" for name, least in self.config.klass.items())
            yield f"its class is {', '.join(told)}, where {' or '.join(wanted)} is wanted"

    def believes(self, track: Track, alarming: bool) -> bool:
        """Whether it exists surely enough; what alarms about one zone already need not be as sure for
        another, unless the rule itself says how sure."""
        return track.existence >= self.terms.existence or (alarming and self.config.existence is None)

    def _of_class(self, track: Track) -> bool:
        """Met while nothing is known of its class: silence must not come from ignorance."""
        wanted = self.config.klass
        if not wanted or not track.klass:
            return True
        return any(track.klass.get(name, 0.0) >= least for name, least in wanted.items())


def terms_of(rule: ZoneConfig, level: PostureConfig, alert: AlertConfig) -> Terms:
    """The rule's own terms, else the level's, else those of `[alert]`."""

    def first(name: str) -> float:
        given = (getattr(rule, name, None), getattr(level, name, None), getattr(alert, name, None))
        return next(float(value) for value in given if value is not None)

    probability, clear = first("probability"), first("clear")
    return Terms(
        probability=probability,
        clear=clear if clear < probability else CLEAR * probability,
        existence=first("existence"),
        within_s=min(rule.within_s or alert.horizon_s, alert.horizon_s),
        confirm_s=first("confirm_s"),
        remind_s=first("remind_s"),
        expire_s=first("expire_s"),
    )
