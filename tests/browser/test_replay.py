"""A recording on the page: it says loudly that it is one, and every control does what it says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.console import Console
from tests.browser.program import COMMAND, Program, vedette

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def replayed(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The scenario of the two drones, recorded and then replayed."""
    recording: Path = tmp_path_factory.mktemp("recording") / "night.mcap"
    subprocess.run([*COMMAND, "simulate", "two-drones", "--out", str(recording)], check=True, timeout=180)
    with vedette("replay", str(recording), "--port", "0", "--no-browser") as program:
        yield program


def play_head(page: Page) -> float:
    return float(page.get_by_label("Time in the recording").input_value())


def at_rest(page: Page, console: Console) -> float:
    """Where the play-head has come to stand."""
    heads = [play_head(page)]

    def still() -> bool:
        heads.append(play_head(page))
        return len(heads) > 4 and len(set(heads[-4:])) == 1

    console.until(still, "the recording plays on")
    return heads[-1]


def test_replay_is_unmistakable_and_obeys(replayed: Program, open_page: Open) -> None:
    console = open_page(replayed)
    page = console.page
    banner = page.locator(".banner.replaying")
    expect(banner).to_contain_text("REPLAY")
    expect(page.locator(".badge-mode")).to_have_text("REPLAY")

    for act in ("Acknowledge", "New rule"):  # it repeats what people did
        expect(page.get_by_role("button", name=act)).to_have_count(0)
    expect(page.locator(".sound-state")).not_to_contain_text("Sound on")

    page.get_by_label("Speed").select_option("10")
    expect(banner).to_contain_text("10×")
    before = play_head(page)
    console.until(lambda: play_head(page) > before + 15, "ten times the pace does not show")

    page.keyboard.press("Space")
    expect(banner).to_contain_text("paused")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    halted = at_rest(page, console)  # what was on its way has come
    page.wait_for_timeout(1200)  # twelve seconds of the recording, at its pace
    assert play_head(page) == pytest.approx(halted, abs=1.5)

    page.keyboard.press("Shift+ArrowRight")
    console.until(lambda: play_head(page) > halted + 7, "Shift and → did not step ten seconds")
    page.keyboard.press("Space")
    expect(banner).not_to_contain_text("paused")


def test_a_mark_on_the_slider_leads_to_its_alert(replayed: Program, open_page: Open) -> None:
    console = open_page(replayed)
    page = console.page
    slider = page.get_by_label("Time in the recording")
    slider.focus()
    page.keyboard.press("Home")
    console.until(lambda: play_head(page) < float(slider.get_attribute("min") or 0) + 20, "Home did not seek")
    marks = page.locator(".marks .mark")
    assert marks.count() > 0, "the recording has alerts, so the slider must show them"
    begin = play_head(page)
    marks.last.click()
    console.until(lambda: play_head(page) > begin + 5, "the mark did not seek")
    expect(page.locator(".alert").first).to_be_visible(timeout=20_000)


def test_the_replay_bar_does_all_it_shows(replayed: Program, open_page: Open) -> None:
    console = open_page(replayed)
    page = console.page
    expect(page.get_by_role("button", name="LIVE")).to_have_count(0)  # a recording has no present
    adsb = page.locator('[data-sensor="ADS-B"]')
    if adsb.count():  # the scenario has no transponder, and nobody waits for one
        expect(adsb).not_to_contain_text("connecting")
        expect(adsb).to_contain_text("holds nothing of this sensor")
    assert page.locator(".density path").get_attribute("d")

    slider = page.get_by_label("Time in the recording")
    page.keyboard.press("Space")
    expect(page.locator(".banner.replaying")).to_contain_text("paused")
    slider.focus()
    page.keyboard.press("Home")
    begin = float(slider.get_attribute("min") or 0)
    console.until(lambda: play_head(page) < begin + 3, "Home did not go to the begin")
    page.keyboard.press("Shift+ArrowRight")
    console.until(lambda: begin + 8 < play_head(page) < begin + 13, "Shift and → on the slider is not 10 s")
    page.locator(".map").click(position={"x": 300, "y": 500})
    page.keyboard.press("ArrowRight")
    console.until(lambda: begin + 9 < play_head(page) < begin + 14, "→ is not a second")

    clock = page.locator("button.replay-time")
    assert re.fullmatch(r"0:1\d", clock.inner_text())
    clock.click()
    expect(clock).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    page.locator(".marks .mark").last.click()  # where there is something to see, for the next test
    console.until(lambda: play_head(page) > begin + 15, "the mark did not seek")


def test_a_part_is_played_again_and_again(replayed: Program, open_page: Open) -> None:
    console = open_page(replayed)
    page = console.page
    page.get_by_label("Speed").select_option("10")
    loop = page.locator(".loop")
    if page.get_by_role("button", name="Play", exact=True).count():
        page.keyboard.press("Space")
    start = play_head(page)
    loop.click()
    console.until(lambda: play_head(page) > start + 12, "the recording does not play")
    loop.click()
    expect(loop).to_contain_text("A–B")
    heads: list[float] = []

    def fell_back() -> bool:
        heads.append(play_head(page))
        return len(heads) > 8 and sum(b < a - 5 for a, b in pairwise(heads)) >= 2

    console.until(fell_back, "the part does not begin again")
    loop.click()
    expect(loop).to_have_attribute("aria-pressed", "false")


def test_a_link_leads_to_a_moment(replayed: Program, open_page: Open) -> None:
    console = open_page(replayed)
    page = console.page
    page.get_by_label("Speed").select_option("30")
    page.get_by_role("button", name="Link").click()
    console.until(lambda: "&t=" in page.url, "the address does not hold the moment")
    moment = float(page.url.split("&t=")[1])
    link = page.url.removeprefix(replayed.url)
    page.keyboard.press("Shift+ArrowRight")
    console.until(lambda: play_head(page) > moment + 5, "the step did not step")
    other = open_page(replayed, link)
    other.until(lambda: abs(play_head(other.page) - moment) < 2, "the link did not lead there")
    expect(other.page.locator(".banner.replaying")).to_contain_text("paused")
