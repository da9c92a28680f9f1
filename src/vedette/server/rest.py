"""The documented REST interface: what the screen shows, as JSON, for scripts and other systems.

The paths stand in docs/reference/wire.md; FastAPI writes /openapi.json from what stands here.
"""

from __future__ import annotations

import gzip
import sqlite3
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from vedette import __version__
from vedette.clock import seconds
from vedette.errors import NotThereError, NotUnderstoodError, ServiceError
from vedette.server import acts, advice, layout, outlook, plots, preview, view
from vedette.server.access import DeniedError
from vedette.server.answers import errors, json, sorry
from vedette.server.coverage import FUSED, Above, CoverageRoom
from vedette.server.desk import Desk
from vedette.server.hub import Hub
from vedette.server.messages import (
    AlertMessage,
    CoverageMessage,
    PlotsMessage,
    ReplayMessage,
    SensorMessage,
    SiteMessage,
    TrackMessage,
)
from vedette.server.viewer import steer_replay
from vedette.types import Status

BYTES = "application/octet-stream"
TrackId = Annotated[int, Path(ge=0, lt=2**32)]


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


class ReplayOrder(BaseModel):
    """What the play-head shall do: `t_s` (Unix seconds) goes with seek, `speed` (a factor) with speed."""

    model_config = ConfigDict(extra="forbid")
    action: Literal["play", "pause", "seek", "speed", "live"]
    t_s: float | None = Field(default=None, ge=-1e12, le=1e12)
    speed: float | None = Field(default=None, gt=0, le=100)


def build_router(desk: Desk, hub: Hub) -> APIRouter:
    """The routes below /api."""
    router = APIRouter(prefix="/api")
    room = CoverageRoom(desk)
    acts.add_routes(router, desk, hub)
    outlook.add_routes(router, desk)
    advice.add_routes(router, desk)
    preview.add_routes(router, desk)

    @router.get("/health", response_model=HealthMessage)
    async def health() -> Response:
        """Is the server well, and do data flow?"""
        status = view.status(desk.picture(), desk.now(), desk.site)
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
        return json(layout.site(desk))

    @router.get("/tracks", response_model=TracksMessage, responses=errors())
    async def tracks(
        status: Annotated[Literal["tentative", "confirmed", "coasting", "dropped"] | None, Query()] = None,
    ) -> Response:
        """All tracks, or those of one status."""
        picture = desk.picture()
        wanted = [t for t in picture.tracks if status is None or t.status is Status[status.upper()]]
        return json(TracksMessage(t_s=seconds(picture.t), tracks=view.tracks(wanted, desk.site, picture.t)))

    @router.get("/tracks/{track}", response_model=TrackMessage, responses=errors(404))
    async def track_by_id(track: TrackId) -> Response:
        """Everything known about one track."""
        picture = desk.picture()
        wanted = [t for t in picture.tracks if t.id == track]
        if not wanted:
            return sorry(404, f"There is no track {track} now; GET /api/tracks lists those there are.")
        return json(view.tracks(wanted, desk.site, picture.t)[0])

    @router.get("/alerts", response_model=AlertsMessage)
    async def alerts() -> Response:
        """Alerts, worst first; closed ones for ten more minutes."""
        picture = desk.picture()
        return json(AlertsMessage(t_s=seconds(picture.t), alerts=view.alerts(picture)))

    @router.get("/sensors", response_model=SensorsMessage)
    async def sensors() -> Response:
        """The feeds' condition and what was counted."""
        status = view.status(desk.picture(), desk.now(), desk.site)
        return json(
            SensorsMessage(
                t_s=status.t_s,
                feed_lost=status.feed_lost,
                sensors=status.sensors,
                counters=status.counters,
            )
        )

    @router.get("/plots/{sensor}", response_model=PlotsMessage, responses=errors(404))
    async def plots_of(sensor: Annotated[str, Path(max_length=64)]) -> Response:
        """The newest reports of one sensor as they came, before any tracking."""
        known = desk.site.sensors.get(sensor)
        if known is None:
            names = ", ".join(desk.site.sensors)
            return sorry(404, f"There is no sensor '{sensor}'; there are {names}.")
        reports = await desk.plots(sensor)
        return json(plots.plots(known, reports, desk.site.frame, desk.picture().t))

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
        codes = {NotThereError: 404, NotUnderstoodError: 422}
        return sorry(next((code for kind, code in codes.items() if isinstance(error, kind)), 409), str(error))

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
