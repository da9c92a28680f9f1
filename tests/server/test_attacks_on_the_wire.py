"""Attacks on how requests are read: paths, lengths, floods, slowness, smuggling; each is refused."""

from __future__ import annotations

import contextlib
import gzip
import socket
import time

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.people.doors import Hall
from tests.server.callers import bearing, first_error, forgetful, raw, statuses
from tests.server.served import Served
from vedette.server import guard, patience
from vedette.server.guard import MAX_BODY
from vedette.server.patience import LONGEST_HEAD
from vedette.server.viewer import BURST, MAX_MESSAGE

ASK = forgetful()
ACTS = "/api/acts"


# --- files that are not for anybody

CLIMBS = [
    *("/../../../etc/passwd", "/assets/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd"),
    *(
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/assets/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/%252e%252e/etc/passwd",
    ),
    *(
        "/..\\..\\..\\etc\\passwd",
        "/..%5c..%5cetc%5cpasswd",
        "/assets/%c0%ae%c0%ae/etc/passwd",
        "//etc/passwd",
    ),
    *(
        "/login/../../messages.py",
        "/login/..%2f..%2fmessages.py",
        "/api/docs/../../app.py",
        "/assets/....//x",
    ),
    *("/.git/config", "/assets/%00", "/accounts.sqlite", "/people/log.key", "/../app.py", "/..;/app.py"),
]


@pytest.mark.parametrize("path", CLIMBS)
def test_no_path_leads_out_of_the_pages_folder(server: Served, there: Hall, path: str) -> None:
    for token in ("", there.tokens["admin"]):
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        request += f"Authorization: Bearer {token}\r\n\r\n" if token else "\r\n"
        answer = raw(server, request.encode())
        assert statuses(answer)[0] in (303, 400, 401, 403, 404), path
        for told in (b"root:", b"import ", b"[core]", b"SQLite", b"PRIVATE"):
            assert told not in answer


# --- too much, too slow


def test_a_body_that_is_too_long_is_refused(by_operator: httpx.Client) -> None:
    assert by_operator.post(ACTS, json={"note": "x" * MAX_BODY}).status_code == 413


def test_deep_and_huge_json_is_refused_in_a_sentence(by_operator: httpx.Client) -> None:
    for body in (
        b"[" * 30_000,
        b'{"a":' * 8_000,
        b'{"note":' + b"9" * 5_000 + b"}",
        b'{"note": 1e999}',
        b"\xff\xfe",
    ):
        answer = by_operator.post(ACTS, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422)
        assert len(answer.content) < 2_000


def test_a_packed_body_is_not_unpacked(by_operator: httpx.Client) -> None:
    """A decompression bomb: 60 MB of spaces in 60 kB."""
    bomb = gzip.compress(b'{"note": "' + b" " * 60_000_000 + b'"}')
    assert len(bomb) < MAX_BODY
    for encoding in ("gzip", "deflate", "br"):
        headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
        answer = by_operator.post(ACTS, content=bomb, headers=headers)
        assert answer.status_code in (400, 422)


def test_a_body_that_trickles_is_given_up(
    server: Served, there: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BODY_S", 0.3)
    head = f"POST {ACTS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += "Content-Length: 100\r\n"
    head += f"Authorization: Bearer {there.tokens['operator']}\r\nConnection: close\r\n\r\n"
    begin = time.monotonic()
    answer = raw(server, head.encode() + b'{"no')
    assert statuses(answer) == [408]
    assert time.monotonic() - begin < 8


def trickle(wire: socket.socket) -> None:
    for i in range(100):
        wire.sendall(f"X-{i}: y\r\n".encode())
        time.sleep(0.05)


def test_headers_that_trickle_are_given_up(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slowloris: one header line now and then, for ever."""
    monkeypatch.setattr(patience, "HEAD_S", 0.4)
    with socket.create_connection((server.host, server.port), timeout=8) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            trickle(wire)


def test_a_connection_that_says_nothing_is_given_up(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 0.3)
    assert raw(server, b"") == b""


def test_headers_without_end_are_refused(server: Served) -> None:
    octets = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(
        b"X-%d: %s\r\n" % (i, b"y" * 900) for i in range(60)
    )
    assert len(octets) > LONGEST_HEAD
    assert statuses(raw(server, octets)) == [400]


# --- one request inside another

SMUGGLED = b"GET /api/log HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 50\r\n",
        b"Content-Length: 4, 4\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length : 4\r\n",
        b"Content-Length: 0x4\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n",
        b" Transfer-Encoding: chunked\r\n",
        b"Foo: bar\r\n\tContent-Length: 4\r\n",
    ],
)
def test_lengths_that_disagree_are_refused(server: Served, head: bytes) -> None:
    request = b"POST /api/login HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n0\r\n\r\n" + SMUGGLED
    answer = raw(server, request)
    assert len(statuses(answer)) == 1, answer
    assert statuses(answer)[0] in (400, 403, 408, 413, 422)


def test_a_second_request_is_judged_by_itself(server: Served, there: Hall) -> None:
    """Two in one packet: the proof of the first is not the second's."""
    token = there.tokens["admin"].encode()
    first = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + b"\r\n\r\n"
    second = b"GET /api/log HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert statuses(raw(server, first + second)) == [200, 401]


@pytest.mark.parametrize(
    "octets",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"G\0T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\r\n" * 50 + b"X",
    ],
)
def test_what_is_no_request_of_ours_is_refused(server: Served, octets: bytes) -> None:
    answer = raw(server, octets + b"\r\n\r\n")
    assert not answer or statuses(answer)[0] in (400, 401, 403, 404, 405, 421), answer
    assert ASK.get(server.url + "/login").status_code == 200  # and it goes on


# --- the WebSocket


def closed_after(ws: ClientConnection, messages: list[str]) -> int | None:
    """How the socket was closed after these; it hangs, and the test fails, when it was not."""
    with contextlib.suppress(ConnectionClosed):
        for message in messages:
            ws.send(message)
        for _ in ws:
            pass
    return ws.close_code


def test_a_flood_of_messages_closes_the_socket(server: Served, there: Hall) -> None:
    with connect(server.ws, additional_headers=bearing(there, "viewer")) as ws:
        assert closed_after(ws, ['{"type": "select", "id": 7}'] * int(BURST) * 20) in (1008, 1006)
    assert ASK.get(server.url + "/login").status_code == 200


def test_a_message_that_is_too_long_closes_the_socket(server: Served, there: Hall) -> None:
    with connect(server.ws, additional_headers=bearing(there, "viewer")) as ws:
        assert closed_after(ws, ["x" * (5 * MAX_MESSAGE)]) in (1009, 1006)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200) | st.text(max_size=200))
def test_nonsense_on_the_socket_is_answered_in_a_sentence(
    server: Served, there: Hall, data: bytes | str
) -> None:
    with connect(server.ws, additional_headers=bearing(there, "viewer")) as ws:
        ws.send(data)
        assert "not understood" in first_error(ws)["message"]


def test_the_socket_is_not_compressed(server: Served, there: Hall) -> None:
    """Neither bombs nor guesses at secrets by the length of what is packed."""
    with connect(server.ws, additional_headers=bearing(there, "viewer"), compression="deflate") as ws:
        assert "sec-websocket-extensions" not in ws.response.headers  # type: ignore[union-attr]
