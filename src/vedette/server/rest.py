"""The documented REST interface: what the screen shows, as JSON, for scripts and other systems.

The paths stand in docs/reference/wire.md; FastAPI writes /openapi.json from what stands here.
"""

from __future__ import annotations

import gzip
import sqlite3
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from vedette import __version__
from vedette.clock import seconds
from vedette.errors import ServiceError
from vedette.server import layout, view
from vedette.server.access import DeniedError, signed, sorry
from vedette.server.coverage import FUSED, Above, CoverageRoom
from vedette.server.desk import Desk
from vedette.server.hub import Hub
from vedette.server.messages import (
    AlertMessage,
    CoverageMessage,
    ErrorMessage,
    ReplayMessage,
    SensorMessage,
    SiteMessage,
    TrackMessage,
    encode,
)
from vedette.server.viewer import steer_replay
from vedette.types import Status

BYTES = "application/octet-stream"
TrackId = Annotated[int, Path(ge=0, lt=2**32)]
ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorMessage, "description": "That is no JSON."},
    401: {"model": ErrorMessage, "description": "Nobody known asks: sign in, or send a token."},
    403: {"description": "Who asks may not do this, or asks from the page of another site."},
    404: {"model": ErrorMessage, "description": "There is no such thing."},
    405: {"model": ErrorMessage, "description": "That cannot be done to this."},
    408: {"description": "The body did not come in time."},
    409: {"model": ErrorMessage, "description": "That cannot be done now; the message says why."},
    413: {"description": "The body is too long."},
    421: {"description": "This server does not go by that name."},
    422: {
        "model": ErrorMessage,
        "description": "The request was not understood; the message says what is wrong.",
    },
}


# What any route may answer, by `guard` and `access`.
EVERYWHERE: dict[int | str, dict[str, Any]] = {
    code: ERRORS[code] for code in (400, 401, 403, 404, 405, 408, 413, 421, 422)
}


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: ERRORS[code] for code in (*codes, 422)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthMessage:
    """Whether data flow; `status` is "ok" or "feed lost"."""

    status: Literal["ok", "feed lost"]
    version: str
    mode: str
    t_s: float
    viewers: int
    tracks: int
    tentative: int
    alerts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TracksMessage:
    """All tracks at data time `t_s`."""

    t_s: float
    tracks: list[TrackMessage]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsMessage:
    """Open alerts and those closed lately, worst first."""

    t_s: float
    alerts: list[AlertMessage]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorsMessage:
    """The feeds' condition, and the counters of every stage."""

    t_s: float
    feed_lost: bool
    sensors: list[SensorMessage]
    counters: dict[str, int]


class Acknowledgement(BaseModel):
    """Who has seen the alert, and a remark."""

    model_config = ConfigDict(extra="forbid")
    by: str = Field(default="", max_length=200)  # with accounts: who asks, and nobody else
    note: str = Field(default="", max_length=2000)


class ReplayOrder(BaseModel):
    """What the play-head shall do: `t_s` (Unix seconds) goes with seek, `speed` (a factor) with speed."""

    model_config = ConfigDict(extra="forbid")
    action: Literal["play", "pause", "seek", "speed", "live"]
    t_s: float | None = Field(default=None, ge=-1e12, le=1e12)
    speed: float | None = Field(default=None, gt=0, le=100)


def json(message: object, status: int = 200) -> Response:
    """msgspec writes the same bytes for REST as for the WebSocket; the models only document them."""
    return Response(encode(message), status, media_type="application/json")


def build_router(desk: Desk, hub: Hub) -> APIRouter:
    """The routes below /api."""
    router = APIRouter(prefix="/api")
    room = CoverageRoom(desk)

    @router.get("/health", response_model=HealthMessage)
    async def health() -> Response:
        """Is the server well, and do data flow?"""
        status = view.status(desk.picture(), desk.now())
        return json(
            HealthMessage(
                status="feed lost" if status.feed_lost else "ok",
                version=__version__,
                mode=status.mode,
                t_s=status.t_s,
                viewers=len(hub.viewers),
                tracks=status.tracks,
                tentative=status.tentative,
                alerts=sum(alert.state != "closed" for alert in status.alerts),
            )
        )

    @router.get("/site", response_model=SiteMessage)
    async def site() -> Response:
        """The defended site: assets, zones, sensors."""
        return json(layout.site(desk.site))

    @router.get("/tracks", response_model=TracksMessage, responses=errors())
    async def tracks(
        status: Annotated[Literal["tentative", "confirmed", "coasting", "dropped"] | None, Query()] = None,
    ) -> Response:
        """All tracks, or those of one status."""
        picture = desk.picture()
        wanted = [t for t in picture.tracks if status is None or t.status is Status[status.upper()]]
        return json(
            TracksMessage(t_s=seconds(picture.t), tracks=view.tracks(wanted, desk.site.frame, picture.t))
        )

    @router.get("/tracks/{track}", response_model=TrackMessage, responses=errors(404))
    async def track_by_id(track: TrackId) -> Response:
        """Everything known about one track."""
        picture = desk.picture()
        wanted = [t for t in picture.tracks if t.id == track]
        if not wanted:
            return sorry(404, f"There is no track {track} now; GET /api/tracks lists those there are.")
        return json(view.tracks(wanted, desk.site.frame, picture.t)[0])

    @router.get("/alerts", response_model=AlertsMessage)
    async def alerts() -> Response:
        """Alerts, worst first; closed ones for ten more minutes."""
        picture = desk.picture()
        return json(AlertsMessage(t_s=seconds(picture.t), alerts=view.alerts(picture)))

    @router.post("/alerts/{alert}/acknowledge", response_model=AlertMessage, responses=errors(404, 409))
    async def acknowledge(alert: str, body: Acknowledgement, request: Request) -> Response:
        """Record that a person has seen an alert."""
        by = signed(request, body.by)
        if all(known.id != alert for known in desk.picture().alerts):
            return sorry(404, f"There is no alert {alert} now; GET /api/alerts lists those there are.")
        acknowledged = await desk.acknowledge(alert, by, body.note)
        hub.announce()
        return json(view.alert(acknowledged))

    @router.get("/sensors", response_model=SensorsMessage)
    async def sensors() -> Response:
        """The feeds' condition and what was counted."""
        status = view.status(desk.picture(), desk.now())
        return json(
            SensorsMessage(
                t_s=status.t_s,
                feed_lost=status.feed_lost,
                sensors=status.sensors,
                counters=status.counters,
            )
        )

    @router.get("/coverage", response_model=CoverageMessage, responses=errors(404, 409))
    async def coverage(
        layer: Annotated[str, Query(max_length=64)] = FUSED,
        above: Annotated[Above, Query()] = "ground",
    ) -> Response:
        """How low is seen everywhere around the site, by one sensor or by all that work ("fused")."""
        found = await room.answer(layer, above)
        if found is None:
            names = ", ".join([FUSED, *desk.site.sensors])
            return sorry(404, f"There is no sensor '{layer}'; layer is one of {names}.")
        return json(found)

    @router.get("/coverage/layers", response_class=Response)
    async def coverage_layers(request: Request) -> Response:
        """The layers of all sensors as bytes, for the page; packed as docs/reference/wire.md says."""
        packed = await room.packed()
        headers = {"ETag": packed.tag, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match", "").removeprefix("W/") == packed.tag:
            return Response(status_code=304, headers={"ETag": packed.tag})
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(gzip.decompress(packed.body), headers={"ETag": packed.tag}, media_type=BYTES)
        return Response(packed.body, headers=headers, media_type=BYTES)

    @router.get("/replay", response_model=ReplayMessage | None)
    async def replay() -> Response:
        """Where a replay stands; null when nothing is replayed."""
        return json(view.replay(desk.picture().replay))

    @router.post("/replay", response_model=ReplayMessage, responses=errors(409))
    async def order(body: ReplayOrder) -> Response:
        """Play, pause, seek, change the speed, or go to the end ("live")."""
        state = await steer_replay(desk, body.action, body.t_s, body.speed)
        hub.announce()
        return json(view.replay(state))

    return router


def answer_errors(app: FastAPI) -> None:
    """Make every refusal a sentence in the one form that the page documents."""

    @app.exception_handler(DeniedError)
    async def denied(_: Request, error: DeniedError) -> Response:
        return sorry(403, str(error))

    @app.exception_handler(sqlite3.OperationalError)
    async def not_kept(_: Request, __: sqlite3.OperationalError) -> Response:
        return sorry(503, "The accounts cannot be written now; is the disk full?")

    @app.exception_handler(ServiceError)
    async def cannot(_: Request, error: ServiceError) -> Response:
        return sorry(409, str(error))

    @app.exception_handler(HTTPException)
    async def unheard_of(_: Request, error: HTTPException) -> Response:
        answer = sorry(error.status_code, f"{error.detail}. The page /api/docs shows what can be asked.")
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    async def not_understood(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return sorry(422, f"{place}: {first['msg']}. The page /api/docs shows what is expected.")
