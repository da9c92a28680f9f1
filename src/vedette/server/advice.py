"""Advice on the wire: what can still be done, the cards that people answer, what is under way and left."""

from __future__ import annotations

import numpy as np
from fastapi import APIRouter, Response

from vedette.advise.answered import no_such
from vedette.clock import seconds
from vedette.geo import LocalFrame
from vedette.server.advice_messages import (
    AdvisedMessage,
    CardMessage,
    ChoicesMessage,
    DecisionMessage,
    EngagementMessage,
    OptionMessage,
    ReadinessMessage,
    RefusedMessage,
    ThreatMessage,
)
from vedette.server.answers import errors, json
from vedette.server.desk import Desk
from vedette.types import Advice, Advised, Decision, EffectorState, Engagement, Option, Threat
from vedette.types.advice import Place
from vedette.units import DEGREE


def add_routes(router: APIRouter, desk: Desk) -> None:
    """GET /api/advice, GET /api/advice/choices."""

    @router.get("/advice", response_model=AdvisedMessage | None)
    async def advice() -> Response:
        """What can still be done against what comes, and what people decided; null without effectors."""
        return json(advised(desk.picture().advised, desk.site.frame))

    @router.get("/advice/choices", response_model=ChoicesMessage, responses=errors(404))
    async def choices_of(advice: str) -> Response:
        """What could be done instead of what one card advises, and why nothing else is advised."""
        found = desk.picture().advised
        cards = () if found is None else found.advice
        card = next((each for each in cards if each.id == advice), None)
        if found is None or card is None:
            raise no_such(advice)
        return json(choices(card, found.t, desk.site.frame))


def signature(found: Advised | None) -> object:
    """What a page must learn of at once: who decided what, what is advised, how engagements went."""
    if found is None:
        return None
    cards = tuple((each.id, each.state, len(each.history)) for each in found.advice)
    calls = tuple((each.advice, each.call, each.friend) for each in found.engagements)
    return cards, calls, tuple((each.effector, each.rounds, each.free) for each in found.effectors)


def advised(found: Advised | None, frame: LocalFrame) -> AdvisedMessage | None:
    """Everything advised; None where there is nothing to advise with."""
    if found is None:
        return None
    return AdvisedMessage(
        t_s=seconds(found.t),
        objective=found.objective,
        bound=found.bound,
        gap=found.gap,
        threats=[threat(each, found.t) for each in found.threats],
        cards=[card(each, found.t, frame) for each in found.advice],
        engagements=[engagement(each, frame) for each in found.engagements],
        effectors=[readiness(each, found.t) for each in found.effectors],
    )


def card(a: Advice, t: int, frame: LocalFrame) -> CardMessage:
    """One piece of advice, whose relative times count from t (ns UTC); `choices` has the rest of it."""
    return CardMessage(
        id=a.id,
        track=a.track,
        state=a.state.value,
        t_made_s=seconds(a.t_made),
        t_closes_s=seconds(a.t_closes),
        sentence=a.sentence,
        option=option(a.option, t, frame),
        uncovered=list(a.uncovered),
        history=[decision(each) for each in a.history],
    )


def choices(a: Advice, t: int, frame: LocalFrame) -> ChoicesMessage:
    """What the card of `a` leaves out, its relative times counted from t (ns UTC)."""
    return ChoicesMessage(
        t_s=seconds(t),
        advice=a.id,
        others=[option(each, t, frame) for each in a.others],
        refused=[
            RefusedMessage(effector=r.effector, why=r.why.value, sentence=r.sentence) for r in a.refused
        ],
    )


def threat(a: Threat, t: int) -> ThreatMessage:
    """How urgent a track is, its times as moments."""
    now = seconds(t)
    low, middle, high = (None, None, None) if a.arrival_s is None else (now + s for s in a.arrival_s)
    return ThreatMessage(
        track=a.track,
        rank=a.rank,
        slack_until_s=None if a.slack_s is None else now + a.slack_s,
        asset=a.asset,
        value=a.value,
        arrives=a.arrives,
        arrival_low_s=low,
        arrival_s=middle,
        arrival_high_s=high,
        existence=a.existence,
        klass=dict(a.klass),
        sentence=a.sentence,
    )


def option(o: Option, t: int, frame: LocalFrame) -> OptionMessage:
    """One way to act, its times as moments and its place on the Earth."""
    now = seconds(t)
    low, middle, high = o.intercept_s
    latitude, longitude, height = on_earth(o.place, frame)
    return OptionMessage(
        effector=o.effector,
        kind=o.kind.value,
        shots=o.shots,
        opens_s=now + o.opens_s,
        closes_s=now + o.closes_s,
        start_s=now + o.start_s,
        intercept_low_s=now + low,
        intercept_s=now + middle,
        intercept_high_s=now + high,
        latitude=latitude,
        longitude=longitude,
        height_m=height,
        kill_low=o.kill[0],
        kill=o.kill[1],
        kill_high=o.kill[2],
        rounds_left=o.rounds_left,
        cost=o.cost,
    )


def decision(d: Decision) -> DecisionMessage:
    """Who answered what, when."""
    return DecisionMessage(
        t_s=seconds(d.t), answer=d.answer.value, effector=d.effector, by=d.by, proof=d.proof, note=d.note
    )


def engagement(e: Engagement, frame: LocalFrame) -> EngagementMessage:
    """What was accepted, as it is taken to go."""
    latitude, longitude, height = on_earth(e.place, frame)
    return EngagementMessage(
        advice=e.advice,
        track=e.track,
        effector=e.effector,
        shots=e.shots,
        t_start_s=seconds(e.t_start),
        t_intercept_s=seconds(e.t_intercept),
        latitude=latitude,
        longitude=longitude,
        height_m=height,
        expected=e.expected,
        stopped=e.stopped,
        call=e.call.value,
        friend=e.friend,
        friend_since_s=seconds(e.t_friend) if e.t_friend else None,
    )


def readiness(e: EffectorState, t: int) -> ReadinessMessage:
    """What is left of an effector."""
    return ReadinessMessage(
        effector=e.effector,
        kind=e.kind.value,
        rounds=e.rounds,
        magazine=e.magazine,
        channels=e.channels,
        free=e.free,
        ready_s=None if e.ready_s is None else seconds(t) + e.ready_s,
        detail=e.detail,
    )


def on_earth(place: Place, frame: LocalFrame) -> tuple[float, float, float]:
    """Latitude and longitude in degrees, m above the ellipsoid."""
    latitude, longitude, height = (float(x) for x in frame.to_geodetic(np.array(place)))
    return latitude / DEGREE, longitude / DEGREE, height
