"""The channels to people elsewhere over REST: how they fare, and a test."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from vedette.server import view
from vedette.server.access import signed
from vedette.server.answers import errors, json, sorry
from vedette.server.desk import Desk
from vedette.server.hub import Hub
from vedette.server.messages import DeliveryMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesMessage:
    """Every channel, in the order of the site file."""

    deliveries: list[DeliveryMessage]


class Trial(BaseModel):
    """Who tries the channel out."""

    model_config = ConfigDict(extra="forbid")
    by: str = Field(default="", max_length=200)  # with accounts: who asks, and nobody else


def build_router(desk: Desk, hub: Hub) -> APIRouter:
    """The routes below /api/delivery."""
    router = APIRouter(prefix="/api/delivery")

    @router.get("", response_model=DeliveriesMessage)
    async def deliveries() -> Response:
        """How the site's channels to people elsewhere fare."""
        return json(DeliveriesMessage(deliveries=[view.delivery(each) for each in desk.deliveries()]))

    @router.post("/{channel:path}/test", response_model=DeliveriesMessage, responses=errors(404, 409, 413))
    async def test(channel: str, body: Trial, request: Request) -> Response:
        """Send a message that says it is a test; GET /api/delivery tells what became of it."""
        if all(known.channel != channel for known in desk.deliveries()):
            return sorry(404, f"There is no channel {channel}; GET /api/delivery lists those there are.")
        desk.try_channel(channel, signed(request, body.by))
        hub.announce()
        return await deliveries()

    return router
