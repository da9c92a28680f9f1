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
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect

from tests.advise.plans import GUN, JAMMER, effectors, like
from tests.server.advice_by_hand import advised_of
from tests.server.by_hand import T, alert_of, picture_of, site, track_of
from tests.server.served import HandDesk, Served, served
from vedette.clock import NS
from vedette.server import advice_messages, build_app, layout, messages, preview
from vedette.types import Detection, Field, Kind, Mode, ReplayState

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
    "bearing": messages.BearingMessage,
    "plots": messages.PlotsMessage,
    "plot": messages.PlotMessage,
    "bias": messages.BiasMessage,
    "alert": messages.AlertMessage,
    "raised": messages.RaisedMessage,
    "level": messages.LevelMessage,
    "posture": messages.PostureMessage,
    "entry": messages.EntryMessage,
    "delivery": messages.DeliveryMessage,
    "step": messages.StepMessage,
    "replay": messages.ReplayMessage,
    "details": messages.DetailsMessage,
    "fact": messages.FactMessage,
    "coverage": messages.CoverageMessage,
    "outlook": messages.OutlookMessage,
    "outlooks": messages.OutlooksMessage,
    "effector": messages.EffectorMessage,
    "advised": advice_messages.AdvisedMessage,
    "threat": advice_messages.ThreatMessage,
    "card": advice_messages.CardMessage,
    "option": advice_messages.OptionMessage,
    "refused": advice_messages.RefusedMessage,
    "choices": advice_messages.ChoicesMessage,
    "decision": advice_messages.DecisionMessage,
    "engagement": advice_messages.EngagementMessage,
    "readiness": advice_messages.ReadinessMessage,
    "preview": preview.PreviewMessage,
    "judged": preview.JudgedMessage,
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
    good = {"state": "new", "t_s": 1.5, "by": "assess", "note": "", "to": ""}
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
    desk.begin_anew()
    return desk


@pytest.fixture
def server(desk: HandDesk, running: tuple[HandDesk, Served]) -> Served:
    return running[1]


def test_advice_is_as_written(server: Served, desk: HandDesk) -> None:
    """In the status and over REST, every time of it as a moment."""
    assert httpx.get(f"{server.url}/api/advice").json() is None
    desk.shown = dataclasses.replace(desk.shown, advised=advised_of())
    found = httpx.get(f"{server.url}/api/advice").json()
    with connect(server.ws) as ws:
        assert text_of(ws, "status")["advice"] == found
    assert not list(mismatches(found, "advised"))
    (card, accepted), (threat,) = found["cards"], found["threats"]
    now = T / NS
    assert (card["option"]["start_s"], card["t_closes_s"]) == (now + 12.0, now + 41.5)
    assert (card["option"]["intercept_low_s"], threat["arrival_high_s"]) == (now + 14.0, now + 110.0)
    assert threat["slack_until_s"] == now + 41.5
    assert [effector["ready_s"] for effector in found["effectors"]] == [now + 6.5, now]
    assert accepted["history"] == [
        {"t_s": now - 1.0, "answer": "accept", "effector": "Gun 1", "by": "otto", "proof": "password",
         "note": "seen"}
    ]  # fmt: skip
    choices = httpx.get(f"{server.url}/api/advice/choices", params={"advice": card["id"]}).json()
    assert not list(mismatches(choices, "choices"))
    assert [(other["effector"], other["start_s"]) for other in choices["others"]] == [("Jammer", now + 12.0)]
    assert [(r["effector"], r["why"]) for r in choices["refused"]] == [
        ("Missile 1", "no fire"),
        ("Jammer", "less"),
    ]
    assert choices["refused"][1]["sentence"] == "Jammer would do no better."
    gone = httpx.get(f"{server.url}/api/advice/choices?advice=nonsense")
    assert (gone.status_code, gone.json()["message"][:33]) == (404, "There is no advice nonsense now; ")
    frame = desk.site.frame
    (engagement,) = found["engagements"]
    place = [np.radians(engagement["latitude"]), np.radians(engagement["longitude"]), engagement["height_m"]]
    assert frame.from_geodetic(place) == pytest.approx([800.0, 700.0, 200.0], abs=1e-6)


def test_effectors_of_the_site_are_as_written(desk: HandDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    corners = ((33.81, 42.41), (33.81, 42.42), (33.82, 42.41))
    gun = like(GUN, no_fire=(corners,), sector=(270.0, 90.0))
    armed = dataclasses.replace(desk.site, effectors=effectors(gun, JAMMER, frame=desk.site.frame))
    monkeypatch.setattr(desk, "site", armed)
    found = json.loads(messages.encode(layout.site(desk)))
    assert not list(mismatches(found, "site"))
    one, other = found["effectors"]
    assert (one["kind"], one["range_max_m"], one["notional"]) == ("gun", 2000.0, True)
    assert one["sector"] == [270.0, 90.0]
    (polygon,) = one["no_fire"]
    assert np.array(polygon) == pytest.approx(np.array(corners), abs=1e-6)
    assert (other["sector"], other["no_fire"]) == (None, [])


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


def act(server: Served, **act: Any) -> Any:
    """POST an act; the answer."""
    answer = httpx.post(f"{server.url}/api/acts", json=act)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_acknowledgement_is_seen_by_everybody(server: Served) -> None:
    with connect(server.ws) as other:
        text_of(other, "status")
        act(server, act="acknowledge", alert="7-base-1", by="Duty officer")
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
    '{"type": "ack", "alert": "7-base-1", "by": "me"}',
    '{"type": "seen", "sequence": -1}',
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


def plot_of() -> Detection:
    z, R = np.array([9000.0, 1.0, 0.05]), np.diag([400.0, 1e-4, 1e-4])
    kind, claims = Kind.RANGE_AZ_EL, {"snr_db": 14.5}
    return Detection(t=T, t_rx=T, sensor="North radar", seq=0, kind=kind, z=z, R=R, claims=claims)


def test_rest_is_as_written(server: Served, desk: HandDesk) -> None:
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
    sensor = get("/api/sensors")["sensors"][0]
    assert not list(mismatches(sensor, "sensor"))
    assert sensor["bias"]["azimuth_deg"] == pytest.approx(0.5)
    assert sensor["bias"]["azimuth_sigma_deg"] == pytest.approx(0.02)
    assert (sensor["bias"]["range_m"], sensor["bias"]["relative_to"]) == (12.0, "adsb")
    desk.reports = (plot_of(),)
    plots = get("/api/plots/North radar")
    assert not list(mismatches(plots, "plots"))
    assert [plot["snr_db"] for plot in plots["plots"]] == [14.5]
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
        ("GET", "/api/plots/nobody", None, 404),
        ("GET", "/api/tracks?status=gone", None, 422),
        ("POST", "/api/acts", {"act": "acknowledge", "alert": "none", "by": "me"}, 404),
        ("POST", "/api/acts", {"act": "acknowledge", "alert": "7-base-1"}, 422),
        ("POST", "/api/acts", {"act": "acknowledge", "alert": "7-base-1", "by": " "}, 422),
        ("POST", "/api/acts", {"act": "acknowledge", "alert": "7-base-1", "by": "me", "as": "admin"}, 422),
        ("POST", "/api/acts", {"act": "launch", "by": "me"}, 422),
        ("POST", "/api/acts", [], 422),
        ("POST", "/api/acts", None, 422),
        ("POST", "/api/acts", {"act": "identify", "track": 99, "identity": "friend", "by": "me"}, 404),
        ("POST", "/api/acts", {"act": "identify", "track": 7, "identity": "foe", "by": "me"}, 422),
        ("POST", "/api/acts", {"act": "posture", "level": "panic", "by": "me", "note": "why"}, 404),
        ("POST", "/api/acts", {"act": "posture", "level": "high", "by": "me"}, 422),
        ("POST", "/api/acts", {"act": "switch", "rule": "none", "on": False, "by": "me", "note": "w"}, 404),
        ("POST", "/api/acts", {"act": "rule", "rule": {"name": "Mine"}, "by": "me"}, 409),
        ("POST", "/api/acts", {"act": "rule", "rule": {"name": "Inner", "radius": 9}, "by": "me"}, 409),
        ("POST", "/api/acts", {"act": "remark", "text": "", "by": "me"}, 422),
        ("POST", "/api/rules/preview", {"rule": {"name": "Inner", "radius": 9}}, 409),
        ("POST", "/api/rules/preview", {"rule": {"name": "Mine", "raduis": 9}}, 409),
        ("POST", "/api/rules/preview", {"name": "Mine", "radius": 9}, 422),
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
    done = act(server, act="acknowledge", alert="7-base-1", by="Duty officer", note="seen")
    assert done["act"]["by"] == "Duty officer"
    assert not list(mismatches(done["alert"], "alert"))
    assert done["alert"]["history"][-1]["note"] == "seen"


def test_acts_are_seen_in_rules_status_and_log(server: Served) -> None:
    corridor = {"name": "Wadi", "corridor": [[33.7, 42.3], [33.8, 42.4]], "width": 2000, "within_s": None}
    with connect(server.ws) as ws:
        assert text_of(ws, "status")["rules"] == 0
        done = act(server, act="rule", rule=corridor, by="Ops")
        assert done["alert"] is None
        act(server, act="switch", rule="Wadi", on=False, by="Ops", note="exercise")
        act(server, act="posture", level="high", by="Ops", note="two tracks inbound")
        act(server, act="remark", text="Camera 2 is dirty.", by="Ops")
        while (status := text_of(ws, "status"))["rules"] < 3:
            pass
        assert status["posture"] == {
            "level": "high", "rank": 2, "by": "Ops", "t_s": done["t_s"], "note": "two tracks inbound",
        }  # fmt: skip
    rules = httpx.get(f"{server.url}/api/rules").json()
    wadi = rules["rules"][-1]
    assert not list(mismatches(wadi, "zone"))
    assert (wadi["source"], wadi["on"], len(wadi["corridor"])) == ("operator", False, 2)
    assert [level["name"] for level in rules["postures"]] == ["normal", "raised", "high"]
    log = httpx.get(f"{server.url}/api/handover").json()["entries"]
    assert all(not list(mismatches(entry, "entry")) for entry in log)
    assert [(entry["act"], entry["text"]) for entry in log] == [
        ("rule", "added the rule Wadi"),
        ("switch", "switched the rule Wadi off"),
        ("posture", "set the posture from normal to high"),
        ("remark", "Camera 2 is dirty."),
    ]


def test_a_rule_is_tried_on_the_tracks_of_now_and_nothing_comes_of_it(server: Served, desk: HandDesk) -> None:
    here = {"name": "Wadi", "radius": 9000, "ceiling": 5000}
    before = httpx.get(f"{server.url}/api/rules").json()
    for slower, called in ({}, 2), ({"speed_to": 40}, 0):
        told = httpx.post(f"{server.url}/api/rules/preview", json={"rule": here | slower}).json()
        assert not list(mismatches(told, "preview"))
        assert (told["tracks"], told["called"], told["elsewhere"]) == (2, called, 0)
        assert [one["track"] for one in told["judged"]] == [7, 8]
        assert all(one["calls"] is not bool(one["why"]) for one in told["judged"])
    assert told["judged"][0]["why"] == ["it flies 50 m/s, faster than 40"]
    assert httpx.get(f"{server.url}/api/rules").json() == before
    assert httpx.get(f"{server.url}/api/handover").json()["entries"] == []


def test_every_act_of_the_page_is_in_the_openapi_schema(server: Served) -> None:
    section = PAGE.split("## Acts")[1].split("\n## ")[0]
    named = set(re.findall(r"^\| `(\w+)` \| `", section, re.MULTILINE))
    openapi = httpx.get(f"{server.url}/openapi.json").json()
    body = openapi["paths"]["/api/acts"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {schema["properties"]["act"]["enum"][0] for schema in body["anyOf"]} == named
    assert "$ref" not in json.dumps(body)


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
