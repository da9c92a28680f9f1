"""That everybody can read and work the page: axe-core in every theme with every panel open, and at 200 %."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import issues
from tests.browser.conftest import Open
from tests.browser.program import Program

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SHEETS = {"g": "tracks", "o": "filter", "m": "measure", ",": "settings"}


@pytest.mark.parametrize("theme", ["dark", "night", "day"])
def test_axe_finds_nothing_serious(demo: Program, open_page: Open, theme: str) -> None:
    console = open_page(demo, f"#theme={theme}&cover=fused&filter=existence.0.5")
    page = console.page
    page.keyboard.press("j")
    expect(page.locator(".detail .facts").first).to_be_visible()
    rules = () if theme == "dark" else ("color-contrast",)  # a theme changes nothing else
    found = {"the page": issues(page, "html", *rules)}
    for key, name in SHEETS.items():
        page.keyboard.press(key)
        expect(page.locator(f".sheet-{name}")).to_be_visible()
        found[name] = issues(page, ".sheet", *rules)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found["help"] = issues(page, "dialog", *rules)
    assert {name: some for name, some in found.items() if some} == {}


# How many pixels there are to read in: of what scrolls, where anything does.
ROOM = """sheet => {
    const scrolls = [sheet, ...sheet.querySelectorAll("*")].filter(
        e => /auto|scroll/.test(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight + 1
    );
    return Math.min(...(scrolls.length ? scrolls : [sheet]).map(e => e.clientHeight));
}"""
SECOND = """() => {
    const banners = document.querySelector(".banners");
    if (banners.children.length < 2) banners.append(banners.firstElementChild.cloneNode(true));
}"""


@pytest.mark.parametrize("banners", [1, 2])
def test_at_two_hundred_percent_nothing_is_lost(demo: Program, open_page: Open, banners: int) -> None:
    """Zoomed to 200 %, a window of 1440 × 900 has room for 720 × 450 of the page's own pixels."""
    page = open_page(demo, width=720, height=450).page
    expect(page.locator(".banner").first).to_be_visible()
    if banners == 2:
        page.evaluate(SECOND)  # as it stands when an alert waits beside advice
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 720
    for button in ("Tracks", "Filter", "Measure", "Settings"):
        page.locator(".tools").get_by_role("button", name=button).click()
        sheet, map_ = page.locator(".sheet").bounding_box(), page.locator(".map").bounding_box()
        assert sheet is not None
        assert map_ is not None
        assert sheet["y"] + sheet["height"] <= map_["y"] + map_["height"], f"{button} runs off the map"
        shown = page.locator(".sheet").evaluate(ROOM)
        assert shown > 90, f"{button} shows {shown} px of what it holds"
        page.locator(".sheet").get_by_role("button", name="Close").click()
