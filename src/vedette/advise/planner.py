"""From a picture to a plan: what is advised against each threat, and why not otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from vedette.advise.chances import Arm, Chance, arms_of, chances_of, closing, spread_of
from vedette.advise.config import AdviceConfig
from vedette.advise.draft import Draft
from vedette.advise.effector import Effector
from vedette.advise.looks import left, room, waits
from vedette.advise.paths import Paths, paths
from vedette.advise.planned import Planned
from vedette.advise.reasons import nothing
from vedette.advise.sides import Sides, sides_of
from vedette.advise.stages import Stages, stages_of
from vedette.advise.threat import Threats, ranked, threats_of
from vedette.advise.window import Window, windows
from vedette.assess.config import AlertConfig
from vedette.assess.zone import Asset
from vedette.geo import LocalFrame, Terrain
from vedette.types import Alert, Track
from vedette.types.advice import EffectorState, Engagement, Hindrance


class Planner:
    """Plans for one site. It keeps nothing: equal arguments give equal plans.

    effectors  name → Effector; alert  the site's `[alert]`, for how much targets wander
    """

    def __init__(
        self,
        effectors: Mapping[str, Effector],
        assets: Sequence[Asset],
        config: AdviceConfig,
        frame: LocalFrame,
        alert: AlertConfig,
        terrain: Terrain | None = None,
    ) -> None:
        self.effectors, self.assets, self.config = dict(effectors), tuple(assets), config
        self.frame, self.terrain = frame, terrain
        self.turbulence = alert.turbulence, alert.turbulence_up

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
        engagements  accepted: their tracks wait for the look, or count as partly stopped
        before       track → effector of the advice that is on the table: a change of it costs
        declined     (track, effector) that a person has said no to
        """
        sides = sides_of(t, tracks, alerts)
        if not sides.threats:
            return Planned()
        arms = arms_of(self.effectors, stock, self.config)
        ways, friends = self._paths(t, sides.threats, self.assets), self._paths(t, sides.friends, ())
        threats = threats_of(sides.threats, alerts, ways, self.assets, self.config.classes)
        ways = threats.ending(ways)
        chances = self._chances(sides, arms, ways, friends, threats, declined, engagements)
        slack = [closing(chances, n) for n in range(len(sides.threats))]
        held = [
            waits(t, track.id, slack[n], engagements, self.effectors, self.config.most)
            for n, track in enumerate(sides.threats)
        ]
        stages = stages_of(
            arms,
            chances,
            threats.cost * np.array([left(engagements, track.id) for track in sides.threats]),
            waits=[bool(why) for why in held],
            room=[
                room(chances, n, track.id, engagements, self.config.most)
                for n, track in enumerate(sides.threats)
            ],
            before=[(before or {}).get(track.id) for track in sides.threats],
            config=self.config,
        )
        found = stages.solve()
        draft = Draft(arms, chances, stages, found, before or {}, [track.id for track in sides.threats])
        draft.settle(lambda i, n, ready: self._window(arms[i], ways, friends, threats, n, ready))
        remarks = [_remark(n, sides, chances, held[n], draft, stages) for n in range(len(held))]
        order = ranked(threats, slack, remarks)
        return Planned(
            threats=order,
            proposals=draft.proposals(order, stages.problem.weight),
            objective=found.objective,
            bound=found.bound,
            gap=found.gap,
        )

    def _paths(self, t: int, tracks: Sequence[Track], assets: Sequence[Asset]) -> Paths:
        return paths(
            t,
            tracks,
            self.config,
            frame=self.frame,
            turbulence=self.turbulence,
            assets=assets,
            terrain=self.terrain,
        )

    def _chances(
        self,
        sides: Sides,
        arms: Sequence[Arm],
        ways: Paths,
        friends: Paths,
        threats: Threats,
        declined: Collection[tuple[int, str]],
        engagements: Sequence[Engagement],
    ) -> list[list[Chance]]:
        """[arm][threat]. What names itself is hindered by being somebody's."""
        every = windows(
            [arm.effector for arm in arms],
            ways,
            threats.classes.given_ill(),
            threats.classes.names,
            _sigma(sides.threats),
            np.array([arm.ready for arm in arms]),
            self.config,
            friends,
        )
        once = {arm.name for arm in arms if not arm.effector.repeats}
        used = {(e.track, e.effector) for e in engagements if e.effector in once}
        found = chances_of(arms, every, ways.tracks, declined, used)
        for n, name in enumerate(sides.named):
            for row in found if name else ():
                sentence = f"Track {ways.tracks[n]} may be somebody's: {name}."
                row[n] = replace(row[n], why=Hindrance.FRIEND, sentence=sentence)
        return found

    def _window(
        self, arm: Arm, ways: Paths, friends: Paths, threats: Threats, n: int, ready: float
    ) -> Window:
        """The window of one effector against threat n, if it is not free before `ready` s from now."""
        alone = Paths(ways.tracks[n : n + 1], ways.X[n : n + 1], ways.times, ways.until[n : n + 1])
        given = threats.classes.given_ill()[n : n + 1]
        sigma = _sigma(threats.tracks[n : n + 1])
        names, at = threats.classes.names, np.array([ready])
        return windows([arm.effector], alone, given, names, sigma, at, self.config, friends)[0][0]


def _sigma(tracks: Sequence[Track]) -> np.ndarray:
    return np.array([spread_of(track.estimate.P) for track in tracks])


def _remark(
    n: int,
    sides: Sides,
    chances: Sequence[Sequence[Chance]],
    held: str,
    draft: Draft,
    stages: Stages,
) -> str:
    """Why nothing is proposed against threat n; empty where something is."""
    if n in draft.chosen:
        return ""
    if sides.named[n]:
        return sides.named[n]
    if held:
        return held
    if closing(chances, n) is None:
        return nothing([row[n] for row in chances])
    if n in draft.late or stages.nothing_left(draft.found.shots, n):
        return "all that could be done about it does more good elsewhere"
    return "what could be done costs more than it would save"
