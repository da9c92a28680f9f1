"""From a picture to a plan: what is advised against each threat, and why not otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from vedette.advise.planned import Planned
from vedette.assess.config import AlertConfig
from vedette.assess.zone import Asset
from vedette.geo import LocalFrame
from vedette.types import Alert, Track
from vedette.types.advice import EffectorState, Engagement

if TYPE_CHECKING:
    from vedette.advise.config import AdviceConfig
    from vedette.advise.effector import Effector


class Planner:
    """Plans for one site. It keeps nothing: equal arguments give equal plans.

    effectors  name → Effector; alert  the site's `[alert]`
    """

    def __init__(
        self,
        effectors: Mapping[str, Effector],
        assets: Sequence[Asset],
        config: AdviceConfig,
        frame: LocalFrame,
        alert: AlertConfig,
    ) -> None:
        self.effectors, self.assets, self.config = dict(effectors), tuple(assets), config
        self.frame, self.alert = frame, alert

    def plan(
        self,
        t: int,
        tracks: Sequence[Track],
        alerts: Sequence[Alert],
        *,
        stock: Mapping[str, EffectorState],
        engagements: Sequence[Engagement] = (),
        before: Mapping[int, str] | None = None,
        declined: Collection[tuple[int, str]] = (),
    ) -> Planned:
        """The plan at data time t (ns UTC).

        tracks       all of the picture, marked with whose they are
        alerts       the open ones make threats
        stock        effector → what is left of it
        engagements  accepted, and not settled: their tracks wait for the look, or count as partly stopped
        before       track → effector of the advice that is on the table: a change of it costs
        declined     (track, effector) that a person has said no to
        """
        return Planned()
