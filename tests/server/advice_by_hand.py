"""Advice made by hand: every field of every part in use."""

from __future__ import annotations

from vedette.clock import NS
from vedette.types import (
    Advice,
    AdviceState,
    Advised,
    Answer,
    Call,
    Decision,
    EffectorKind,
    EffectorState,
    Engagement,
    Hindrance,
    Option,
    Refused,
    Threat,
)

T = 1_697_586_067 * NS + 250_000_000  # as the pictures of by_hand


def threat_of(track: int = 7, rank: int = 1) -> Threat:
    return Threat(
        track=track,
        rank=rank,
        slack_s=41.5,
        asset="Fuel farm",
        value=3.0,
        arrives=0.9,
        arrival_s=(80.0, 92.0, 110.0),
        existence=0.97,
        klass={"one-way-attack": 0.8, "bird": 0.2},
        sentence=f"Track {track} leaves 42 s to act; track 8 is next with 95 s.",
    )


def option_of(effector: str = "Gun 1", kind: EffectorKind = EffectorKind.GUN, kill: float = 0.62) -> Option:
    return Option(
        effector=effector,
        kind=kind,
        shots=2,
        opens_s=5.0,
        closes_s=41.5,
        start_s=12.0,
        intercept_s=(14.0, 15.5, 17.0),
        place=(1200.0, 900.0, 250.0),
        kill=(kill - 0.1, kill, kill + 0.1),
        rounds_left=None if kind is EffectorKind.JAMMER else 6,
        cost=0.02,
    )


def advice_of(
    track: int = 7,
    state: AdviceState = AdviceState.OPEN,
    history: tuple[Decision, ...] = (),
    t: int = T,
    option: Option | None = None,
) -> Advice:
    chosen = option or option_of()
    return Advice(
        id=f"{track}-{chosen.effector}-1",
        track=track,
        state=state,
        t_made=t - 2 * NS,
        t_closes=t + round(chosen.closes_s * NS),
        threat=threat_of(track),
        option=chosen,
        others=(option_of("Jammer", EffectorKind.JAMMER, 0.3),),
        refused=(
            Refused(
                effector="Missile 1",
                why=Hindrance.NO_FIRE,
                sentence="Its line of fire lies over the village.",
            ),
            Refused(effector="Jammer", why=Hindrance.LESS, sentence="Jammer would do no better."),
        ),
        uncovered=(8,),
        sentence=f"Track {track}: {chosen.effector}, within 42 s, stops it with probability 0.62.",
        history=history,
    )


def decision_of(answer: Answer = Answer.ACCEPT, by: str = "otto", proof: str = "password") -> Decision:
    return Decision(
        t=T - NS,
        advice="9-Gun 1-1",
        track=9,
        effector="Gun 1",
        answer=answer,
        by=by,
        proof=proof,
        note="seen",
    )


def advised_of(*advice: Advice, t: int = T) -> Advised:
    """One threat, its card, an engagement under way, and two effectors."""
    engagement = Engagement(
        advice="9-Gun 1-1",
        track=9,
        effector="Gun 1",
        shots=2,
        t_start=t - NS,
        t_intercept=t + 3 * NS,
        place=(800.0, 700.0, 200.0),
        expected=0.7,
        stopped=0.7,
        call=Call.UNDER_WAY,
        friend="it calls itself UAV1, and nobody has called it hostile",
        t_friend=t - NS // 2,
    )
    accepted = advice_of(9, AdviceState.ACCEPTED, (decision_of(),), t)
    gun = EffectorState(
        effector="Gun 1", kind=EffectorKind.GUN, rounds=6, magazine=8, channels=2, free=0, ready_s=6.5,
        detail="busy with track 9",
    )  # fmt: skip
    jammer = EffectorState(
        effector="Jammer", kind=EffectorKind.JAMMER, rounds=None, magazine=None, channels=1, free=1,
        ready_s=0.0,
    )  # fmt: skip
    return Advised(
        t=t,
        threats=(threat_of(),),
        advice=advice or (advice_of(t=t), accepted),
        engagements=(engagement,),
        effectors=(gun, jammer),
        objective=1.4,
        bound=1.4,
    )
