"""What the map can be asked: fewer tracks, a table of them, measures, another way up, other units, files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect
from pyproj import Geod

from tests.browser.conftest import Open
from tests.browser.console import Console
from tests.browser.program import Program
from tests.browser.test_console import BASEMAPS, click_on, on_screen

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PLACE = re.compile(r"(\d+\.\d+)° ([NS]) (\d+\.\d+)° ([EW])")


def places(text: str) -> list[tuple[float, float]]:
    """Latitude and longitude of each place in a text."""
    return [
        (float(lat) * (1 if ns == "N" else -1), float(lon) * (1 if ew == "E" else -1))
        for lat, ns, lon, ew in PLACE.findall(text)
    ]


def click_at(page: Page, x: float, y: float) -> None:
    page.locator(".map").click(position={"x": x, "y": y})


def test_a_measure_is_the_geodesic_and_follows_a_track(demo: Program, open_page: Open) -> None:
    console = open_page(demo)
    page = console.page
    page.keyboard.press("m")
    sheet = page.locator(".sheet")
    click_at(page, 620, 560)
    expect(sheet).to_contain_text("click the other end")
    click_at(page, 940, 300)
    words = sheet.locator(".measures li").first.inner_text()
    (lat1, lon1), (lat2, lon2) = places(words)
    azimuth, back, metres = Geod(ellps="WGS84").inv(lon1, lat1, lon2, lat2)
    assert f"{round(azimuth % 360):03d}°" in words
    assert f"back {round(back % 360):03d}°" in words
    (shown,) = re.findall(r"(\d+\.\d) km", words)
    assert float(shown) == pytest.approx(metres / 1000, abs=0.08)  # the places are rounded to 11 m
    assert "38S " in words  # and in MGRS

    beside = console.until(
        lambda: [t for t in on_screen(console) if t["x"] > 400], "no track is beside the panel", 120
    )
    click_at(page, 520, 620)
    track = next(t for t in on_screen(console) if t["id"] == beside[0]["id"])
    click_on(console, track)
    line = sheet.locator(".measures li").nth(1)
    expect(line).to_contain_text(f"T{track['id']}")
    before = line.inner_text()
    console.until(lambda: line.inner_text() != before, "the measure does not follow the track")
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    click_at(page, 620, 640)  # no longer a measure
    assert console.hook("chosen") == []


def test_a_filter_hides_and_says_so_but_never_an_alert(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off")
    page = console.page
    alarms = lambda: {t["severity"] > 0 for t in console.tracks()}  # noqa: E731
    console.until(lambda: alarms() == {True, False}, "there are not both alarms and others", 120)
    page.keyboard.press("o")
    sheet = page.locator(".sheet")
    sheet.get_by_label("Range up to").fill("0.001")  # nothing is that near
    sheet.get_by_label("Range up to").press("Enter")
    chip = page.locator(".filter-chip")
    expect(chip).to_contain_text(re.compile(r"FILTER ON: [1-9]\d* hidden"))
    console.until(lambda: all(t["severity"] > 0 for t in console.tracks()), "a track is left that is far")
    assert console.tracks(), "tracks with an open alert are never hidden"
    page.locator(".tools").get_by_role("button", name="Tracks").click()
    expect(page.locator(".sheet .count")).to_contain_text(f"{console.hook('hidden')} hidden")
    assert page.locator(".sheet tbody tr .mark").count() == page.locator(".sheet tbody tr").count() > 0
    console.until(lambda: "filter=range.1" in page.url, "the link does not carry the filter")
    other = open_page(demo, page.url.removeprefix(demo.url))
    expect(other.page.locator(".filter-chip")).to_be_visible()
    chip.get_by_role("button", name="Show all").click()
    expect(chip).to_have_count(0)
    assert console.hook("hidden") == 0


def test_the_table_sorts_searches_and_is_worked_by_keys(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off")
    page = console.page
    console.until(lambda: len(console.tracks()) > 1, "there is but one track")
    page.keyboard.press("g")
    rows = page.locator(".sheet tbody tr")
    expect(rows.first).to_be_visible()
    speed = page.locator(".sheet th.col-speed")
    speed.get_by_role("button").click()
    expect(speed).to_have_attribute("aria-sort", "ascending")
    speed.get_by_role("button").click()
    expect(speed).to_have_attribute("aria-sort", "descending")

    rows.first.get_by_role("button").focus()
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("() => document.activeElement.closest('tr').dataset.track")
    page.keyboard.press("Enter")
    assert console.hook("chosen") == [int(focused)]
    expect(page.locator("#detail-title")).to_contain_text(f"T{focused}")
    start = console.camera()
    page.locator(".sheet").get_by_role("searchbox").fill("afr")
    expect(rows).to_have_count(1)
    page.keyboard.type("tlnpm")  # writing is writing: no key acts
    expect(page.locator(".sheet")).to_contain_text("No track matches")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator(".sheet-tracks")).to_be_visible()
    page.locator(".sheet").get_by_role("searchbox").fill("afr")
    rows.first.click()
    console.until(
        lambda: abs(console.camera()["longitude"] - start["longitude"]) > 0.02, "the map did not go there"
    )


def test_units_heights_places_and_themes_by_keys_and_they_are_remembered(
    demo: Program, open_page: Open
) -> None:
    console = open_page(demo, "?gl=off")
    page = console.page
    html, readout = page.locator("html"), page.locator(".readout")
    expect(readout).to_contain_text("heights above site, m")
    for key in ("i", "z", "x", "n", "n"):
        page.keyboard.press(key)
    expect(html).to_have_attribute("data-theme", "day")
    expect(readout).to_contain_text("heights MSL (EGM96), ft")
    page.mouse.move(600, 400)
    expect(readout).to_contain_text(re.compile(r"38S [A-Z]{2} \d{5} \d{5}"))
    expect(readout).to_contain_text(re.compile(r"\d{3}° \d+\.\d NM from site"))
    console.until(
        lambda: any("ft MSL" in line and "kt" in line for lines in console.hook("labels") for line in lines),
        "the labels are not in feet and knots",
    )
    console.until(lambda: "heights=msl" in page.url and "units=aviation" in page.url, "not in the link")
    page.goto(demo.url + "api/health")
    console.open()
    expect(html).to_have_attribute("data-theme", "day")
    expect(readout).to_contain_text("heights MSL (EGM96), ft")


@BASEMAPS
def test_the_map_turns_and_saved_views_come_back(demo: Program, open_page: Open, query: str) -> None:
    console = open_page(demo, query)
    page = console.page
    start = console.camera()
    page.keyboard.press("e")
    console.rest(start)
    page.keyboard.press("[")
    console.until(lambda: console.camera()["bearing"] == pytest.approx(15, abs=0.1), "the map did not turn")
    expect(page.locator(".compass")).to_contain_text("015°")
    track = console.until(lambda: on_screen(console), "no track is inside the map")[0]
    click_on(console, track)  # picks at the turned place
    assert console.hook("chosen") == [track["id"]]
    page.keyboard.press("Shift+Digit3")
    saved = console.camera()
    page.keyboard.press("d")
    console.rest(saved)
    page.keyboard.press("\\")
    console.until(lambda: abs(console.camera()["bearing"]) < 0.1, "north is not up")
    assert console.camera()["longitude"] > saved["longitude"] + 0.01
    page.keyboard.press("3")
    console.until(lambda: console.camera() == pytest.approx(saved, abs=0.01), "the view did not come back")


def test_a_box_selects_several_and_they_are_read_out_together(demo: Program, open_page: Open) -> None:
    console = open_page(demo)
    page = console.page
    console.until(lambda: len(on_screen(console)) > 1, "there are not two tracks on the map", 120)
    before = console.camera()
    page.keyboard.down("Shift")
    page.mouse.move(20, 130)
    page.mouse.down()
    page.mouse.move(1030, 760, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    chosen = console.until(lambda: console.hook("chosen"), "the box chose nothing")
    assert len(chosen) > 1
    assert console.camera() == pytest.approx(before, abs=1e-6)  # the map stayed where it was
    group = page.locator(".group")
    expect(group).to_contain_text(f"{len(chosen)} tracks")
    group.get_by_role("button").last.click()  # one out
    console.until(lambda: len(console.hook("chosen")) == len(chosen) - 1, "it is still chosen")
    page.keyboard.press("Escape")
    assert console.hook("chosen") == []


def saved(page: Page, name: str) -> str:
    with page.expect_download() as download:
        page.locator(".sheet").get_by_role("button", name=name).last.click()
    return Path(download.value.path()).read_text()


def test_tracks_are_saved_in_every_format(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off#open=settings")
    page = console.page
    console.until(lambda: len(saved(page, "CSV").splitlines()) > 2 * len(console.tracks()), "no past to save")
    shown = len(console.tracks())
    features = json.loads(saved(page, "GeoJSON"))["features"]
    assert abs(len(features) - shown) <= 1
    kml = ElementTree.fromstring(saved(page, "KML"))
    assert kml.findall(".//{http://www.google.com/kml/ext/2.2}coord")
    gpx = ElementTree.fromstring(saved(page, "GPX"))
    point = gpx.find(".//{http://www.topografix.com/GPX/1/1}trkpt")
    assert point is not None
    assert 20 < float(point.attrib["lat"]) < 50
    head, *lines = saved(page, "CSV").splitlines()
    assert head.startswith("time,track,name")
    assert len(lines) >= len(features)


def test_reports_of_a_sensor_are_shown_as_they_come(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "?gl=off#open=settings")
    page = console.page
    assert console.hook("plots") == 0
    page.get_by_label("Raw reports of").select_option("North radar")
    console.until(lambda: console.hook("plots") > 3, "no plot came")
    page.get_by_label("Raw reports of").select_option("")
    console.until(lambda: console.hook("plots") == 0, "the plots did not go")


def test_military_symbols_are_fetched_only_when_wanted(demo: Program, open_page: Open) -> None:
    console = open_page(demo)
    page = console.page
    fetched: list[str] = []
    page.on("response", lambda response: fetched.append(response.url))
    page.wait_for_timeout(500)
    assert not any("milsymbol" in url for url in fetched)
    page.keyboard.press(",")
    page.get_by_role("button", name="2525 / APP-6").click()
    console.until(lambda: any("milsymbol" in url for url in fetched), "the symbols were not fetched")
    console.until(lambda: "symbols=military" in page.url, "not in the link")


def test_a_wall_screen_is_one_link(demo: Program, open_page: Open) -> None:
    console = open_page(demo, "#kiosk=1&scale=1.5&trails=all", width=1920, height=1080)
    page = console.page
    for part in (".tools", ".header .icon"):
        expect(page.locator(part)).to_be_hidden()
    box = page.locator(".header").bounding_box()
    assert box is not None
    assert box["height"] == pytest.approx(72, abs=2)
    console.until(lambda: "kiosk=1" in page.url and "scale=1.5" in page.url, "the link forgot it")


def test_the_first_load_is_small(demo: Program, open_page: Open) -> None:
    """As it comes over the wire: fonts as they are, all else gzipped by the server."""
    console = open_page(demo)
    session = console.page.context.new_cdp_session(console.page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    console.open("?fresh=1")
    console.page.wait_for_timeout(1000)
    assert 0.3e6 < sum(sizes) <= 1.5e6
    console.faults[:] = [f for f in console.faults if not f.startswith("failed:")]  # cut off by the reload


def tapped(console: Console) -> list[int]:
    found: list[int] = console.hook("chosen")
    return found


def test_a_finger_selects_on_a_small_screen(demo: Program, open_page: Open) -> None:
    console = open_page(demo, width=420, height=900)
    page = console.page
    box = page.locator(".map").bounding_box()
    assert box is not None
    inside = [
        t
        for t in console.until(console.tracks, "no track came")
        if 10 < t["x"] < box["width"] - 10 and 60 < t["y"] < box["height"] - 110
    ]
    fingers = page.context.new_cdp_session(page)
    track = inside[0]
    point = {"x": box["x"] + track["x"], "y": box["y"] + track["y"], "id": 1}
    fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    console.until(lambda: tapped(console), "the tap chose nothing")
    for button in ("Tracks", "Filter", "Measure", "Settings"):
        page.locator(".tools").get_by_role("button", name=button).click()
        sheet = page.locator(".sheet").bounding_box()
        assert sheet is not None
        assert sheet["x"] >= 0
        assert sheet["x"] + sheet["width"] <= 420
        page.locator(".sheet").get_by_role("button", name="Close").click()
