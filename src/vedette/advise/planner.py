"""From a picture to a plan: what is advised against each threat, and why not otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from vedette.advise.chances import Arm, Chance, arms_of, chances_of, closing, spread_of
from vedette.advise.config import AdviceConfig
from vedette.advise.draft import Draft
from vedette.advise.effector import Effector
from vedette.advise.looks import left, room, spare, waits
from vedette.advise.magazines import use_of
from vedette.advise.paths import Paths, paths
from vedette.advise.planned import Planned
from vedette.advise.queue import Use
from vedette.advise.reasons import nothing
from vedette.advise.sides import Sides, sides_of
from vedette.advise.stages import Stages, stages_of
from vedette.advise.threat import Threats, ranked, threats_of
from vedette.advise.window import Window, windows
from vedette.assess.config import AlertConfig
from vedette.assess.zone import Asset
from vedette.clock import seconds
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
        arms = arms_of(self.effectors, stock, self._uses(t, engagements), self.config)
        ways, friends = self._paths(t, sides.threats, self.assets), self._paths(t, sides.friends, ())
        threats = threats_of(sides.threats, alerts, ways, self.assets, self.config.classes)
        ways = threats.ending(ways)
        chances = self._chances(sides, arms, ways, friends, threats, declined, engagements)
        slack = [closing(chances, n) for n in range(len(sides.threats))]
        held = [
            waits(
                t, track.id, slack[n], engagements, self.effectors, self.config.most,
                stands=track.id in (before or {}),
            )
            for n, track in enumerate(sides.threats)
        ]  # fmt: skip
        stages = stages_of(
            arms,
            chances,
            threats.cost * np.array([left(engagements, track.id) for track in sides.threats]),
            waits=[bool(why) for why in held],
            room=[room(chances, n, some) for n, some in enumerate(self._spare(sides, engagements))],
            before=[(before or {}).get(track.id) for track in sides.threats],
            config=self.config,
        )
        found = stages.solve()
        draft = Draft(arms, chances, stages, found, before or {}, [track.id for track in sides.threats])
        draft.settle(lambda i, n, ready, by: self._window(arms[i], ways, friends, threats, n, ready, by))
        settled = replace(found, objective=draft.objective())
        remarks = [_remark(n, sides, chances, held[n], draft, stages) for n in range(len(held))]
        order = ranked(threats, slack, remarks)
        return Planned(
            threats=order,
            proposals=draft.proposals(order, stages.problem.weight),
            closed=frozenset(
                (track.id, row[n].arm.name)
                for row in chances
                for n, track in enumerate(sides.threats)
                if row[n].why in (Hindrance.LATE, Hindrance.REACH)
            ),
            objective=settled.objective,
            bound=settled.bound,
            gap=settled.gap,
        )

    def _spare(self, sides: Sides, engagements: Sequence[Engagement]) -> list[int]:
        return [spare(track.id, engagements, self.config.most) for track in sides.threats]

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
        found = chances_of(arms, every, ways.tracks, declined, used, self._spare(sides, engagements))
        self._beside_what_is_accepted(found, ways, friends, threats)
        for n, name in enumerate(sides.named):
            for row in found if name else ():
                sentence = f"Track {ways.tracks[n]} may be somebody's: {name}."
                row[n] = replace(row[n], why=Hindrance.FRIEND, sentence=sentence)
        return found

    def _beside_what_is_accepted(
        self, chances: Sequence[list[Chance]], ways: Paths, friends: Paths, threats: Threats
    ) -> None:
        """Move what would take a channel that an engagement needs to where one is free."""
        for row in chances:
            for n, chance in enumerate(row):
                if not chance.usable:
                    continue
                arm = chance.arm
                again = partial(self._window, arm, ways, friends, threats, n)
                window = arm.turn(chance.window, chance.shots, arm.uses, again)
                if window is None:
                    sentence = f"{arm.name} has no channel free in time for track {ways.tracks[n]}."
                    row[n] = replace(chance, why=Hindrance.CHANNEL, sentence=sentence)
                elif window is not chance.window:
                    row[n] = replace(chance, window=window)

    def _uses(self, t: int, engagements: Sequence[Engagement]) -> dict[str, list[Use]]:
        """Effector → when how many of its channels are in use, in s from t, for what was accepted."""
        found: dict[str, list[Use]] = {}
        for each in engagements:
            if each.effector in self.effectors:
                use = use_of(each, self.effectors[each.effector])
                # kept free in good time: the state says the same
                begins = use.begins if use.kept_from > t else t
                if use.until > t:
                    span = seconds(begins - t), seconds(use.until - t), use.channels
                    found.setdefault(each.effector, []).append(span)
        return found

    def _window(
        self, arm: Arm, ways: Paths, friends: Paths, threats: Threats, n: int, ready: float, by: float
    ) -> Window:
        """The window of one effector against threat n that begins at `ready` and has met it by then (s)."""
        until = np.minimum(ways.until[n : n + 1], by)
        alone = Paths(ways.tracks[n : n + 1], ways.X[n : n + 1], ways.times, until)
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
