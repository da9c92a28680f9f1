"""Who may decide, tried by those who may not: each attack against a real server with real accounts.

The site is live. Only a person who has signed in with a password decides; whatever else is tried leaves the
advice as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.people.doors import Hall
from tests.server.by_hand import site
from tests.server.callers import bearing, forgetful, page_of
from tests.server.served import HandDesk, Served, served
from vedette.server import build_app
from vedette.store.log_check import entries
from vedette.types import Mode, Role

ACTS = "/api/acts"
FIRST, SECOND = "7-Gun 1-1", "8-Jammer-1"
ACCEPT = {"act": "decide", "advice": FIRST, "answer": "accept"}
DECLINE = {**ACCEPT, "answer": "decline", "note": "over the village"}
STOCK = {"act": "stock", "effector": "Gun 1", "rounds": 3, "note": "counted"}
ASK = forgetful()


@pytest.fixture(autouse=True)
def _live(desk: HandDesk) -> None:
    """A live picture with two cards on the table, at the begin of each test."""
    desk.begin_anew()
    desk.shown = replace(desk.shown, mode=Mode.LIVE)
    desk.advise()


def cards(server: Served, there: Hall) -> dict[str, Any]:
    found = ASK.get(f"{server.url}/api/advice", headers=bearing(there, "viewer")).json()
    return {card["id"]: (card["state"], card["history"]) for card in found["cards"]}


UNTOUCHED = {FIRST: ("open", []), SECOND: ("open", [])}


@pytest.mark.parametrize("role", [role.value for role in Role])
@pytest.mark.parametrize("act", [ACCEPT, DECLINE, STOCK], ids=lambda act: act.get("answer", "stock"))
def test_no_token_decides_whatever_its_role(server: Served, there: Hall, role: str, act: Any) -> None:
    answer = ASK.post(server.url + ACTS, json={**act, "by": ""}, headers=bearing(there, role))
    assert answer.status_code == 403
    if role != "viewer":
        assert (
            answer.json()["message"]
            == f"script {role} is a machine; a person decides, signed in at the page."
        )
        noted = [entry for entry in entries(there.folder / "log") if entry.what == "refused"][-1]
        assert (noted.who, noted.body["why"]) == (f"script {role}", "not a person")
    assert cards(server, there) == UNTOUCHED


def test_a_token_beside_a_persons_cookie_is_still_a_token(server: Served, there: Hall) -> None:
    with page_of(server, "otto") as page:
        answer = page.post(ACTS, json=ACCEPT, headers=bearing(there, "operator"))
        assert answer.status_code == 403
    assert cards(server, there) == UNTOUCHED


def test_a_viewer_cannot_decide_also_signed_in(server: Served, there: Hall) -> None:
    with page_of(server, "vera") as page:
        for act in (ACCEPT, DECLINE, STOCK, {**ACCEPT, "by": "otto"}):
            assert page.post(ACTS, json=act).status_code == 403
    assert cards(server, there) == UNTOUCHED


def test_nobody_unknown_decides(server: Served, there: Hall) -> None:
    for headers in ({}, {"Origin": server.url}, {"X-Forwarded-User": "otto"}):
        assert ASK.post(server.url + ACTS, json={**ACCEPT, "by": "otto"}, headers=headers).status_code == 401
    assert cards(server, there) == UNTOUCHED


@pytest.mark.parametrize("name", ["ada", "Otto", "otto ", "vedette", "human model", "<b>otto</b>"])
def test_nobody_decides_in_anothers_name(server: Served, there: Hall, name: str) -> None:
    with page_of(server, "otto") as page:
        assert page.post(ACTS, json={**ACCEPT, "by": name}).status_code == 403
        two = json.dumps({**ACCEPT, "by": "otto"})[:-1] + f', "by": {json.dumps(name)}}}'
        answer = page.post(ACTS, content=two, headers={"Content-Type": "application/json"})
        assert answer.status_code == 403
    assert cards(server, there) == UNTOUCHED


@pytest.mark.parametrize("proof", ["password", "none", "model", "token", "PASSWORD", 1, None, ["password"]])
def test_nobody_says_how_they_proved_who_they_are(server: Served, there: Hall, proof: Any) -> None:
    for headers in (bearing(there, "operator"), bearing(there, "admin")):
        answer = ASK.post(server.url + ACTS, json={**ACCEPT, "by": "", "proof": proof}, headers=headers)
        assert answer.status_code in (403, 422)
    with page_of(server, "otto") as page:
        answer = page.post(ACTS, json={**ACCEPT, "proof": proof})
        assert answer.status_code == 422
        assert answer.json()["message"].endswith(".")
        twice = json.dumps(ACCEPT)[:-1] + f', "proof": "", "proof": {json.dumps(proof)}}}'
        answer = page.post(ACTS, content=twice, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
    assert cards(server, there) == UNTOUCHED


def test_another_sites_page_cannot_decide_with_a_persons_cookie(server: Served, there: Hall) -> None:
    with page_of(server, "otto") as page:
        for origin in ("https://evil.example", "null", "http://localhost"):
            assert page.post(ACTS, json=ACCEPT, headers={"Origin": origin}).status_code == 403
        form = {"Content-Type": "text/plain"}
        assert page.post(ACTS, content=json.dumps(ACCEPT), headers=form).status_code == 403
    assert cards(server, there) == UNTOUCHED


def test_a_session_that_has_ended_does_not_decide(server: Served, there: Hall) -> None:
    with page_of(server, "otto") as page:
        there.clock.on(1801)
        assert page.post(ACTS, json=ACCEPT).status_code == 401
    assert cards(server, there) == UNTOUCHED


def test_the_first_of_two_decisions_holds_and_both_are_shown(server: Served, there: Hall) -> None:
    with page_of(server, "otto") as page, page_of(server, "ada") as other:
        done = page.post(ACTS, json=ACCEPT)
        assert done.status_code == 200, done.text
        assert done.json()["act"]["proof"] == "password"
        assert done.json()["advice"]["state"] == "accepted"
        late = other.post(ACTS, json=DECLINE)
        assert late.status_code == 409
        assert late.json()["message"].startswith("otto has accepted Gun 1 already, at ")
        assert late.json()["message"].endswith(" UTC; the first decision holds.")
        assert page.post(ACTS, json=ACCEPT).status_code == 409  # nor twice oneself
    state, history = cards(server, there)[FIRST]
    assert state == "accepted"
    assert [(said["by"], said["answer"], said["proof"]) for said in history] == [
        ("otto", "accept", "password"),
        ("ada", "decline", "password"),
    ]
    assert history[1]["note"] == "too late: otto had accepted Gun 1. over the village"
    found = ASK.get(f"{server.url}/api/advice", headers=bearing(there, "viewer")).json()
    assert len(found["engagements"]) == 1
    assert next(each["rounds"] for each in found["effectors"] if each["effector"] == "Gun 1") == 6


def test_a_storm_of_decisions_spends_once(server: Served, there: Hall) -> None:
    """Twenty at the same moment, from two people: one is taken."""
    import asyncio

    async def storm(pages: list[httpx.Client]) -> list[int]:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
            headers = [
                {"Origin": server.url, "Cookie": "; ".join(f"{k}={v}" for k, v in page.cookies.items())}
                for page in pages
            ]
            asked = [client.post(ACTS, json=ACCEPT, headers=headers[i % 2]) for i in range(20)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    with page_of(server, "otto") as page, page_of(server, "ada") as other:
        codes = asyncio.run(storm([page, other]))
    assert sorted(codes) == [200] + [409] * 19
    found = ASK.get(f"{server.url}/api/advice", headers=bearing(there, "viewer")).json()
    assert len(found["engagements"]) == 1


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ({**ACCEPT, "advice": "7-Gun 1-2"}, 404),
        ({**ACCEPT, "advice": "../../etc/passwd"}, 404),
        ({**ACCEPT, "advice": ""}, 422),
        ({**ACCEPT, "advice": "x" * 201}, 422),
        ({**ACCEPT, "answer": "none"}, 422),
        ({**ACCEPT, "answer": "fire"}, 422),
        ({**ACCEPT, "effector": "Drone"}, 404),
        ({**ACCEPT, "effector": "x" * 65}, 422),
        ({**ACCEPT, "shots": 8}, 422),
        ({**DECLINE, "note": ""}, 422),
        ({**DECLINE, "note": " \t"}, 422),
        ({**DECLINE, "effector": "Jammer"}, 409),
        ({**STOCK, "rounds": -1}, 422),
        ({**STOCK, "rounds": 9}, 409),
        ({**STOCK, "rounds": 1e300}, 422),
        ({**STOCK, "rounds": 2**63}, 422),
        ({**STOCK, "rounds": 2.5}, 422),
        ({**STOCK, "rounds": "3"}, 422),
        ({**STOCK, "rounds": True}, 422),
        ({**STOCK, "effector": "Jammer"}, 409),
        ({**STOCK, "effector": "Cannon"}, 404),
        ({**STOCK, "note": ""}, 422),
    ],
)
def test_what_cannot_be_decided_is_refused_in_a_sentence(
    server: Served, there: Hall, act: Any, status: int
) -> None:
    with page_of(server, "otto") as page:
        answer = page.post(ACTS, json=act)
    assert answer.status_code == status, answer.text
    assert answer.json()["message"].endswith(".")
    assert cards(server, there) == UNTOUCHED


def test_stock_is_corrected_by_a_person(server: Served, there: Hall) -> None:
    with page_of(server, "otto") as page:
        assert page.post(ACTS, json={**STOCK, "rounds": 3.0}).status_code == 200
    found = ASK.get(f"{server.url}/api/advice", headers=bearing(there, "viewer")).json()
    assert next(each["rounds"] for each in found["effectors"] if each["effector"] == "Gun 1") == 3


# --- where nobody is identified


@pytest.fixture(scope="module")
def open_house() -> Iterator[tuple[HandDesk, Served]]:
    desk = HandDesk(site())
    with served(build_app(desk, clock=desk.now)) as running:
        yield desk, running


@pytest.mark.parametrize("mode", [Mode.DEMO, Mode.EXERCISE, Mode.REPLAY])
def test_without_accounts_decisions_are_taken_where_nothing_is_real(
    open_house: tuple[HandDesk, Served], mode: Mode
) -> None:
    desk, running = open_house
    desk.shown = replace(desk.shown, mode=mode)
    desk.advise()
    answer = ASK.post(running.url + ACTS, json={**ACCEPT, "by": "Lee"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["advice"]["history"][-1]["proof"] == "none"
    claimed = ASK.post(running.url + ACTS, json={**DECLINE, "by": "Lee", "proof": "password"})
    assert claimed.status_code == 422


def test_a_live_site_without_accounts_takes_no_decision_and_says_what_to_do(
    open_house: tuple[HandDesk, Served],
) -> None:
    desk, running = open_house
    desk.shown = replace(desk.shown, mode=Mode.LIVE)
    desk.advise()
    for act in (ACCEPT, DECLINE, STOCK):
        answer = ASK.post(running.url + ACTS, json={**act, "by": "Lee"})
        assert answer.status_code == 403
        assert "vedette user add" in answer.json()["message"]
    assert all(card.state.value == "open" for card in desk.shown.advised.advice)


def test_a_site_without_effectors_says_so(open_house: tuple[HandDesk, Served]) -> None:
    desk, running = open_house
    desk.begin_anew()
    desk.shown = replace(desk.shown, mode=Mode.DEMO, advised=None)
    answer = ASK.post(running.url + ACTS, json={**ACCEPT, "by": "Lee"})
    assert (answer.status_code, "[[effector]]" in answer.json()["message"]) == (404, True)
