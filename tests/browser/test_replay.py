"""A recording on the page: it says loudly that it is one, and every control does what it says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
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


def test_replay_is_unmistakable_and_obeys(replayed: Program, open_page: Open) -> None:
    console = open_page(replayed)
    page = console.page
    banner = page.locator(".banner.replaying")
    expect(banner).to_contain_text("REPLAY")
    expect(page.locator(".badge-mode")).to_have_text("REPLAY")

    page.get_by_label("Speed").select_option("10")
    expect(banner).to_contain_text("10×")
    before = play_head(page)
    console.until(lambda: play_head(page) > before + 15, "ten times the pace does not show")

    page.keyboard.press("Space")
    expect(banner).to_contain_text("paused")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.wait_for_timeout(1500)  # what was on its way has come
    halted = play_head(page)
    page.wait_for_timeout(2500)
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
