"""Who may speak to the server: tried with raw sockets and a real server, as an attacker would."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.server.by_hand import site
from tests.server.served import HandDesk, Served, served
from vedette.server import build_app
from vedette.server.guard import MAX_BODY, split_host


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    desk = HandDesk(site())
    with served(build_app(desk, clock=desk.now, hosts=("picture.example",))) as running:
        yield running


def ask(server: Served, request: str, body: bytes = b"") -> tuple[int, bytes]:
    """Send a request exactly as written; its status and everything that came back."""
    with socket.create_connection((server.host, server.port), timeout=5) as wire:
        wire.sendall(request.replace("\n", "\r\n").encode() + b"\r\n" + body)
        answer = b""
        while data := wire.recv(65536):
            answer += data
    return int(answer.split()[1]), answer


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "10.0.0.7", "picture.example"])
def test_its_own_names_are_served(server: Served, host: str) -> None:
    status, _ = ask(server, f"GET /api/health HTTP/1.1\nHost: {host}:{server.port}\nConnection: close\n")
    assert status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "127.0.0.1@evil.example", "a b"]
)
def test_a_foreign_name_is_refused(server: Served, host: str) -> None:
    """DNS rebinding: the page of evil.example has its name point to 127.0.0.1."""
    status, answer = ask(server, f"GET /api/tracks HTTP/1.1\nHost: {host}\nConnection: close\n")
    assert status in (400, 421)
    assert b"tracks" not in answer.split(b"\r\n\r\n", 1)[1]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "file://"]
)
def test_a_foreign_page_cannot_open_the_socket(server: Served, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused, connect(server.ws, origin=origin):  # type: ignore[arg-type]
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:{port}", "http://localhost:5173", "http://[::1]:{port}"]
)
def test_pages_of_this_machine_can(server: Served, origin: str) -> None:
    with connect(server.ws, origin=origin.format(port=server.port)) as ws:  # type: ignore[arg-type]
        assert json.loads(ws.recv())["type"] == "hello"


def test_a_loopback_page_may_not_steer_a_server_elsewhere(server: Served) -> None:
    head = "POST /api/replay HTTP/1.1\nHost: 10.0.0.7\nOrigin: http://localhost\n"
    assert ask(server, head + "Content-Length: 0\nConnection: close\n")[0] == 403


def test_a_foreign_page_cannot_post(server: Served) -> None:
    answer = httpx.post(
        f"{server.url}/api/acts",
        json={"act": "acknowledge", "alert": "7-base-1", "by": "somebody"},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_a_body_that_says_it_is_too_long_is_refused_unread(server: Served) -> None:
    head = f"POST /api/replay HTTP/1.1\nHost: localhost\nContent-Length: {MAX_BODY + 1}\nConnection: close\n"
    status, answer = ask(server, head)
    assert status == 413
    assert b"too long" in answer


def test_a_chunked_body_is_cut_off_at_the_limit(server: Served) -> None:
    for path in ("/api/replay", "/api/acts"):
        head = f"POST {path} HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
        head += "Transfer-Encoding: chunked\nConnection: close\n"
        block = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
        assert ask(server, head, block * 2 + b"1\r\n \r\n")[0] == 413


def test_every_answer_forbids_what_is_not_from_here(server: Served) -> None:
    for path in ("/", "/api/tracks", "/api/docs", "/nowhere", "/metrics"):
        headers = httpx.get(server.url + path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"]
        assert "server" not in headers


@pytest.mark.parametrize(
    ("host", "parts"),
    [
        ("localhost:8008", ("localhost", "8008")),
        ("[::1]:1", ("::1", "1")),
        ("Picture.Example", ("picture.example", None)),
        ("a/b", None),
        ("a:b", None),
        ("", None),
        ("x\n", None),
    ],
)
def test_split_host(host: str, parts: tuple[str, str | None] | None) -> None:
    assert split_host(host) == parts
