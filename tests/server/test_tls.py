"""The page by https: what is served, what stops the start and in which words, and a proxy in front."""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from websockets.sync.client import connect

from tests.people.doors import PASSWORD, hall
from tests.server.by_hand import site
from tests.server.served import HandDesk
from vedette.errors import ServiceError
from vedette.people.certificate import Pair, make_authority, make_server, save
from vedette.server import build_app, listen
from vedette.server.tls import server_context

DAY = 86_400 * 10**9


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, now = tmp_path_factory.mktemp("certificates"), time.time_ns()
    authority = make_authority("Site", now, os.urandom)
    made = {
        "authority": authority,
        "server": make_server(authority, ["picture.example", "localhost", "127.0.0.1"], now, os.urandom),
        "late": make_server(authority, ["localhost"], now - 30 * DAY, os.urandom, days=10),
        "early": make_server(authority, ["localhost"], now + 30 * DAY, os.urandom),
    }
    for name, pair in made.items():
        save(pair, folder, name)
    return folder


@pytest.fixture(scope="module")
def port(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with accounts and TLS."""
    there, desk = hall(tmp_path_factory.mktemp("people")), HandDesk(site())
    tls = server_context(files / "server.pem", files / "server.key", time.time_ns())
    app = build_app(desk, clock=desk.now, door=there.door, secure=True, hosts=("picture.example",))
    listener = listen.bind("127.0.0.1", 0)
    server = listen.build_server(app, tls)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def trusting(files: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(files / "authority.pem"))


def test_the_page_is_served_by_https(port: int, trusting: ssl.SSLContext) -> None:
    url = f"https://localhost:{port}"
    with httpx.Client(base_url=url, verify=trusting, headers={"Origin": url}) as page:
        answer = page.post("/api/login", json={"name": "otto", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-vedette=")
        assert {"secure", "httponly", "samesite=strict"} <= {p.strip().lower() for p in cookie.split(";")}
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert page.get("/api/account").json()["account"]["name"] == "otto"
        assert (
            page.post("/api/replay", json={}, headers={"Origin": url.replace("s:", ":")}).status_code == 403
        )
        proof = {"Cookie": f"__Host-vedette={page.cookies['__Host-vedette']}"}
        address = f"wss://localhost:{port}/ws"
        with connect(address, ssl=trusting, origin=url, additional_headers=proof) as ws:  # type: ignore[arg-type]
            assert '"otto"' in str(ws.recv())


def test_a_cookie_of_the_plain_kind_is_not_taken(port: int, trusting: ssl.SSLContext) -> None:
    """A page that was served in the clear, or a neighbour on a lower port, could have set it."""
    url = f"https://localhost:{port}"
    with httpx.Client(base_url=url, verify=trusting, headers={"Origin": url}) as page:
        page.post("/api/login", json={"name": "otto", "password": PASSWORD})
        secret = page.cookies["__Host-vedette"]
    plain = httpx.get(url + "/api/account", verify=trusting, headers={"Cookie": f"vedette={secret}"})
    assert plain.status_code == 401


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_older_tls_is_refused(port: int, files: Path) -> None:
    old = ssl.create_default_context(cafile=str(files / "authority.pem"))
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"https://localhost:{port}/login", verify=old)


def test_plain_http_is_refused(port: int) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://localhost:{port}/login")


@pytest.mark.parametrize(
    ("certificate", "key", "words"),
    [
        ("nowhere.pem", "server.key", "cannot be read.*certificate"),
        ("server.pem", "nowhere.key", r"cannot be read.*\[server\] key"),
        ("server.pem", "late.key", "is not that of the certificate"),
        ("late.pem", "late.key", "ended 20"),
        ("early.pem", "early.key", "is the clock here right"),
        ("server.key", "server.key", "holds no certificate"),
        ("server.pem", "server.pem", "holds no private key"),
        ("server.pem", "locked.key", "locked with a password"),
    ],
)
def test_what_cannot_be_used_stops_the_start(files: Path, certificate: str, key: str, words: str) -> None:
    pair: Pair = make_authority("x", time.time_ns(), os.urandom)
    locked = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    (files / "locked.key").write_bytes(locked)
    with pytest.raises(ServiceError, match=words):
        server_context(files / certificate, files / key, time.time_ns())


# a proxy in front


def through(proxy: str, headers: dict[str, str], tmp_path: Path) -> tuple[int, str]:
    """The status, and the address that the log took down, of a sign-in that is refused."""
    from tests.server.served import served
    from vedette.store.log_check import entries

    there, desk = hall(tmp_path), HandDesk(site())
    app = build_app(desk, clock=desk.now, door=there.door, secure=True, proxy=proxy)
    with served(app) as server:
        answer = httpx.post(
            server.url + "/api/login", json={"name": "otto", "password": "no"}, headers=headers
        )
    there.door.log.append("test", "end")
    refused = [entry.body["address"] for entry in entries(tmp_path) if entry.what == "sign-in refused"]
    return answer.status_code, refused[-1] if refused else ""


def test_the_proxy_says_who_asks(tmp_path: Path) -> None:
    """Only what the proxy itself has added counts: the last address, not those its client made up."""
    told = {"X-Forwarded-For": "1.1.1.1, 10.9.9.9, 192.0.2.7"}
    assert through("127.0.0.1", told, tmp_path) == (401, "192.0.2.7")


def test_a_proxy_that_says_nothing_is_the_one_who_asks(tmp_path: Path) -> None:
    assert through("127.0.0.1", {"X-Forwarded-For": "nonsense"}, tmp_path) == (401, "127.0.0.1")


def test_nobody_goes_past_the_proxy(tmp_path: Path) -> None:
    assert through("192.0.2.1", {"X-Forwarded-For": "192.0.2.1"}, tmp_path) == (403, "")
