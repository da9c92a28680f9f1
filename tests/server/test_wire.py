"""The wire page is the contract: what it says and what is sent are compared name by name, type by type."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect

from tests.server.by_hand import T, alert_of, picture_of, site, track_of
from tests.server.served import HandDesk, Served, served
from vedette.clock import NS
from vedette.server import build_app, messages
from vedette.types import Field, Mode, ReplayState

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "wire.md").read_text()
CLASSES = {
    "hello": messages.HelloMessage,
    "account": messages.AccountMessage,
    "site": messages.SiteMessage,
    "asset": messages.AssetMessage,
    "zone": messages.ZoneMessage,
    "place": messages.PlaceMessage,
    "status": messages.StatusMessage,
    "sensor": messages.SensorMessage,
    "alert": messages.AlertMessage,
    "step": messages.StepMessage,
    "replay": messages.ReplayMessage,
    "details": messages.DetailsMessage,
    "fact": messages.FactMessage,
    "coverage": messages.CoverageMessage,
    "error": messages.ErrorMessage,
    "bye": messages.ByeMessage,
}


def tables() -> dict[str, dict[str, str]]:
    """Message name → field → type, from the page."""
    found = {}
    for part in PAGE.split("\n### ")[1:]:
        name, _, text = part.partition("\n")
        rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", text.split("\n## ")[0], re.MULTILINE)
        found[name] = {field: kind.strip() for field, kind in rows}
    return found


TABLES = tables()


def mismatch(value: Any, kind: str, where: str) -> Iterator[str]:
    """Sentences about everything in `value` that is not of the page's `kind`."""
    plain = {"string": str, "integer": int, "boolean": bool}
    if kind.endswith(" or null"):
        if value is not None:
            yield from mismatch(value, kind.removesuffix(" or null"), where)
    elif kind.startswith("list of "):
        for i, item in enumerate(value if isinstance(value, list) else [object()]):
            yield from mismatch(item, kind.removeprefix("list of "), f"{where}[{i}]")
    elif kind.startswith("map to "):
        for key, item in (value if isinstance(value, dict) else {"": object()}).items():
            yield from mismatch(item, kind.removeprefix("map to "), f"{where}.{key}")
    elif kind in TABLES:
        yield from mismatches(value, kind, where)
    elif kind == "number":
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield f"{where} is {value!r}, not a number"
    elif kind == "corner":
        if not (isinstance(value, list) and [type(v) for v in value] == [float, float]):
            yield f"{where} is {value!r}, not a corner"
    elif kind == "layout":
        if [type(v) for v in value] != [str, str, int]:
            yield f"{where} is {value!r}, not [name, dtype, offset]"
    elif kind != "any" and (not isinstance(value, plain[kind]) or (kind == "integer" and value is True)):
        yield f"{where} is {value!r}, not a {kind}"


def mismatches(message: Any, name: str, where: str = "") -> Iterator[str]:
    table = TABLES[name]
    where = where or name
    if not isinstance(message, dict):
        yield f"{where} is {message!r}, not a {name}"
    elif set(message) != set(table):
        yield f"{where} differs from the page in {sorted(set(message) ^ set(table))}"
    else:
        for field, kind in table.items():
            yield from mismatch(message[field], kind, f"{where}.{field}")


def test_the_page_has_a_table_for_every_message() -> None:
    assert set(TABLES) == set(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_the_page_names_every_field(name: str) -> None:
    fields = [field.name for field in dataclasses.fields(CLASSES[name])]
    assert sorted(fields) == sorted(TABLES[name])


def test_the_comparison_finds_what_is_wrong() -> None:
    good = {"state": "new", "t_s": 1.5, "by": "assess", "note": ""}
    assert not list(mismatches(good, "step"))
    for bad in ({**good, "t_s": "1.5"}, {**good, "extra": 1}, {"state": "new"}, {**good, "t_s": True}, 7):
        assert list(mismatches(bad, "step"))


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[HandDesk, Served]]:
    desk = HandDesk(site())
    with served(build_app(desk, clock=desk.now)) as server:
        yield desk, server


@pytest.fixture
def desk(running: tuple[HandDesk, Served]) -> HandDesk:
    """One desk for all tests, with the same picture at the begin of each."""
    desk, _ = running
    identity = {"callsign": Field(value="RCH457", source="adsb", t=T - NS)}
    desk.shown = picture_of(track_of(7, identity=identity), track_of(8), alerts=(alert_of(),))
    desk.orders = []
    return desk


@pytest.fixture
def server(desk: HandDesk, running: tuple[HandDesk, Served]) -> Served:
    return running[1]


def text_of(ws: ClientConnection, kind: str) -> Any:
    """The next text message of this type."""
    while True:
        data = ws.recv(timeout=5)
        if isinstance(data, str) and (message := json.loads(data))["type"] == kind:
            return message


def test_hello_comes_first_and_is_as_written(server: Served) -> None:
    with connect(server.ws) as ws:
        hello = json.loads(ws.recv(timeout=5))
        assert not list(mismatches(hello, "hello"))
        assert all(hello["site"][part] for part in ("assets", "zones", "sensors", "rings"))
        assert (hello["version"], hello["mode"]) == (1, "demo")


def test_status_is_as_written(server: Served, desk: HandDesk) -> None:
    with connect(server.ws) as ws:
        status = text_of(ws, "status")
        assert not list(mismatches(status, "status"))
        assert (status["t"], status["t_s"]) == (str(T), T / NS)
        assert status["sensors"][0]["age_s"] == 3.0
        assert (status["tracks"], status["tentative"], len(status["alerts"])) == (2, 0, 1)
        replayed = ReplayState(t_begin=T - NS, t_end=T + NS, playing=True, speed=2.0, marks=(T,))
        desk.show(dataclasses.replace(desk.shown, mode=Mode.REPLAY, replay=replayed))
        while (status := text_of(ws, "status"))["replay"] is None:
            pass
        assert not list(mismatches(status, "status"))
        assert not status["feed_lost"]


def test_details_are_as_written_and_keep_coming(server: Served) -> None:
    with connect(server.ws) as ws:
        ws.send('{"type": "select", "id": 7}')
        details = text_of(ws, "details")
        assert not list(mismatches(details, "details"))
        assert details["identity"]["callsign"] == {"value": "RCH457", "source": "adsb", "age_s": 1.0}
        assert details["contributors"] == {"radar": 2.0}
        assert details["range_m"] == pytest.approx(5000.0)
        assert details["bearing_deg"] == pytest.approx(36.87, abs=0.01)
        assert text_of(ws, "details")["id"] == 7


def test_an_acknowledgement_is_seen_by_everybody(server: Served) -> None:
    with connect(server.ws) as one, connect(server.ws) as other:
        text_of(other, "status")
        one.send('{"type": "ack", "alert": "7-base-1", "by": "Duty officer"}')
        while (alert := text_of(other, "status")["alerts"][0])["state"] == "new":
            pass
        assert alert["history"][-1]["by"] == "Duty officer"


BAD = [
    "no json",
    "[]",
    '{"type": "launch"}',
    '{"type": "select"}',
    '{"type": "select", "id": -1}',
    '{"type": "select", "id": 1e99}',
    '{"type": "ack", "alert": "no such", "by": "me"}',
    '{"type": "ack", "alert": "7-base-1", "by": ""}',
    '{"type": "ack", "alert": "7-base-1", "by": "me", "as": "admin"}',
    '{"type": "replay", "action": "explode"}',
    '{"type": "replay", "action": "seek"}',
    '{"type": "replay", "action": "speed", "speed": 0}',
    '{"type": "replay", "action": "play"}',
    b"\xff\xfe",
    "x" * 20_000,
]


def bad_messages(server: Served) -> float:
    name = 'vedette_events_total{event="server.bad_messages"} '
    (line,) = [line for line in httpx.get(f"{server.url}/metrics").text.splitlines() if line.startswith(name)]
    return float(line.removeprefix(name))


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_what_cannot_be_obeyed_is_answered_in_a_sentence(server: Served, bad: str | bytes) -> None:
    before = bad_messages(server)
    with connect(server.ws) as ws:
        ws.send(bad)
        error = text_of(ws, "error")
        assert not list(mismatches(error, "error"))
        assert error["message"].endswith(".")
        assert len(error["message"]) > 20
        ws.send('{"type": "select", "id": 8}')  # and the connection lives on
        assert text_of(ws, "details")["id"] == 8
    assert bad_messages(server) == before + 1


def test_a_message_of_absurd_length_closes_the_connection(server: Served) -> None:
    with connect(server.ws) as ws:
        ws.send("x" * 70_000)
        with pytest.raises(ConnectionClosedError):
            list(ws)
        assert ws.close_code == 1009
    with connect(server.ws) as ws:  # of that page alone
        assert text_of(ws, "status")


def test_a_replay_is_steered(server: Served, desk: HandDesk) -> None:
    desk.shown = dataclasses.replace(
        desk.shown, replay=ReplayState(t_begin=T, t_end=T + NS, playing=False, speed=1.0)
    )
    answers = [
        httpx.post(f"{server.url}/api/replay", json={"action": "seek", "t_s": T / NS + 0.5}),
        httpx.post(f"{server.url}/api/replay", json={"action": "speed", "speed": 4}),
    ]
    assert [a.status_code for a in answers] == [200, 200]
    assert not list(mismatches(answers[0].json(), "replay"))
    assert desk.orders == [("seek", T + NS // 2, None), ("speed", None, 4.0)]


def test_rest_is_as_written(server: Served) -> None:
    def get(path: str) -> Any:
        answer = httpx.get(server.url + path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert not list(mismatches(get("/api/site"), "site"))
    tracks = get("/api/tracks")
    assert tracks["t_s"] == T / NS
    for track in (*tracks["tracks"], get("/api/tracks/7")):
        assert not list(mismatches({"type": "details", **track}, "details"))
    assert get("/api/tracks?status=tentative")["tracks"] == []
    for alert in get("/api/alerts")["alerts"]:
        assert not list(mismatches(alert, "alert"))
    assert not list(mismatches(get("/api/sensors")["sensors"][0], "sensor"))
    assert get("/api/replay") is None
    assert set(get("/api/health")) == set(
        re.findall(r"`(\w+)`", PAGE.split("`GET /api/health` |")[1].split("\n")[0])
    ) - {"ok"}


def test_every_path_of_the_page_is_there(server: Served) -> None:
    paths = set(re.findall(r"^\| `(?:GET|POST|DELETE) (/api/[^`]+)` \|", PAGE, re.MULTILINE))
    openapi = httpx.get(f"{server.url}/openapi.json").json()
    assert {re.sub(r"\{\w+\}", "{}", p) for p in paths} == {
        re.sub(r"\{\w+\}", "{}", p) for p in openapi["paths"]
    }


def test_openapi_models_match_what_is_sent(server: Served) -> None:
    schemas = httpx.get(f"{server.url}/openapi.json").json()["components"]["schemas"]
    for name in ("AlertMessage", "SensorMessage", "SiteMessage", "ReplayMessage", "StepMessage"):
        fields = {field.name for field in dataclasses.fields(getattr(messages, name))}
        assert set(schemas[name]["properties"]) == fields


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/tracks/99", None, 404),
        ("GET", "/api/tracks/x", None, 422),
        ("GET", "/api/tracks?status=gone", None, 422),
        ("POST", "/api/alerts/none/acknowledge", {"by": "me"}, 404),
        ("POST", "/api/alerts/7-base-1/acknowledge", {}, 409),
        ("POST", "/api/alerts/7-base-1/acknowledge", {"by": "me", "as": "admin"}, 422),
        ("POST", "/api/replay", {"action": "play"}, 409),
        ("POST", "/api/replay", {"action": "seek"}, 409),
    ],
)
def test_refusals_are_sentences(server: Served, method: str, path: str, body: Any, status: int) -> None:
    answer = httpx.request(method, server.url + path, json=body)
    assert answer.status_code == status
    assert not list(mismatches(answer.json(), "error"))
    assert answer.json()["message"].endswith(".")


def test_an_alert_is_acknowledged_over_rest(server: Served, desk: HandDesk) -> None:
    answer = httpx.post(
        f"{server.url}/api/alerts/7-base-1/acknowledge", json={"by": "Duty officer", "note": "seen"}
    )
    assert answer.status_code == 200
    assert not list(mismatches(answer.json(), "alert"))
    assert answer.json()["history"][-1]["note"] == "seen"


def test_events_carry_the_status(server: Served) -> None:
    with httpx.stream("GET", f"{server.url}/events", timeout=5) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines) == "event: status"
        assert not list(mismatches(json.loads(next(lines).removeprefix("data: ")), "status"))


def test_infinity_is_null() -> None:
    assert msgspec.json.decode(messages.encode({"a": float("inf"), "b": float("nan")})) == {
        "a": None,
        "b": None,
    }
