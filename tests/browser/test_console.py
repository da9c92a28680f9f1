"""The page in a real browser against the real program: `vedette demo`."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.console import Console
from tests.browser.program import Program

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
STATES = {"connecting", "up", "stale", "down", "ended"}
BASEMAPS = pytest.mark.parametrize("query", ["", "?gl=off"], ids=["webgl", "canvas"])


def places(console: Console) -> dict[int, tuple[float, float]]:
    return {track["id"]: (track["x"], track["y"]) for track in console.tracks()}


def on_screen(console: Console) -> list[dict[str, Any]]:
    """Tracks well inside the map, where nothing covers them, the worst alert first."""
    box = console.page.locator(".map").bounding_box()
    assert box is not None
    inside = [
        track
        for track in console.tracks()
        if 20 < track["x"] < box["width"] - 20 and 60 < track["y"] < box["height"] - 140
    ]
    return sorted(inside, key=lambda track: (-track["severity"], track["id"]))


def click_on(console: Console, track: dict[str, Any]) -> None:
    console.page.locator(".map").click(position={"x": track["x"], "y": track["y"]})


@BASEMAPS
def test_tracks_move(demo: Program, open_page: Open, query: str) -> None:
    console = open_page(demo, query)
    assert console.hook("basemap") == ("canvas" if query else "webgl")
    before = places(console)

    def moved() -> list[int]:
        return [
            ident
            for ident, (x, y) in places(console).items()
            if ident in before and abs(x - before[ident][0]) + abs(y - before[ident][1]) > 0.5
        ]

    assert console.until(moved, "no track moved by half a pixel")


def test_alert_appears_and_is_acknowledged_by_name(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off")
    page = console.page
    card = page.locator(".alert.new").first
    card.wait_for(timeout=120_000)
    alert = card.get_attribute("data-alert")
    assert card.locator(".sentence").inner_text().strip()
    assert card.locator(".ttg").inner_text().strip()

    card.get_by_role("button", name="Acknowledge").click()
    expect(page.locator(".notice")).to_contain_text("name")  # an acknowledgement is signed
    expect(page.locator("#operator")).to_be_focused()
    page.locator("#operator").fill("Sgt Example")
    this = page.locator(f'[data-alert="{alert}"]')
    this.get_by_role("button", name="Acknowledge").click()
    expect(this).to_contain_text("Acknowledged by Sgt Example", timeout=15_000)
    expect(this.get_by_role("button", name="Acknowledge")).to_have_count(0)

    page.reload()
    expect(page.locator("#operator")).to_have_value("Sgt Example")
    expect(page.locator(f'[data-alert="{alert}"]')).to_contain_text("Acknowledged by Sgt Example")


def test_one_click_on_an_alert_shows_its_track(demo: Program, open_page: Open) -> None:
    console = open_page(demo)
    zoom = console.camera()["zoom"]
    console.page.locator(".alert .alert-main").first.click(timeout=120_000)
    console.until(lambda: console.camera()["zoom"] > zoom + 0.5, "the map did not zoom to the alert's track")
    expect(console.page.locator("#detail-title")).to_contain_text("Track T")
    expect(console.page.locator(".detail .facts")).to_be_visible()


def test_click_on_a_track_opens_its_detail_card(demo: Program, open_page: Open) -> None:
    console = open_page(demo)
    track = console.until(lambda: on_screen(console), "no track is inside the map")[0]
    click_on(console, track)
    title = console.page.locator("#detail-title")
    expect(title).to_contain_text("Track T")
    card = console.page.locator(".detail")
    for words in ("height", "speed", "course", "range", "bearing", "Existence", "Sensors", "Uncertainty"):
        expect(card).to_contain_text(words)
    expect(card).to_contain_text("ago")  # every fact says how old it is
    console.page.keyboard.press("Escape")
    expect(card).to_contain_text("No track selected")


def test_labels_have_three_levels(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off#labels=1")
    names = console.until(lambda: console.hook("labels"), "no label was written")
    assert {len(lines) for lines in names} <= {1, 2}  # two for the track of an alert
    console.page.keyboard.press("l")
    console.until(lambda: max(map(len, console.hook("labels"))) == 2, "level 2 did not come")
    console.page.keyboard.press("L")
    console.until(lambda: max(map(len, console.hook("labels"))) == 4, "level 3 did not come")
    console.page.keyboard.press("l")
    expect(console.page.locator(".tools")).to_contain_text("name")


def test_the_link_carries_view_labels_trails_selection_and_theme(demo: Program, open_page: Open) -> None:
    console = open_page(demo)
    page = console.page
    start = console.camera()
    for key in ("l", "t", "n", "j", "+"):
        page.keyboard.press(key)
    console.rest(start)
    expect(page.locator("html")).to_have_attribute("data-theme", "night")
    console.until(lambda: "track=" in page.url and "theme=night" in page.url, "the link was not written")
    camera = console.camera()
    place = f"map={camera['latitude']:.4f},{camera['longitude']:.4f},{camera['zoom']:.2f}&"
    console.until(lambda: place in page.url, "the link does not lead where the map has come to rest")
    link = page.url
    assert "labels=3" in link
    assert "trails=all" in link
    other = open_page(demo, link.removeprefix(demo.url))
    assert other.camera() == pytest.approx(camera, abs=0.01)
    expect(other.page.locator("html")).to_have_attribute("data-theme", "night")
    expect(other.page.locator(".tools")).to_contain_text("all")
    assert other.text("#detail-title") == console.text("#detail-title")


@BASEMAPS
def test_map_moves_by_mouse_wheel_and_keys(demo: Program, open_page: Open, query: str) -> None:
    console = open_page(demo, query)
    page = console.page
    start = console.camera()

    page.mouse.move(500, 450)
    page.mouse.wheel(0, -300)
    console.until(lambda: console.camera()["zoom"] > start["zoom"] + 0.2, "the wheel did not zoom in")

    before = console.rest()
    page.mouse.down()
    page.mouse.move(350, 450, steps=5)
    page.mouse.up()
    console.until(
        lambda: console.camera()["longitude"] > before["longitude"] + 0.005, "the drag did not move it"
    )

    before = console.rest()
    page.keyboard.press("ArrowUp")
    console.until(
        lambda: console.camera()["latitude"] > before["latitude"] + 0.005, "the arrow did not move it"
    )

    before = console.rest()
    page.keyboard.press("-")
    console.until(lambda: console.camera()["zoom"] < before["zoom"] - 0.5, "the minus key did not zoom out")
    page.keyboard.press("h")
    console.until(lambda: console.camera() == pytest.approx(start, abs=0.02), "H did not go back to the site")


def test_map_rests_while_tracks_move(demo: Program, open_page: Open) -> None:
    """MapLibre may draw only when the view moves: in software a redraw costs more than everything else."""
    console = open_page(demo)

    def calls_while_tracks_move(draws: int) -> tuple[int, int]:
        """WebGL's calls before and after the tracks were drawn so often, however busy the machine is."""
        calls, drawn = console.webgl_calls(), console.hook("cost")["draws"]
        console.until(lambda: console.hook("cost")["draws"] >= drawn + draws, "the tracks stand still")
        return calls, console.webgl_calls()

    def loaded() -> bool:  # on a busy machine the map's own loading takes many seconds
        before, after = calls_while_tracks_move(5)
        return 0 < before == after

    console.until(loaded, "the map redraws without end")
    redraws, after = calls_while_tracks_move(10)
    assert after == redraws
    console.page.keyboard.press("ArrowLeft")
    console.until(lambda: console.webgl_calls() > redraws, "the count of WebGL calls does not count")


def test_canvas_takes_over_when_the_graphics_driver_gives_up(demo: Program, open_page: Open) -> None:
    console = open_page(demo)
    camera = console.camera()
    console.page.evaluate(
        """() => document.querySelector(".map canvas").getContext("webgl2")
          .getExtension("WEBGL_lose_context").loseContext()"""
    )
    console.until(lambda: console.hook("basemap") == "canvas", "the canvas did not take over")
    assert console.camera() == pytest.approx(camera, abs=1e-6)
    console.page.keyboard.press("+")
    console.until(lambda: console.camera()["zoom"] > camera["zoom"] + 0.5, "the canvas map does not zoom")
    assert console.tracks()


def test_two_fingers_zoom_the_canvas_map(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off")
    zoom = console.camera()["zoom"]
    fingers = console.page.context.new_cdp_session(console.page)

    def touch(kind: str, *xs: int) -> None:
        points = [{"x": x, "y": 450, "id": i} for i, x in enumerate(xs)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 450, 550)
    for spread in range(10, 110, 10):
        touch("touchMove", 450 - spread, 550 + spread)
    touch("touchEnd")
    console.until(lambda: console.camera()["zoom"] > zoom + 0.8, "the map did not zoom")


def test_help_lists_keys_and_symbols(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off")
    console.page.keyboard.press("?")
    dialog = console.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Trails")
    assert dialog.locator(".symbol canvas").count() >= 8
    console.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_sensors_say_their_state_and_where_their_data_come_from(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off")
    sensors = console.page.locator(".sensor")
    console.page.get_by_role("tab", name="Sensors").click()
    expect(sensors.first).to_be_visible()
    for i in range(sensors.count()):
        assert sensors.nth(i).locator(".sensor-state").inner_text() in STATES
    sensors.first.locator("summary").click()
    expect(sensors.first.locator("details dl")).to_be_visible()
    words = console.text(".sensors").lower()
    assert "real ads-b" in words  # recorded elsewhere and moved here, and the page says so
    assert "moved to this site and time" in words
    assert "simulated" in words
    expect(console.page.locator(".badge-fictional")).to_be_visible()
    expect(console.page.locator(".badge-mode")).to_have_text("DEMO")


@pytest.mark.parametrize(("width", "height"), [(420, 900), (1024, 700), (1920, 1080)])
def test_nothing_is_cut_off(demo: Program, open_page: Open, width: int, height: int) -> None:
    console = open_page(demo, width=width, height=height)
    overflow = console.page.evaluate(
        """() => [...document.querySelectorAll("header, header *, .side, .panel, .tools, .tools *")]
          .filter((e) => getComputedStyle(e).display !== "none")
          .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
          .map((e) => e.className)"""
    )
    assert overflow == []
    box = console.page.locator(".map").bounding_box()
    assert box is not None
    assert box["height"] >= 280
