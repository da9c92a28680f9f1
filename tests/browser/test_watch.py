"""What stands beside the alerts of a live site: its channels, its sensors, and what may come."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import issues
from tests.browser.conftest import Open
from tests.browser.feeds import radar
from tests.browser.program import Program, vedette

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SITE = """
[site]
name = "Post (fictional)"
fictional = true
latitude = 33.8
longitude = 42.4
height = 200.0

[[asset]]
name = "Mast"
bearing = 0
distance = 500

[[sensor]]
kind = "radar3d"
name = "Radar"
height = 20
period = 0.5
range_max = 20_000
reference_range = 20_000
reference_rcs = 0
reference_pd = 0.9
range_resolution = 50
azimuth_beamwidth = 1.5
elevation_min = -1
elevation_max = 45
elevation_beamwidth = 3

[[feed]]
sensor = "Radar"
transport = "tcp"
format = "jsonl"
host = "127.0.0.1"
port = {radar}

[[notify]]
kind = "cap"
name = "shelters"
sender = "ops@post.example"
folder = "warnings"

[[notify]]
kind = "webhook"
name = "<b>ops</b>"
url = "http://127.0.0.1:{nobody}/"
"""


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_channels_and_sensors_say_how_they_fare(built: None, open_page: Open, tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    with radar() as seen:
        site.write_text(SITE.format(radar=seen.port, nobody=unused_port()))
        with vedette("watch", str(site), "--port", "0", "--no-browser") as program:
            page = open_page(program).page
            page.locator("#operator").fill("Sgt Example")
            page.get_by_role("tab", name="Delivery").click()
            good, bad = (
                page.locator('[data-channel="shelters"]'),
                page.locator(".channel", has_text="<b>ops</b>"),
            )
            expect(good).to_contain_text("nothing sent yet")
            for channel in (good, bad):
                channel.get_by_role("button", name="Test").click()
            expect(good.locator(".sensor-state")).to_have_text("ok", timeout=15_000)
            expect(good).to_contain_text("1 sent")
            expect(bad).to_contain_text("1 waiting", timeout=15_000)
            expect(bad.locator(".sensor-state")).to_have_text("trying again")
            expect(page.get_by_role("tab", name="Delivery")).to_contain_text("✕ 1")
            assert list((tmp_path / "warnings").iterdir())

            page.get_by_role("tab", name="Sensors").click()
            expect(page.locator('[data-sensor="Radar"] .sensor-state')).to_have_text("up")
            seen.kill()
            expect(page.locator('[data-sensor="Radar"] .sensor-state')).to_have_text(
                re.compile("stale|down"), timeout=30_000
            )
            expect(page.get_by_role("tab", name="Sensors")).to_contain_text("✕ 1")
            expect(page.get_by_role("tabpanel")).to_contain_text("nothing new is seen")


def test_the_outlook_says_what_may_come_and_every_tab_can_be_read(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off#theme=night")
    page = console.page
    page.get_by_role("tab", name="Outlook").click()
    asset = page.locator(".outlook-asset").first
    expect(asset).to_be_visible(timeout=60_000)
    expect(page.get_by_role("tabpanel")).to_contain_text(re.compile(r"5\d\d futures of \d tracks"))
    expect(asset.locator(".outlook-percent")).to_contain_text("%")
    found = {}
    for name in ("Track", "Sensors", "Outlook", "Rules", "Log", "Delivery"):
        page.get_by_role("tab", name=name).click()
        page.wait_for_timeout(300)
        found[name] = issues(page, ".side")
    page.locator(".posture").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found["posture"] = issues(page, "dialog")
    assert {name: some for name, some in found.items() if some} == {}


def test_tabs_are_walked_by_arrows(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off")
    page = console.page
    page.get_by_role("tab", name="Track").focus()
    before = console.camera()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Sensors")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_contain_text("up")
    page.get_by_role("tab").first.focus()
    page.keyboard.press("ArrowLeft")  # round to the last
    expect(page.get_by_role("tab", name="Delivery")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_contain_text("screens only")
    assert console.camera() == before, "the arrows moved the map as well"
