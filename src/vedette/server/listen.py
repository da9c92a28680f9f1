"""Runs the application: other machines need accounts and TLS, failures are sentences, the end is clean."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from vedette.errors import ServiceError
from vedette.server.patience import Patient
from vedette.server.viewer import MAX_MESSAGE

HOST, PORT = "127.0.0.1", 8700
SEND_BUFFER = 128 * 1024  # bytes; about two frames of 1,000 tracks, and 1 MB/s at 100 ms of round trip
SWITCH = 0.001  # s after which a thread that computes makes way for the web's; Python's own 5 ms add up
MOST_CONNECTIONS = 2_000  # beyond this, requests get 503
PATIENCE = 3  # s that open connections get to finish once the server stops


class Server(uvicorn.Server):
    """uvicorn's server, which says bye to every page before it closes their connections."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.config.app.state.hub.close("The server was stopped.")  # type: ignore[union-attr]
        await super().shutdown(sockets)


def build_server(app: Starlette, tls: ssl.SSLContext | None = None) -> Server:
    """A server for `app` with our settings; `await server.serve(sockets=[…])` runs it."""
    config = uvicorn.Config(
        app,
        http=Patient,
        ssl_context_factory=None if tls is None else lambda *_: tls,
        proxy_headers=False,  # who asks is what the connection says; `guard` knows the proxy, if there is one
        limit_concurrency=MOST_CONNECTIONS,
        ws_max_size=4 * MAX_MESSAGE,  # beyond this the connection is closed, below it a sentence is answered
        ws_max_queue=4,
        ws_per_message_deflate=False,  # costs 8 × the CPU and saves little on a local network
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    return Server(config)


def reachable(host: str, *, accounts: bool, secure: bool, proxied: bool = False) -> str:
    """The same host. Raises ServiceError for one that others can reach without accounts, or in the clear.

    `secure`: by TLS here, or by that of a proxy in front. `proxied`: there is one, so loopback is no shelter.
    """
    if is_loopback(host) and not proxied:
        return host
    if not accounts:
        raise ServiceError(
            f"{'The proxy' if proxied else host} can be reached from other machines, and there are no "
            "accounts, so anybody could act. Make some with `vedette user add NAME --role admin`, or keep to "
            "this machine: 127.0.0.1, no proxy."
        )
    if not secure:
        raise ServiceError(
            f"{host} can be reached from other machines, and without TLS passwords would cross the network "
            "in the clear. Name a certificate and its key under [server] (`vedette certificate` makes them), "
            "or the proxy in front that has them (proxy = its address)."
        )
    return host


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; ServiceError says in a sentence why there can be none and what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise ServiceError(explain(error, host, port)) from error
    # Every connection inherits it. What lies in the system's buffer cannot be replaced by something newer.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return listener


def is_loopback(host: str) -> bool:
    """True for 'localhost' and the loopback addresses; a name is not looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def explain(error: OSError, host: str, port: int) -> str:
    """Why a socket could not be opened, with the remedy."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use, perhaps by another Vedette. "
            "Stop that program or choose another port with --port."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} needs administrator rights. Choose one above 1023 with --port."
    return f"The address {host} port {port} cannot be opened: {error.strerror}. Choose another with --host."


def serve(
    app: Starlette,
    host: str = HOST,
    port: int = PORT,
    *,
    tls: ssl.SSLContext | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM. Port 0 takes a free one; `ready` is told the address once it is open.

    Raises ServiceError when the address cannot be opened or may not be, and whatever stopped the desk behind
    the page.
    """
    accounts, proxied = app.state.door is not None, app.state.proxy is not None
    reachable(host, accounts=accounts, secure=tls is not None or proxied, proxied=proxied)
    listener = bind(host, port)
    sys.setswitchinterval(SWITCH)
    server = build_server(app, tls)
    app.state.stop = lambda: setattr(server, "should_exit", True)
    if ready is not None:
        app.state.ready = lambda: ready(address(listener, tls is not None))
    try:
        with terminable(), listener, asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.run(server.serve(sockets=[listener]))
    except KeyboardInterrupt:
        pass  # Ctrl-C and SIGTERM are how it is ended; uvicorn has closed everything by now
    if app.state.failure is not None:
        raise app.state.failure


@contextmanager
def terminable() -> Iterator[None]:
    """End on SIGTERM as on Ctrl-C.

    uvicorn raises the signal once more when it has closed everything; by itself it would end the process
    there, before what surrounds the server (the log) has been closed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def address(listener: socket.socket, by_https: bool = False) -> str:
    """The page's address, e.g. http://127.0.0.1:8700/."""
    host, port = listener.getsockname()[:2]
    scheme = "https" if by_https else "http"
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"
