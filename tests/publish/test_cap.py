"""CAP documents beside the standard: its schema's order, an independent parser, and the life of a thread."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from cap_tools.models import Alert as CapAlert
from cap_tools.models import MsgType, Scope, Status
from hypothesis import given, settings
from hypothesis import strategies as st
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from tests.publish.letters import NS, T, alert_of, closed, inside, seen
from vedette.publish import CapConfig, Letter, Office, WarnedArea, open_channel
from vedette.publish.cap import NAMESPACE, plain, stamp
from vedette.types import Alert, Severity

AREA = WarnedArea(name="base", polygon=((33.1, 42.1), (33.1, 42.3), (33.2, 42.2)))
CIRCLE = WarnedArea(name="base", center=(33.8, 42.4), radius=2500.0)

# The sequences of the schema in §3.4 of the standard.
ORDER = {
    "alert": "identifier sender sent status msgType source scope restriction addresses code note references"
    " incidents info",
    "info": "language category event responseType urgency severity certainty audience eventCode effective"
    " onset expires senderName headline description instruction web contact parameter resource area",
    "area": "areaDesc polygon circle geocode altitude ceiling",
    "parameter": "valueName value",
}
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d"


class Thread:
    """A channel with what it has said."""

    def __init__(
        self, tmp_path: Path, *, exercise: bool = False, area: WarnedArea = AREA, **keys: Any
    ) -> None:
        keys = {"name": "shelters", "sender": "ops@base.example", "folder": "out", "after": "new", **keys}
        office = Office(site="Ayn Habban", folder=tmp_path, exercise=exercise, area_of=lambda _: area)
        self.channel = open_channel(CapConfig(**keys), office)
        self.said: dict[str, Any] = {}

    def step(self, t: int, *alerts: Alert) -> list[Letter]:
        letters, remember = self.channel.news(t, alerts, self.said)
        for about, body in remember.items():
            if body is None:
                del self.said[about]
            else:
                self.said[about] = body
        return letters

    def only(self, t: int, *alerts: Alert) -> CapAlert:
        (letter,) = self.step(t, *alerts)
        return parsed(letter)


def parsed(letter: Letter) -> CapAlert:
    """As cap-tools reads it, whose types were made from the standard's schema; anything unknown fails."""
    config = ParserConfig(fail_on_unknown_properties=True, fail_on_converter_warnings=True)
    text = letter.body["document"]
    in_order(ET.fromstring(text))
    return XmlParser(config=config).from_string(text, CapAlert)


def in_order(element: ET.Element) -> None:
    names = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
    order = ORDER.get(element.tag.removeprefix(f"{{{NAMESPACE}}}"), "").split()
    assert names == sorted(names, key=order.index)
    for child in element:
        in_order(child)


def when(text: Any) -> int:
    return round(datetime.fromisoformat(str(text)).timestamp()) * NS


def test_a_document_says_where_and_when(tmp_path: Path) -> None:
    alert = inside(
        alert_of(), time_to_go_s=400.0, time_to_go_low_s=370.0, time_to_go_high_s=430.0, probability=0.9
    )
    document = Thread(tmp_path).only(T, alert)
    (info,) = document.infos
    (area,) = info.areas
    assert (document.status, document.msg_type, document.scope) == (
        Status.ACTUAL,
        MsgType.ALERT,
        Scope.RESTRICTED,
    )
    assert (info.urgency.value, info.severity.value, info.certainty.value) == (
        "Immediate",
        "Extreme",
        "Likely",
    )
    assert area.area_desc == "base"
    assert area.polygons == ["33.10000,42.10000 33.10000,42.30000 33.20000,42.20000 33.10000,42.10000"]
    told = info.parameters_to_dict()
    assert when(told["arrival-expected"]) == pytest.approx(T + 400 * NS, abs=30 * NS)
    assert told["threats"] == "1"
    assert when(info.onset) <= T + 370 * NS < when(info.onset) + 60 * NS
    assert when(info.expires) >= T + (430 + 900) * NS


def test_times_are_as_the_standard_asks(tmp_path: Path) -> None:
    (letter,) = Thread(tmp_path).step(T, alert_of())
    root = ET.fromstring(letter.body["document"])
    times = [e.text for e in root.iter() if e.tag.split("}")[1] in {"sent", "effective", "onset", "expires"}]
    assert len(times) == 4
    assert all(re.fullmatch(TIME, text or "") for text in times)
    assert stamp(T) == f"{datetime.fromtimestamp(T // NS, UTC):%Y-%m-%dT%H:%M:%S}-00:00"


def test_a_circle_has_its_radius_in_kilometres(tmp_path: Path) -> None:
    document = Thread(tmp_path, area=CIRCLE).only(T, alert_of())
    assert document.infos[0].areas[0].circles == ["33.80000,42.40000 2.500"]


def test_a_thread_runs_from_the_first_threat_to_the_all_clear(tmp_path: Path) -> None:
    thread, far = Thread(tmp_path), {"time_to_go_low_s": 900.0, "time_to_go_high_s": 1100.0}
    first = inside(alert_of(), time_to_go_s=1000.0, probability=0.8, **far)
    begun = thread.only(T, first)
    assert begun.msg_type is MsgType.ALERT
    assert begun.infos[0].urgency.value == "Expected"
    assert thread.step(T + 5 * NS, first) == []  # nothing new
    near = inside(first, time_to_go_s=300.0, time_to_go_low_s=250.0, time_to_go_high_s=350.0)
    update = thread.only(T + 60 * NS, near)
    assert update.msg_type is MsgType.UPDATE
    assert update.infos[0].urgency.value == "Immediate"
    cancel = thread.only(T + 90 * NS, closed(near))
    assert cancel.msg_type is MsgType.CANCEL
    assert cancel.infos[0].response_types[0].value == "AllClear"
    assert thread.step(T + 95 * NS, closed(near)) == []
    again = thread.only(T + 500 * NS, replace(first, id="7-base-2", t_raised=T + 400 * NS))
    assert again.msg_type is MsgType.ALERT
    assert not again.references


def test_references_name_the_documents_before(tmp_path: Path) -> None:
    thread = Thread(tmp_path)
    alert = inside(alert_of(), time_to_go_s=1000.0, time_to_go_low_s=900.0, time_to_go_high_s=1100.0)
    documents = [thread.only(T, alert)]
    documents.append(thread.only(T + 60 * NS, inside(alert, time_to_go_s=200.0, time_to_go_low_s=150.0)))
    documents.append(thread.only(T + 70 * NS))
    found = documents[2].references_to_list()
    assert [each.identifier for each in found] == [each.identifier for each in documents[:2]]
    assert len({each.identifier for each in documents}) == 3
    assert all(each.sender == "ops@base.example" for each in found)


def test_the_public_is_told_when_a_person_has_seen_it(tmp_path: Path) -> None:
    thread = Thread(tmp_path, after="acknowledged")
    assert thread.step(T, alert_of()) == []
    assert thread.only(T + 2 * NS, seen(alert_of())).msg_type is MsgType.ALERT


def test_no_all_clear_while_another_comes(tmp_path: Path) -> None:
    """The alert that was acknowledged is over; a second one, not acknowledged, is not."""
    thread, second = Thread(tmp_path, after="acknowledged"), alert_of("8-base-1", track=8)
    thread.only(T + 2 * NS, seen(alert_of()))
    letters = thread.step(T + 200 * NS, closed(seen(alert_of())), second)
    assert all(parsed(letter).msg_type is MsgType.UPDATE for letter in letters)
    assert thread.only(T + 300 * NS, closed(second)).msg_type is MsgType.CANCEL


def test_a_policy_may_delay(tmp_path: Path) -> None:
    thread = Thread(tmp_path, delay_s=30.0)
    assert thread.step(T + 29 * NS, alert_of()) == []
    assert len(thread.step(T + 30 * NS, alert_of())) == 1


def test_it_is_renewed_before_it_lapses(tmp_path: Path) -> None:
    """A hovering drone: nothing changes, and the warning must not run out."""
    thread = Thread(tmp_path)
    alert = inside(alert_of(), time_to_go_s=0.0, time_to_go_low_s=0.0, time_to_go_high_s=0.0, probability=1.0)
    expires = when(thread.only(T, alert).infos[0].expires)
    for t in range(T, T + 7200 * NS, 5 * NS):
        assert t < expires
        for letter in thread.step(t, alert):
            expires = when(parsed(letter).infos[0].expires)


def test_what_flickers_does_not_flood_the_public(tmp_path: Path) -> None:
    """For ten minutes the certainty goes up and down: an update a minute, and those for worse."""
    thread = Thread(tmp_path)
    low, high = inside(alert_of(), probability=0.4), inside(alert_of(), probability=0.6)
    count = sum(len(thread.step(T + k * 5 * NS, (low, high)[k % 2])) for k in range(120))
    assert count <= 21


@pytest.mark.parametrize("exercise", [False, True])
def test_an_exercise_says_so(tmp_path: Path, exercise: bool) -> None:
    document = Thread(tmp_path, exercise=exercise).only(T, alert_of())
    assert document.status is (Status.EXERCISE if exercise else Status.ACTUAL)
    assert str(document.infos[0].headline).startswith("EXERCISE") == exercise


def test_a_trial_is_a_test(tmp_path: Path) -> None:
    document = parsed(Thread(tmp_path).channel.trial(T, "Ops"))
    assert document.status is Status.TEST


@pytest.mark.slow
@given(zone=st.text(max_size=40), by=st.text(max_size=40))
@settings(max_examples=25, deadline=None)
def test_no_text_breaks_a_document(tmp_path_factory: pytest.TempPathFactory, zone: str, by: str) -> None:
    thread = Thread(tmp_path_factory.mktemp("cap"), area=replace(AREA, name=zone or "x"))
    document = parsed(thread.step(T, replace(alert_of(), zone=zone))[0])
    assert not set(" ,<&") & set(document.identifier)
    parsed(thread.channel.trial(T, by))


def test_text_that_xml_cannot_hold_is_left_out() -> None:
    assert plain("a\x00b\ud800c\ufffed\te") == "abcd\te"


@pytest.mark.parametrize("severity", list(Severity))
def test_every_severity_has_a_word(tmp_path: Path, severity: Severity) -> None:
    words = {"advisory": "Moderate", "warning": "Severe", "critical": "Extreme"}
    document = Thread(tmp_path).only(T, alert_of(severity=severity))
    assert document.infos[0].severity.value == words[severity.value]
