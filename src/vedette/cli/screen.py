"""Putting a desk on the screen: serve the page on this machine and open it in the browser."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from vedette import clock
from vedette.cli.output import progress, say

if TYPE_CHECKING:
    from ssl import SSLContext

    from vedette.people import Door
    from vedette.pipeline import Desk
    from vedette.site import Site

PORT = 8700
PATIENCE = 2 * clock.NS  # ns of compiling, after which whoever cannot see a bar is told what goes on
Port = Annotated[
    int, typer.Option(min=0, max=65535, help="Port of the page on 127.0.0.1; 0 takes any free one.")
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Only print the address.")]
Speed = Annotated[float, typer.Option(min=0.1, max=60.0, help="Times real pace.")]


def show(
    desk: Desk,
    port: int,
    *,
    host: str = "127.0.0.1",
    browser: bool = True,
    door: Door | None = None,
    names: Iterable[str] = (),
    tls: SSLContext | None = None,
    proxy: str | None = None,
) -> None:
    """Serve the desk's page until Ctrl-C; print its address, and open it where there is a screen."""
    from vedette.server import build_app, serve
    from vedette.server.listen import bind

    bind(host, port).close()  # what is taken is said before anything is compiled for it
    try:
        get_ready(desk.site)
        desk.warm = True
    except KeyboardInterrupt:
        desk.pipeline.close()  # seals the recording that was begun
        raise

    def ready(address: str) -> None:
        say(f"\n  {address}\n\n  Ctrl-C ends it.")
        if browser:
            open_browser(address)

    desk.look_ahead()
    app = build_app(
        desk,
        clock=clock.steady(),
        hosts=(*names, *(() if host == "127.0.0.1" else (host,))),
        door=door,
        secure=tls is not None or proxy is not None,
        proxy=proxy,
    )
    serve(app, host, port, tls=tls, ready=ready)


def get_ready(site: Site) -> None:
    """Compile what the site's data will pass through, told part by part; only the first start takes long."""
    from vedette.pipeline import warm_up

    now, told = clock.steady(), sys.stderr.isatty()
    begin = now()
    with progress("starting", None, quiet=False) as advance:
        for part in warm_up(site):
            advance(0.0, f"compiling, for the first start only: {part}")
            if not told and now() - begin > PATIENCE:
                say("compiling for the first start, a minute or two ...")
                told = True


def open_browser(address: str) -> None:
    """Only where a browser would open a window: one that runs in the terminal would take it over."""
    import os
    import threading
    import webbrowser

    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    # Starting a browser can take seconds, and the server waits for nobody.
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
