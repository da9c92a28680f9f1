"""What a rule would do, before anybody makes it one: asked while it is written, answered by the assessor."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from vedette.assess import Judgement, Preview
from vedette.clock import seconds
from vedette.server.answers import errors, json
from vedette.server.desk import Desk
from vedette.server.messages import Number
from vedette.server.view import finite


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedMessage:
    """One track under the rule; `why` says why it is not called, `alert` which open alert it has already."""

    track: int
    calls: bool
    why: list[str]
    probability: Number
    time_to_go_s: Number
    sentence: str
    alert: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewMessage:
    """The rule on the tracks at data time `t_s`: whom it calls, and who else comes near."""

    t_s: float
    rule: str
    on: bool
    probability: float
    within_s: float
    existence: float
    confirm_s: float
    tracks: int
    called: int
    elsewhere: int
    judged: list[JudgedMessage]


class RuleDraft(BaseModel):
    """A rule as `[[zone]]` has it; docs/alerts.md lists its keys."""

    model_config = ConfigDict(extra="forbid")
    rule: dict[str, Any]


def add_routes(router: APIRouter, desk: Desk) -> None:
    """The route of this page, onto the router of /api."""
    turn = asyncio.Lock()  # one at a time: however many ask, the tracker waits for one judgement only

    @router.post("/rules/preview", response_model=PreviewMessage, responses=errors(409))
    async def preview(body: RuleDraft) -> Response:
        """What this rule would do with the tracks of now. Nothing is changed, recorded or raised."""
        async with turn:
            return json(told(await desk.preview(body.rule)))


def told(preview: Preview) -> PreviewMessage:
    """What the assessment said, as it goes over the wire."""
    rule, terms = preview.rule, preview.rule.terms
    return PreviewMessage(
        t_s=seconds(preview.t),
        rule=rule.name,
        on=rule.on,
        probability=terms.probability,
        within_s=terms.within_s,
        existence=terms.existence,
        confirm_s=terms.confirm_s,
        tracks=preview.tracks,
        called=preview.called,
        elsewhere=preview.elsewhere,
        judged=[judged(each) for each in preview.judged],
    )


def judged(each: Judgement) -> JudgedMessage:
    """One track."""
    numbers = each.evidence
    return JudgedMessage(
        track=each.track,
        calls=each.calls,
        why=list(each.why),
        probability=finite(numbers.probability),
        time_to_go_s=finite(numbers.time_to_go_s),
        sentence=numbers.sentence,
        alert=each.alert,
    )
