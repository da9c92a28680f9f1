"""From a site file with `[[notify]]` to a message: the demo's alerts, the server's answers."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.pipeline.runs import demo
from tests.publish.letters import Taker, until, web_server
from tests.server.by_hand import site
from tests.server.served import HandDesk, served
from vedette.errors import ConfigError
from vedette.pipeline import Pipeline, deliver
from vedette.pipeline.deliver import warned_area
from vedette.pipeline.play import run_fast
from vedette.server import build_app
from vedette.site import load_site
from vedette.types import DeliveryState, Mode, acts

NOTIFY = """
[[notify]]
kind = "webhook"
name = "ops"
url = "{url}"
exercise = true
expire_s = 1e9

[[notify]]
kind = "cap"
name = "shelters"
sender = "ops@base.example"
folder = "{folder}"
after = "new"
exercise = true
expire_s = 1e9
"""


def test_an_alert_of_the_demo_is_told(tmp_path: Path) -> None:
    played = demo()
    with web_server(Taker()) as taker:
        text = played.site.path.read_text() + NOTIFY.format(url=taker.url, folder=tmp_path / "cap")
        file = tmp_path / "site.toml"
        file.write_text(text)
        pipeline = Pipeline(load_site(file), mode=Mode.DEMO)
        courier = deliver(pipeline, lambda: pipeline.tracker.t)
        assert courier is not None
        run_fast(pipeline, played.scans(), until=played.begin + 14_000_000_000)
        until(lambda: all(each.state is DeliveryState.OK for each in courier.deliveries))
        pipeline.close()
    first = json.loads(taker.taken[0][1])["events"][0]
    assert first["event"] == "new"
    assert first["alert"]["zone"] in {zone.name for zone in played.site.zones}
    assert list((tmp_path / "cap").glob("*.xml"))
    assert pipeline.merged_counters()["delivery.delivered"] >= 2


def test_a_replay_tells_nobody(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text(demo().site.path.read_text() + NOTIFY.format(url="http://127.0.0.1:9/", folder="cap"))
    pipeline = Pipeline(load_site(file), mode=Mode.REPLAY)
    assert deliver(pipeline, lambda: 0) is None
    assert not pipeline.sinks


def test_mistakes_name_file_and_key(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    text = demo().site.path.read_text() + NOTIFY.format(url="http://127.0.0.1:9/", folder="cap")
    file.write_text(text + '\n[[notify]]\nkind = "webhook"\nname = "w"\nurl = "http://x"\nzones = ["Iner"]\n')
    with pytest.raises(
        ConfigError, match=r"site\.toml:\d+, key 'notify \"w\"\.zones': there is no zone 'Iner'"
    ):
        load_site(file)
    file.write_text(text + '\n[[notify]]\nkind = "apprise"\nname = "p"\nurl_file = "none"\n')
    with pytest.raises(ConfigError, match="no such file"):
        deliver(Pipeline(load_site(file), mode=Mode.LIVE), lambda: 0)


def test_a_rule_is_the_area_of_a_warning() -> None:
    pipeline = Pipeline(site())
    for zone in site().zones:
        area = warned_area(pipeline, zone.name)
        assert area is not None
        assert bool(area.polygon) != (area.center is not None)
        if zone.polygon is not None:
            assert [tuple(corner) for corner in zone.polygon] == pytest.approx(list(area.polygon), abs=1e-6)
    assert warned_area(pipeline, "nowhere") is None
    rule = {"name": "Road", "corridor": [[33.80, 42.40], [33.90, 42.50]], "width": 500.0}
    pipeline.act(acts.of(msgspec.json.encode({"act": "rule", "rule": rule, "by": "Ops"})))
    drawn = warned_area(pipeline, "Road")
    assert drawn is not None
    assert len(drawn.polygon) > 4


def test_the_server_shows_the_channels_and_tries_them() -> None:
    desk = HandDesk(site())
    with served(build_app(desk, clock=desk.now)) as server, httpx.Client(base_url=server.url) as client:
        answer = client.get("/api/delivery").json()
        assert [each["channel"] for each in answer["deliveries"]] == ["post"]
        assert client.post("/api/delivery/post/test", json={"by": "Ops"}).status_code == 200
        assert desk.tried == [("post", "Ops")]
        assert client.post("/api/delivery/fax/test", json={"by": "Ops"}).status_code == 404
        assert client.post("/api/delivery/post/test", json={"by": ""}).status_code == 409
