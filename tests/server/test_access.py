"""Who may ask what: the table against the routes there are, and every kind of caller against the table."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import Mount, Route, WebSocketRoute
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.people.doors import PASSWORD, Hall, hall
from tests.server.by_hand import site
from tests.server.callers import bearing, forgetful, page_of, talking
from tests.server.served import HandDesk, Served, served
from vedette.server import build_app
from vedette.server.access import OPEN, ROLES, least_role, matcher
from vedette.store.log_check import entries
from vedette.types import Role

ASK = forgetful()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Hall, HandDesk]]:
    there, desk = hall(tmp_path_factory.mktemp("people")), HandDesk(site())
    with served(build_app(desk, clock=desk.now, door=there.door)) as server:
        yield server, there, desk


@pytest.fixture
def server(place: tuple[Served, Hall, HandDesk]) -> Served:
    return place[0]


@pytest.fixture
def there(place: tuple[Served, Hall, HandDesk]) -> Hall:
    return place[1]


# the table


def routes_there_are() -> list[tuple[str, str]]:
    """(method, path) of everything the application answers, as the framework knows it."""
    desk = HandDesk(site())
    app = build_app(desk, clock=desk.now)
    found = [(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods]
    for route in app.routes:
        if isinstance(route, WebSocketRoute):
            found.append(("WS", route.path))
        elif isinstance(route, Route):
            found += [(method, route.path) for method in (route.methods or ()) if method != "HEAD"]
        elif isinstance(route, Mount):
            assert route.path == ""  # the page's files
            built = Path(str(route.app.directory))  # type: ignore[attr-defined]
            found += [("GET", f"/{file.relative_to(built)}") for file in built.rglob("*") if file.is_file()]
    return found


def in_table(method: str, path: str) -> bool:
    return any(matcher(pattern).fullmatch(re.sub(r"[{}]", "", path)) for m, pattern in ROLES if m == method)


def test_every_route_is_in_the_table() -> None:
    routes = routes_there_are()
    assert ("POST", "/api/acts") in routes
    assert ("WS", "/ws") in routes
    assert not [route for route in routes if not in_table(*route)]


def test_the_comparison_finds_a_route_that_is_missing() -> None:
    assert not in_table("POST", "/api/tracks")
    assert not in_table("GET", "/api/tracks/7/secret")
    assert not in_table("DELETE", "/api/alerts")


def test_only_what_signing_in_needs_is_open() -> None:
    opened = {path for (_, path), role in ROLES.items() if role is OPEN}
    assert opened == {"/login", "/login/login.js", "/login/login.css", "/favicon.svg", "/api/login"}


def test_whatever_changes_something_needs_an_operator() -> None:
    own = {"/api/login", "/api/logout", "/api/account/password"}
    for (method, path), role in ROLES.items():
        if method not in ("GET", "WS") and path not in own:
            assert role is not OPEN
            assert role.includes(Role.OPERATOR), path


@pytest.mark.parametrize(
    ("method", "path", "least"),
    [
        ("GET", "/api/tracks/7", Role.VIEWER),
        ("HEAD", "/api/tracks/7", Role.VIEWER),
        ("GET", "/assets/index-abc.js", Role.VIEWER),
        ("POST", "/api/acts", Role.OPERATOR),
        ("POST", "/api/delivery/duty/officer/test", Role.OPERATOR),
        ("POST", "/api/acts/", Role.ADMIN),
        ("PUT", "/api/tracks", Role.ADMIN),
        ("GET", "/api/unheard-of", Role.ADMIN),
        ("GET", "/api/tracks/7/../../log", Role.ADMIN),
        ("GET", "/nowhere", Role.VIEWER),
        ("TRACE", "/", Role.ADMIN),
        ("WS", "/elsewhere", Role.ADMIN),
    ],
)
def test_least_role(method: str, path: str, least: Role) -> None:
    assert least_role(method, path) is least


# every kind of caller at every route

CALLS = [(method, path) for method, path in ROLES if method != "WS" and path != "/events"]


def fill(path: str) -> str:
    return re.sub(r"\{\w+\}", "7", path)


@pytest.mark.parametrize("role", ["nobody", "viewer", "operator", "admin"])
def test_each_caller_gets_what_its_role_allows(server: Served, there: Hall, role: str) -> None:
    headers = {} if role == "nobody" else bearing(there, role)
    with httpx.Client(base_url=server.url, headers=headers, verify=False) as client:
        for method, path in CALLS:
            answer, least = client.request(method, fill(path)), ROLES[(method, path)]
            if least is OPEN or (role != "nobody" and Role(role).includes(least)):
                assert answer.status_code not in (401, 403, 303), (path, answer.text)
            elif role == "nobody":
                assert answer.status_code in (401, 303), path
            else:
                assert answer.status_code == 403, path
                assert f"needs {least}" in answer.json()["message"]


def test_a_person_without_a_session_is_shown_the_login_page(server: Served) -> None:
    answer = ASK.get(server.url + "/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    page = ASK.get(server.url + "/login")
    assert "<form>" in page.text
    assert ASK.get(server.url + "/login/login.js").status_code == 200


def test_a_script_without_a_token_gets_a_sentence(server: Served) -> None:
    answer = ASK.get(server.url + "/api/tracks")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "/login" in answer.json()["message"]


# signing in and out


def test_signing_in_gives_a_cookie_no_script_can_read(server: Served) -> None:
    with page_of(server) as page:
        answer = page.post("/api/login", json={"name": "otto", "password": PASSWORD})
        assert answer.json()["account"] == {"name": "otto", "role": "operator"}
        cookie = answer.headers["set-cookie"].lower()
        assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "domain" not in cookie
        assert answer.headers["cache-control"] == "no-store"
        assert page.get("/api/account").json()["account"]["name"] == "otto"
        assert page.get("/api/tracks").status_code == 200


def test_signing_out_ends_the_session_itself(server: Served) -> None:
    with page_of(server, "otto") as page:
        kept = dict(page.cookies)
        assert page.post("/api/logout").status_code == 200
        assert not page.cookies
        page.cookies.update(kept)  # a thief's copy is of no use either
        assert page.get("/api/account").status_code == 401


def test_every_refusal_of_a_sign_in_is_the_same(server: Served) -> None:
    with page_of(server) as page:
        wrong = page.post("/api/login", json={"name": "vera", "password": "no"})
        unknown = page.post("/api/login", json={"name": "nobody", "password": "no"})
    assert (wrong.status_code, wrong.text) == (unknown.status_code, unknown.text)
    assert wrong.status_code == 401
    assert set(wrong.headers) == set(unknown.headers)


def test_an_admin_sees_sessions_and_ends_them(server: Served) -> None:
    with page_of(server, "otto") as otto, page_of(server, "ada") as ada:
        listed = ada.get("/api/sessions").json()["sessions"]
        (own,) = [s for s in listed if s["own"]]
        assert own["name"] == "ada"
        theirs = [s["id"] for s in listed if s["name"] == "otto"]
        for session in theirs:
            assert ada.delete(f"/api/sessions/{session}").status_code == 200
        assert otto.get("/api/account").status_code == 401
        assert ada.delete(f"/api/sessions/{theirs[0]}").status_code == 404
        assert otto.delete(f"/api/sessions/{own['id']}").status_code == 401


def test_an_admin_reads_the_log(server: Served, there: Hall) -> None:
    first = ASK.get(server.url + "/api/log?most=2", headers=bearing(there, "admin")).json()
    assert [entry["n"] for entry in first["entries"]] == [1, 2]
    assert first["entries"][0]["what"] == "segment"
    assert first["head"] == there.door.log.head[1]
    after = ASK.get(server.url + f"/api/log?after={first['last']}", headers=bearing(there, "admin")).json()
    assert after["entries"] == []


def test_a_password_is_changed_by_who_has_it(tmp_path: Path) -> None:
    there, desk = hall(tmp_path), HandDesk(site())
    with served(build_app(desk, clock=desk.now, door=there.door)) as server, page_of(server, "otto") as page:
        new = "another four words here"
        assert page.post("/api/account/password", json={"old": "wrong", "new": new}).status_code == 401
        assert page.post("/api/account/password", json={"old": PASSWORD, "new": "short"}).status_code == 409
        assert page.post("/api/account/password", json={"old": PASSWORD, "new": new}).status_code == 200
        assert page.get("/api/account").status_code == 401
        assert page.post("/api/login", json={"name": "otto", "password": new}).status_code == 200
        token = ASK.post(
            server.url + "/api/account/password",
            json={"old": "a", "new": new},
            headers=bearing(there, "admin"),
        )
        assert token.status_code == 409


# acting


def test_an_act_goes_under_the_persons_own_name(
    server: Served, there: Hall, place: tuple[Served, Hall, HandDesk]
) -> None:
    with page_of(server, "otto") as page:
        act = {"act": "acknowledge", "alert": "7-base-1"}
        done = page.post("/api/acts", json={**act, "note": "seen"})
        assert done.json()["alert"]["history"][-1]["by"] == done.json()["act"]["by"] == "otto"
        assert page.post("/api/acts", json={**act, "by": "otto"}).status_code == 200
        forged = page.post("/api/acts", json={**act, "by": "ada"})
        assert forged.status_code == 403
        assert "You are otto" in forged.json()["message"]
        tried = page.post("/api/delivery/post/test", json={})
        assert tried.status_code == 200
        assert page.post("/api/delivery/post/test", json={"by": "ada"}).status_code == 403
    assert place[2].tried[-1] == ("post", "otto")
    machine = ASK.post(server.url + "/api/acts", json=act, headers=bearing(there, "operator"))
    assert machine.json()["alert"]["history"][-1]["by"] == "script operator"


def test_without_accounts_an_act_needs_a_typed_name() -> None:
    desk = HandDesk(site())
    with served(build_app(desk, clock=desk.now)) as server:
        path, act = server.url + "/api/acts", {"act": "acknowledge", "alert": "7-base-1"}
        assert ASK.post(path, json=act).status_code == 422
        done = ASK.post(path, json={**act, "by": "Duty officer"}).json()
        assert done["alert"]["history"][-1]["by"] == "Duty officer"
        assert ASK.get(server.url + "/api/account").json()["account"] is None
        answer = ASK.post(server.url + "/api/login", json={"name": "otto", "password": PASSWORD})
        assert answer.status_code == 409
        assert "no accounts" in answer.json()["message"]
        assert ASK.get(server.url + "/login").headers["location"] == "/"
        with connect(server.ws) as ws:
            assert json.loads(ws.recv())["account"] is None


# the WebSocket


def test_the_socket_says_who_is_signed_in(server: Served, there: Hall) -> None:
    with page_of(server, "otto") as page, talking(server, page) as ws:
        assert json.loads(ws.recv())["account"] == {"name": "otto", "role": "operator"}
    with connect(server.ws, additional_headers=bearing(there, "viewer")) as ws:
        assert json.loads(ws.recv())["account"] == {"name": "script viewer", "role": "viewer"}


def test_nobody_unknown_opens_the_socket(server: Served) -> None:
    for headers in ({}, {"Authorization": "Bearer nothing"}, {"Cookie": "vedette=nothing"}):
        with pytest.raises(InvalidStatus) as refused, connect(server.ws, additional_headers=headers):
            pass
        assert refused.value.response.status_code == 403


def read_until_closed(ws: Any) -> tuple[list[Any], int]:
    said = []
    try:
        for message in ws:
            if isinstance(message, str):
                said.append(json.loads(message))
    except ConnectionClosed:
        pass
    return said, ws.close_code


def test_the_socket_closes_when_its_session_ends(server: Served, there: Hall) -> None:
    with page_of(server, "otto") as page, page_of(server, "ada") as ada, talking(server, page) as ws:
        ws.recv()
        for session in ada.get("/api/sessions").json()["sessions"]:
            if session["name"] == "otto":
                ada.delete(f"/api/sessions/{session['id']}")
        said, code = read_until_closed(ws)
    assert (said[-1]["type"], code) == ("bye", 4401)


@pytest.mark.slow
def test_the_socket_closes_when_the_role_changes_and_when_the_token_ends(tmp_path: Path) -> None:
    there, desk = hall(tmp_path), HandDesk(site())
    with (
        served(build_app(desk, clock=desk.now, door=there.door)) as server,
        page_of(server, "otto") as page,
        talking(server, page) as ws,
        connect(server.ws, additional_headers=bearing(there, "viewer")) as machine,
        httpx.stream("GET", server.url + "/events", headers=bearing(there, "viewer")) as events,
    ):
        there.door.accounts.set_role("otto", Role.VIEWER)
        assert read_until_closed(ws)[1] == 4401
        there.door.tokens.revoke("script viewer")
        assert read_until_closed(machine)[1] == 4401
        assert b"event: status" in b"".join(events.iter_bytes())  # and it ends


@pytest.mark.slow
def test_an_open_page_keeps_the_session_from_idling(tmp_path: Path) -> None:
    there, desk = hall(tmp_path), HandDesk(site())
    with (
        served(build_app(desk, clock=desk.now, door=there.door)) as server,
        page_of(server, "otto") as page,
        talking(server, page) as ws,
    ):
        ws.recv()
        for _ in range(3):  # 80 minutes, where half an hour of silence ends a session
            there.clock.on(1600)
            session = there.door.sessions.all()[0]
            end = time.monotonic() + 10
            while there.door.sessions.all()[0].seen == session.seen:
                assert time.monotonic() < end, "the open page was not noticed"
                time.sleep(0.05)
        assert page.get("/api/account").status_code == 200


def test_a_viewer_cannot_act_over_the_socket(
    server: Served, there: Hall, place: tuple[Served, Hall, HandDesk]
) -> None:
    orders = len(place[2].orders)
    with connect(server.ws, additional_headers=bearing(there, "viewer")) as ws:
        ws.send(json.dumps({"type": "replay", "action": "play"}))
        errors = (json.loads(m) for m in ws if isinstance(m, str))
        assert "viewer" in next(m for m in errors if m["type"] == "error")["message"]
    assert len(place[2].orders) == orders


def test_refusals_are_in_the_log_with_who_and_where(server: Served, there: Hall) -> None:
    ASK.get(server.url + "/api/log", headers=bearing(there, "viewer"))
    refused = [entry for entry in entries(there.folder) if entry.what == "refused"]
    assert refused[-1].who == "script viewer"
    assert refused[-1].body["path"] == "/api/log"
    assert refused[-1].body["address"] == "127.0.0.1"
