"""The web application: the page, the live picture, the REST interface, all from one origin."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

import vedette
from vedette.people import Door
from vedette.server import delivery, login, metrics, reference, rest
from vedette.server.access import COOKIE, OPEN, SECURE_COOKIE, Access, Caller, caller, least_role
from vedette.server.answers import EVERYWHERE
from vedette.server.desk import Desk
from vedette.server.guard import Guard
from vedette.server.hub import Hub
from vedette.store import Log, doubt

WEB = Path(vedette.__file__).parent / "web"  # the built page, package data

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Vedette</title>
<h1>The page is not built yet</h1>
<p>Vedette is running, but its page has not been built in this copy of the source. Run <code>make web</code>
in the source folder and reload; an installed wheel brings the page along.</p>
<p>The data are there all the same: <a href="/api/docs">the REST interface</a>.</p></html>
"""


def build_app(
    desk: Desk,
    *,
    clock: Callable[[], int],
    hosts: Iterable[str] = (),
    web: Path = WEB,
    door: Door | None = None,
    secure: bool = False,
    proxy: str | None = None,
) -> FastAPI:
    """The application for one desk.

    `clock` gives ns UTC. `hosts` are the names, besides loopback and plain addresses, of this server.
    `door` says who may do what; None: nobody is asked who he is. `secure`: the page is reached by https,
    directly or through the `proxy` of that address, which then alone may connect.
    The desk runs as long as the application does; when it fails, `app.state.failure` holds why and
    `app.state.stop` is called.
    """
    hub = Hub(desk, clock)
    refused = Counter({"host_refused": 0, "origin_refused": 0, "body_refused": 0, "proxy_refused": 0})
    gates = [
        Middleware(Guard, hosts=tuple(hosts), counters=refused, secure=secure, proxy=proxy),
        Middleware(Access, door=door, secure=secure, counters=refused),
        Middleware(GZipMiddleware),
    ]
    app = FastAPI(
        title="Vedette",
        summary="The air picture, alerts and sensor health of one site.",
        version=vedette.__version__,
        docs_url=None,  # FastAPI's own page loads from a CDN; ours is served from here
        redoc_url=None,
        lifespan=lifespan,
        middleware=gates,
    )
    app.state.hub, app.state.failure, app.state.door, app.state.proxy = hub, None, door, proxy
    app.state.stop = app.state.ready = lambda: None
    rest.answer_errors(app)
    app.include_router(rest.build_router(desk, hub), responses=EVERYWHERE)
    app.include_router(delivery.build_router(desk, hub), responses=EVERYWHERE)
    app.include_router(login.build_login(door, secure=secure), responses=EVERYWHERE)
    if door is not None:
        app.openapi = lambda: proved(app, secure)  # type: ignore[method-assign]
    flowing = live_routes(hub, refused, door)
    app.router.routes += [*flowing, *reference.routes(app), *login.login_page(door), page(web)]
    return app


def proved(app: FastAPI, secure: bool) -> dict[str, Any]:
    """What /openapi.json says where there are accounts: how one proves who one is, and where one need not."""
    if app.openapi_schema is None:
        described = FastAPI.openapi(app)
        described["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": SECURE_COOKIE if secure else COOKIE},
        }
        for path, methods in described["paths"].items():
            for method, operation in methods.items():
                known = least_role(method.upper(), path) is not OPEN
                operation["security"] = [{"token": []}, {"session": []}] if known else []
    return app.openapi_schema or {}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the desk and the hub beside the server, and stop the server when either fails."""
    hub: Hub = app.state.hub

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            app.state.failure = task.exception()
            app.state.stop()

    tasks = [asyncio.create_task(hub.desk.run()), asyncio.create_task(hub.run())]
    if app.state.door is not None:
        tasks.append(asyncio.create_task(keep(app.state.door.log)))
    for task in tasks:
        task.add_done_callback(ended)
    app.state.ready()
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def keep(log: Log, every_s: float = 1.0) -> None:
    """See that the log is whole, then put it on the disk again and again, while nobody waits for it."""
    log.unsound = await asyncio.to_thread(doubt, log.folder)
    while True:
        await asyncio.sleep(every_s)
        await asyncio.to_thread(log.mend)
        await asyncio.to_thread(log.sync)


def live_routes(hub: Hub, refused: Counter[str], door: Door | None) -> list[BaseRoute]:
    """What is not asked once but flows: the WebSocket, server-sent events, and what Prometheus collects."""

    async def stream(asking: Caller) -> AsyncIterator[bytes]:
        async for status in hub.statuses():
            if not asking.alive():
                return
            yield b"event: status\ndata: " + status + b"\n\n"

    async def events(request: Request) -> Response:
        return StreamingResponse(stream(caller(request)), media_type="text/event-stream")

    async def measured(_: Request) -> Response:
        counted = dict(refused)
        if door is not None:
            counted |= door.counters
            counted |= {f"log_{name}": n for name, n in door.log.counters.items()}
        return Response(metrics.exposition(hub, counted), media_type=metrics.MEDIA_TYPE)

    return [WebSocketRoute("/ws", hub.attend), Route("/events", events), Route("/metrics", measured)]


def page(web: Path) -> BaseRoute:
    """The built page, or a page that says in words that it is not built."""
    if (web / "index.html").is_file():
        return Mount("/", StaticFiles(directory=web, html=True))
    return Route("/", lambda _: HTMLResponse(NOT_BUILT))
