"""A raid of five made by hand, and a desk on which people decide: the first answer wins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tests.people.doors import hall
from tests.server.advice_by_hand import advice_of, option_of, threat_of
from tests.server.by_hand import EXAMPLE, T, alert_of, picture_of, track_of
from tests.server.served import HandDesk, Served, served
from vedette.clock import NS
from vedette.errors import ServiceError
from vedette.server import build_app
from vedette.site import Site, load_site
from vedette.types import (
    Advice,
    AdviceState,
    Advised,
    Answer,
    Array,
    Call,
    Decision,
    EffectorKind,
    EffectorState,
    Engagement,
    Hindrance,
    Mode,
    Refused,
    Severity,
    Threat,
    acts,
)
from vedette.types.acts import Done

FIRST = 7
EFFECTORS = """
[[effector]]
kind = "gun"
name = "Gun 1"
notional = true
bearing = 30
distance = 800
range_min = 200
range_max = 3_500
height_min = 20
height_max = 2_000
sector = [300, 120]
speed = 800
magazine = 240
kill = { other = 0.5 }
no_fire = [[[33.806, 42.452], [33.809, 42.466], [33.796, 42.464]]]

[[effector]]
kind = "gun"
name = "Gun 2"
notional = true
bearing = 160
distance = 900
range_max = 3_500
height_max = 2_000
speed = 800
magazine = 240
kill = { other = 0.5 }

[[effector]]
kind = "missile"
name = "Missile 1"
notional = true
bearing = 280
distance = 1_000
range_min = 800
range_max = 9_000
height_max = 5_000
speed = 600
magazine = 6
kill = { other = 0.9 }

[[effector]]
kind = "jammer"
name = "Jammer"
notional = true
bearing = 90
distance = 200
range_max = 3_000
height_max = 1_500
on = "link"
dwell_s = 5
kill = { other = 0.3 }
"""
PLACES = {
    7: (3000.0, 4000.0),
    8: (-5000.0, 3500.0),
    9: (1600.0, 1500.0),
    10: (6500.0, 900.0),
    11: (-900.0, -700.0),
}
STATES = {"accept": AdviceState.ACCEPTED, "decline": AdviceState.DECLINED, "hold": AdviceState.HELD}
ASSETS = {7: "Quarters", 8: "Flight line", 9: "Fuel", 10: "Quarters", 11: "Flight line"}


def approach(track: int) -> Array:
    """On its way to the middle of the site, 300 m up."""
    x, y = PLACES[track]
    speed = 48.0 / np.hypot(x, y)
    return np.array([x, y, 300.0, -x * speed, -y * speed, 0.0])


def threat(track: int, rank: int, slack: float | None) -> Threat:
    """One that has `slack` seconds left; None: nothing can be done."""
    if slack is None:
        words = f"Track {track} threatens Fuel; nothing can be done: of 2 effectors 1 declined, 1 too late."
    else:
        words = f"Track {track} leaves {slack:.0f} s to act; the next leaves 40 s more."
    arrival = (0.8 * (slack or 30), slack or 30, 1.3 * (slack or 30))
    return replace(
        threat_of(track, rank),
        slack_s=slack,
        asset=ASSETS[track],
        arrival_s=tuple(90 + s for s in arrival),
        sentence=words,
    )


def advice(track: int, rank: int, slack: float, number: int = 1) -> Advice:
    """To use Gun 1, or the jammer instead, or the missile."""
    gun = replace(
        option_of(), closes_s=slack, kill=(0.61, 0.78, 0.88), place=tuple(0.6 * approach(track)[:3])
    )
    missile = replace(
        option_of("Missile 1", EffectorKind.MISSILE, 0.9),
        closes_s=slack,
        kill=(0.8, 0.93, 0.97),
        cost=3.0,
        rounds_left=3,
    )
    jammer = replace(
        option_of("Jammer", EffectorKind.JAMMER), closes_s=slack, kill=(0.05, 0.31, 0.74), cost=0.0
    )
    elsewhere = "Missile 1 does more good against track 8."
    less = "Jammer would stop it with 0.31 instead of 0.78."
    refused = (
        Refused(effector="Missile 1", why=Hindrance.ELSEWHERE, sentence=elsewhere),
        Refused(effector="Jammer", why=Hindrance.LESS, sentence=less),
        Refused(effector="Gun 2", why=Hindrance.NO_FIRE, sentence="What falls would fall on the village."),
        Refused(effector="Drone 1", why=Hindrance.LATE, sentence="It would have had to start 12 s ago."),
    )
    made = advice_of(track, option=gun)
    return replace(
        made,
        id=f"{track}-Gun 1-{number}",
        threat=threat(track, rank, slack),
        others=(missile, jammer),
        refused=refused,
        uncovered=(10,) if track == FIRST else (),
        sentence=f"Gun 1 stops track {track} with 78 % at the lowest cost; Missile 1 is next with 93 %.",
    )


def engaged(
    track: int = 9, call: Call = Call.UNDER_WAY, stopped: float = 0.7, in_s: float = 18.0
) -> Engagement:
    return Engagement(
        advice=f"{track}-Gun 1-1",
        track=track,
        effector="Gun 1",
        shots=2,
        t_start=T - NS,
        t_intercept=T + round(in_s * NS),
        place=tuple(0.7 * approach(track)[:3]),
        expected=0.7,
        stopped=stopped,
        call=call,
    )


def stock(effector: str, kind: EffectorKind, rounds: int | None, **change: Any) -> EffectorState:
    whole: dict[str, Any] = {
        "magazine": None if rounds is None else 240,
        "channels": 1,
        "free": 1,
        "ready_s": 0.0,
    }
    return EffectorState(effector=effector, kind=kind, rounds=rounds, **whole | change)


STOCKS = (
    stock("Gun 1", EffectorKind.GUN, 96, channels=2, ready_s=6.5, detail="one channel is busy with track 9"),
    stock("Gun 2", EffectorKind.GUN, 0, ready_s=None, detail="its magazine is empty"),
    stock("Missile 1", EffectorKind.MISSILE, 4, magazine=6, channels=2, free=2),
    stock("Jammer", EffectorKind.JAMMER, None),
)


def raid() -> Advised:
    """Two to decide on, one under way, one declined, one that nothing can be done against."""
    said = Decision(
        t=T - 9 * NS,
        advice="9-Gun 1-1",
        track=9,
        effector="Gun 1",
        answer=Answer.ACCEPT,
        by="Cpl First",
        proof="none",
    )
    no = replace(
        said, advice="10-Gun 1-1", track=10, answer=Answer.DECLINE, by="Cpl First", note="our own courier"
    )
    late = replace(said, advice="9-Gun 1-0", answer=Answer.NONE, by="", proof="", t=T - 30 * NS)
    return Advised(
        t=T,
        threats=(
            threat(7, 1, 41.5),
            threat(8, 2, 95.0),
            threat(9, 3, 20.0),
            threat(10, 4, 130.0),
            threat(11, 5, None),
        ),
        advice=(
            advice(7, 1, 41.5),
            advice(8, 2, 95.0),
            replace(advice(9, 3, 20.0), state=AdviceState.ACCEPTED, history=(said,)),
            replace(advice(10, 4, 130.0), state=AdviceState.DECLINED, history=(no,)),
            replace(advice(9, 3, 20.0, 0), state=AdviceState.EXPIRED, history=(late,)),
        ),
        engagements=(engaged(),),
        effectors=STOCKS,
        objective=1.42,
        bound=1.4,
        gap=0.014,
    )


@cache
def armed() -> Site:
    """The example's site, with four effectors in the place of its own."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "armed.toml"
        path.write_text(EXAMPLE.read_text().split("[[effector]]")[0] + EFFECTORS)
        return load_site(path)


class Deciders(HandDesk):
    """Decisions by hand: an accept or a decline is final, and whoever comes second is told so."""

    def __init__(self, advised: Advised | None = None, mode: Mode = Mode.EXERCISE) -> None:
        super().__init__(armed())
        self.taken: list[acts.Act] = []
        self.elsewhere: dict[str, str] = {}
        tracks = [track_of(n, x=approach(n)) for n in PLACES]
        alerts = (
            alert_of("7-Inner-1", track=7),
            alert_of("8-Inner-1", track=8, severity=Severity.WARNING),
        )
        self.shown = replace(picture_of(*tracks, alerts=alerts, mode=mode), advised=advised or raid())

    async def act(self, act: acts.Act) -> Done:
        self.taken.append(act)
        if isinstance(act, acts.Decide):
            return self.decide(act)
        if isinstance(act, acts.Stock):
            states = [
                replace(e, rounds=act.rounds) if e.effector == act.effector else e
                for e in self.advised.effectors
            ]
            self.advise(replace(self.advised, effectors=tuple(states)))
            return Done(self.now(), act)
        return await super().act(act)

    @property
    def advised(self) -> Advised:
        assert self.shown.advised is not None
        return self.shown.advised

    def advise(self, advised: Advised) -> None:
        self.shown = replace(self.shown, advised=advised)

    def decide(self, act: acts.Decide) -> Done:
        (card,) = [a for a in self.advised.advice if a.id == act.advice]
        if card.id in self.elsewhere:  # on another screen, of which this one has not heard yet
            raise ServiceError(self.elsewhere[card.id])
        if card.state not in (AdviceState.OPEN, AdviceState.HELD):
            last = card.history[-1]
            raise ServiceError(f"{last.by} has answered this already: {last.answer} {last.effector}.")
        effector = act.effector or card.option.effector
        said = Decision(
            t=T,
            advice=card.id,
            track=card.track,
            effector=effector,
            answer=Answer(act.answer),
            by=act.by,
            proof=act.proof,
            note=act.note,
        )
        after = replace(card, state=STATES[act.answer], history=(*card.history, said))
        cards = tuple(after if a.id == card.id else a for a in self.advised.advice)
        engagements = self.advised.engagements
        if act.answer == "accept":
            engagements += (replace(engaged(card.track, in_s=24.0), advice=card.id, effector=effector),)
        self.advise(replace(self.advised, advice=cards, engagements=engagements))
        return Done(self.now(), act, advice=after)

    def move(self, seconds: float) -> None:
        """The picture's clock goes on; all times of what is advised stay the moments they were."""
        t = self.shown.t + round(seconds * NS)
        self.show(replace(self.shown, t=t, t_made=t))


@contextmanager
def deciding(desk: HandDesk, folder: Path | None = None) -> Iterator[Served]:
    """The desk behind a server; with accounts where a folder is given."""
    door = None if folder is None else hall(folder).door
    with served(build_app(desk, clock=desk.now, door=door)) as running:
        yield running
