"""Effectors and a planner by hand: a test says what is proposed, and looks at what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tests.server.advice_by_hand import option_of, threat_of
from tests.server.by_hand import FRAME, track_of
from vedette.advise.adviser import Adviser
from vedette.advise.config import AdviceConfig
from vedette.advise.effector import Effector
from vedette.advise.effector_config import DroneConfig, GunConfig, JammerConfig
from vedette.advise.planned import Planned, Proposal
from vedette.advise.planner import Planner
from vedette.assess import AlertConfig
from vedette.clock import NS
from vedette.geo import LocalFrame
from vedette.types import EffectorKind, Field, Hindrance, Option, Refused, Threat, acts

T = 1_760_000_000 * NS
GUN = GunConfig(
    name="Gun 1", notional=True, bearing=0.0, distance=100.0, range_max=2_000.0, height_max=1_500.0,
    magazine=8, reload_s=20.0, reload_lot=4, speed=700.0, delay_s=2.0, assess_s=5.0, kill={"other": 0.5},
)  # fmt: skip
JAMMER = JammerConfig(
    name="Jammer", notional=True, bearing=0.0, distance=0.0, range_max=3_000.0, height_max=1_500.0,
    channels=2, on="link", dwell_s=4.0, kill={"other": 0.4},
)  # fmt: skip
DRONE = DroneConfig(
    name="Drone", notional=True, bearing=0.0, distance=0.0, range_max=5_000.0, height_max=2_000.0, magazine=2,
    speed=60.0, recover_s=90.0, kill={"other": 0.7},
)  # fmt: skip


def effectors(*configs: Any, frame: LocalFrame = FRAME) -> Mapping[str, Effector]:
    return {c.name: Effector.from_config(c, frame) for c in (configs or (GUN, JAMMER, DRONE))}


def like(config: Any, **changes: Any) -> Any:
    """The same effector but for these keys."""
    return type(config)(**{key: getattr(config, key) for key in config.__struct_fields__} | changes)


class ByHand(Planner):
    """Proposes what it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__({}, (), AdviceConfig(), FRAME, AlertConfig())
        self.planned = Planned()
        self.asked: list[dict[str, Any]] = []

    def plan(self, t: int, tracks: Any, alerts: Any, **how: Any) -> Planned:
        self.asked.append({"t": t, **how})
        return self.planned


def option(
    effector: str = "Gun 1", *, closes_s: float = 40.0, shots: int = 2, start_s: float = 10.0
) -> Option:
    kind = {"Gun 1": EffectorKind.GUN, "Jammer": EffectorKind.JAMMER}.get(effector, EffectorKind.DRONE)
    base = option_of(effector, kind)
    meets = (start_s + 2.0, start_s + 3.0, start_s + 4.0)
    return replace(base, shots=shots, opens_s=0.0, start_s=start_s, closes_s=closes_s, intercept_s=meets)


def proposal(track: int = 7, *options: Option, rank: int = 1) -> Proposal:
    chosen, *others = options or (option(), option("Jammer", shots=1))
    why = Refused(effector="Drone", why=Hindrance.LATE, sentence="The last useful start has passed.")
    return Proposal(
        track=track, threat=replace(threat_of(track, rank), slack_s=chosen.closes_s), option=chosen,
        others=tuple(others), refused=(why,), uncovered=(),
        sentence=f"{chosen.effector} against track {track}.",
    )  # fmt: skip


def plan(*proposals: Proposal, threats: tuple[Threat, ...] = ()) -> Planned:
    return Planned(threats=tuple(p.threat for p in proposals) + threats, proposals=proposals, gap=0.01)


NONE: frozenset[tuple[int, str]] = frozenset()


class Scene:
    """An adviser, its planner, and tracks that are there; `at` steps to a second."""

    def __init__(self, *configs: Any, begin: int = T, **config: Any) -> None:
        self.planner, self.begin = ByHand(), begin
        self.adviser = Adviser(
            self.planner, effectors(*configs), AdviceConfig(**config), sensors={}, most=0.95
        )  # fmt: skip
        self.present = {7, 8, 9}
        self.says: Mapping[
            int, Mapping[str, tuple[str, str, int]]
        ] = {}  # track → fact → what, who says so, s

    def at(self, s: float, **more: Any) -> Any:
        x = np.array([3000.0, 4000.0, 500.0, -30.0, -40.0, 0.0])
        t = self.begin + round(s * NS)
        tracks = [track_of(n, x=x, t=t, identity=self.said(n, t)) for n in sorted(self.present)]
        return self.adviser.step(t, tracks, (), **more)

    def said(self, track: int, t: int) -> Mapping[str, Field]:
        says = self.says.get(track, {})
        return {
            fact: Field(value=value, source=by, t=t + age * NS) for fact, (value, by, age) in says.items()
        }

    def propose(
        self,
        *proposals: Proposal,
        threats: tuple[Threat, ...] = (),
        closed: frozenset[tuple[int, str]] = NONE,
    ) -> None:
        self.planner.planned = replace(plan(*proposals, threats=threats), closed=closed)

    def decide(self, s: float, advice: str, answer: str = "accept", by: str = "otto", **more: Any) -> Any:
        note = more.pop("note", "" if answer == "accept" else "because")
        act = acts.Decide(
            advice=advice, answer=answer, by=by, note=note, proof=more.pop("proof", "password"), **more
        )
        return self.adviser.act(self.begin + round(s * NS), act)

    def stock(self, s: float, effector: str, rounds: int) -> Any:
        act = acts.Stock(effector=effector, rounds=rounds, note="counted", by="otto")
        return self.adviser.act(self.begin + round(s * NS), act)

    def card(self, advice: str) -> Any:
        return next((each for each in self.adviser.advised.advice if each.id == advice), None)

    def left(self, effector: str) -> Any:
        return next(each for each in self.adviser.advised.effectors if each.effector == effector)
