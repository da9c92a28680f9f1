"""Who asks a server that has accounts: a browser's page, a machine with a token, an open WebSocket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.people.doors import PASSWORD, Hall
from tests.server.served import Served


def forgetful() -> httpx.Client:
    """A client for single requests: quick to use, and without a memory for cookies."""
    return httpx.Client(
        verify=False,
        headers={"Connection": "close"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


@contextmanager
def page_of(server: Served, name: str | None = None) -> Iterator[httpx.Client]:
    """A browser's page: it says where it is from, and keeps its cookies."""
    with httpx.Client(base_url=server.url, headers={"Origin": server.url}, verify=False) as client:
        if name is not None:
            answer = client.post("/api/login", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
        yield client


def bearing(there: Hall, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {there.tokens[role]}"}


def talking(server: Served, page: httpx.Client, **keys: Any) -> Any:
    cookie = "; ".join(f"{name}={value}" for name, value in page.cookies.items())
    return connect(server.ws, origin=server.url, additional_headers={"Cookie": cookie}, **keys)  # type: ignore[arg-type]


def first_error(ws: ClientConnection) -> dict[str, Any]:
    """The next `error` message, whatever comes before it."""
    messages = (json.loads(message) for message in ws if isinstance(message, str))
    return next(message for message in messages if message["type"] == "error")


def raw(server: Served, octets: bytes, patience_s: float = 8.0) -> bytes:
    """Send bytes exactly as they are; everything that comes back until the server closes."""
    with socket.create_connection((server.host, server.port), timeout=patience_s) as wire:
        wire.sendall(octets)
        answer = b""
        try:
            while data := wire.recv(65536):
                answer += data
        except ConnectionResetError:
            pass
    return answer


def statuses(answer: bytes) -> list[int]:
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
