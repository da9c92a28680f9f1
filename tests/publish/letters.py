"""Alerts by hand, and servers that take what is sent: HTTP, HTTPS and SMTP, each on a free port."""

from __future__ import annotations

import contextlib
import email
import email.policy
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from tests.server.by_hand import T, alert_of, picture_of
from vedette.clock import NS
from vedette.types import Alert, AlertState, Picture, Step

__all__ = [
    "NS",
    "T",
    "Taker",
    "alert_of",
    "closed",
    "inside",
    "mail_server",
    "picture",
    "seen",
    "until",
    "web_server",
]


def seen(alert: Alert, by: str = "Ops", t: int = T + NS) -> Alert:
    step = Step(state=AlertState.ACKNOWLEDGED, t=t, by=by, note="camera 2")
    return replace(alert, history=(*alert.history, step))


def closed(alert: Alert, t: int = T + 2 * NS) -> Alert:
    return replace(alert, history=(*alert.history, Step(state=AlertState.CLOSED, t=t, by="vedette")))


def inside(alert: Alert, **numbers: float) -> Alert:
    """The same alert with other numbers in its evidence."""
    return replace(alert, evidence=replace(alert.evidence, **numbers))


def picture(*alerts: Alert, t: int = T) -> Picture:
    return replace(picture_of(alerts=alerts), t=t)


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for what another thread does; fails when it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.005)


@dataclass
class Taker:
    """What a server was sent, and what it answers: the statuses in turn, the last one from then on."""

    statuses: list[int] = field(default_factory=lambda: [200])
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def next_status(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextlib.contextmanager
def web_server(taker: Taker, context: ssl.SSLContext | None = None) -> Iterator[Taker]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taker.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = taker.next_status()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    taker.url = f"http{'s' if context else ''}://localhost:{server.server_port}/hook"
    with serving(server):
        yield taker


@contextlib.contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def mail_server() -> Iterator[tuple[int, list[EmailMessage]]]:
    """As much of SMTP (RFC 5321) as a client needs to hand over a message."""
    letters: list[EmailMessage] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 test\r\n")
            while line := self.rfile.readline():
                word = line.split()[0].upper() if line.split() else b""
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    letters.append(self.message())
                elif word == b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                self.wfile.write(b"250 ok\r\n")

        def message(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            parsed = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            assert isinstance(parsed, EmailMessage)
            return parsed

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    with serving(server):
        yield server.server_address[1], letters
