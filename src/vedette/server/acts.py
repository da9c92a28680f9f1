"""What people do, over REST: one endpoint takes every act; the rules and the hand-over log can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from vedette.clock import seconds
from vedette.errors import NotUnderstoodError, ServiceError
from vedette.server import advice, layout, view
from vedette.server.access import decider, person, signed
from vedette.server.advice_messages import CardMessage
from vedette.server.answers import errors, json
from vedette.server.desk import Desk
from vedette.server.hub import Hub
from vedette.server.messages import AlertMessage, EntryMessage, LevelMessage, ZoneMessage
from vedette.types import acts
from vedette.types.acts import Act, Done


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneMessage:
    """The act as it was recorded, at data time `t_s`, and the alert or advice it was about as it then is."""

    t_s: float
    act: dict[str, Any]
    alert: AlertMessage | None
    advice: CardMessage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesMessage:
    """The rules as they stand, those of the site first; `changes` is `rules` of the status."""

    t_s: float
    changes: int
    rules: list[ZoneMessage]
    postures: list[LevelMessage]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverMessage:
    """What people did, the newest last."""

    t_s: float
    entries: list[EntryMessage]


def add_routes(router: APIRouter, desk: Desk, hub: Hub) -> None:
    """The routes of this page, onto the router of /api."""
    body = {"requestBody": {"required": True, "content": {"application/json": {"schema": act_schema()}}}}

    @router.post("/acts", response_model=DoneMessage, responses=errors(404, 409, 413), openapi_extra=body)
    async def act(request: Request) -> Response:
        """Do something, signed with a name: any of the acts that docs/reference/wire.md lists."""
        wanted = acts.of(named(request, await body_of(request)))
        done = await desk.act(proven(request, wanted, desk))
        hub.announce()
        if done.refusal:
            raise ServiceError(done.refusal)
        return json(told(done, desk))

    @router.get("/rules", response_model=RulesMessage)
    async def rules() -> Response:
        """Every rule of the site and of operators, and the levels of readiness."""
        picture = desk.picture()
        return json(
            RulesMessage(
                t_s=seconds(picture.t),
                changes=picture.rules,
                rules=[layout.zone(rule, desk.site.frame) for rule in desk.rules()],
                postures=[layout.level(level) for level in desk.levels()],
            )
        )

    @router.get("/handover", response_model=HandoverMessage)
    async def handover() -> Response:
        """The hand-over log: every act of a person, and every remark, the newest last."""
        entries = [
            EntryMessage(t_s=seconds(e.t), by=e.by, act=e.act, text=e.text, note=e.note)
            for e in desk.handover()
        ]
        return json(HandoverMessage(t_s=seconds(desk.picture().t), entries=entries))


def named(request: Request, body: bytes) -> bytes:
    """The act in the name of who has signed in; as it came where there are no accounts, or it is no act."""
    if person(request) is None:
        return body
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body
    if not isinstance(found, dict) or not isinstance(found.get("by", ""), str):
        return body
    return msgspec.json.encode({**found, "by": signed(request, found.get("by", ""))})


def proven(request: Request, act: Act, desk: Desk) -> Act:
    """The act with how whoever decides has proved who they are; that is never taken from a client.

    Raises DeniedError for whoever may not decide.
    """
    if not isinstance(act, acts.Decide | acts.Stock):
        return act
    if isinstance(act, acts.Decide) and act.proof:
        raise NotUnderstoodError("How you have proved who you are is found out here; leave `proof` out.")
    proof = decider(request, desk.picture().mode)
    return msgspec.structs.replace(act, proof=proof) if isinstance(act, acts.Decide) else act


def told(done: Done, desk: Desk) -> DoneMessage:
    """What was done, and what it was about as it then is."""
    card = None if done.advice is None else advice.card(done.advice, done.t, desk.site.frame)
    return DoneMessage(
        t_s=seconds(done.t),
        act=acts.record(done.act),
        alert=None if done.alert is None else view.alert(done.alert),
        advice=card,
    )


async def body_of(request: Request) -> bytes:
    """The body as it came. The guard cuts off one that is too long, and answers for it."""
    try:
        return await request.body()
    except ClientDisconnect:
        raise NotUnderstoodError("The body broke off; send it whole.") from None


def act_schema() -> dict[str, Any]:
    """JSON Schema of any act, for the OpenAPI page; whole, without references."""
    (_, known) = msgspec.json.schema_components([Act])
    every = [_whole(schema, known) for schema in known.values() if "act" in schema.get("properties", {})]
    return {"anyOf": [as_sent for schema in every for as_sent in _as_sent(schema)]}


def _as_sent(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A decision without its proof, which a client cannot give; and with a note unless it accepts."""
    if schema["title"] != acts.Decide.__name__:
        return [schema]
    fields = {name: field for name, field in schema["properties"].items() if name != "proof"}
    freely = {**fields, "answer": {"enum": ["accept"]}}
    reason = {**fields["note"], "minLength": 1, "pattern": r"\S"}
    reason.pop("default", None)
    why = {**fields, "answer": {"enum": ["decline", "hold"]}, "note": reason}
    return [
        {**schema, "properties": freely},
        {**schema, "properties": why, "required": [*schema["required"], "note"]},
    ]


def _whole(schema: Any, known: dict[str, Any]) -> Any:
    """The schema with what it refers to put in its place."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _whole(known[schema["$ref"].rsplit("/", 1)[1]], known)
        return {key: _whole(value, known) for key, value in schema.items()}
    return [_whole(item, known) for item in schema] if isinstance(schema, list) else schema
