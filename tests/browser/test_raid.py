"""The raid of the two drones from end to end: a person accepts the advice and sees what came of it."""

from __future__ import annotations

import json
import re
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests.browser.conftest import Open
from tests.browser.console import Console
from tests.browser.program import COMMAND, vedette

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
WHO = "Sgt Example"
SPEED = "10"


def accepted(console: Console) -> set[int]:
    """Tracks on which this person has accepted advice lately."""
    cards: list[dict[str, Any]] = console.page.request.get(f"{console.url}api/advice").json()["cards"]
    said = [(card["track"], step) for card in cards for step in card["history"]]
    return {track for track, step in said if step["answer"] == "accept" and step["by"] == WHO}


def accept_what_waits(console: Console, decided: set[int]) -> bool:
    """Show what waits for an answer, and accept it. True once both drones have been decided on."""
    page = console.page
    if page.locator(".threat-row.is-decide").count():
        page.keyboard.press("r")
        with suppress(Error):  # it may be withdrawn for better advice while a person reads it
            page.locator(".advice-card.is-open .accept").click(timeout=3_000)
    decided |= accepted(console)
    return len(decided) >= 2


def test_the_two_drones_are_decided_on_by_a_person(built: None, open_page: Open, tmp_path: Path) -> None:
    recording = tmp_path / "raid.mcap"
    arguments = ("--live", "--speed", SPEED, "--port", "0", "--no-browser", "--out", str(recording))
    with vedette("simulate", "two-drones", *arguments) as program:
        console = open_page(program, "?gl=off", tracks=False)
        page = console.page
        expect(page.locator(".badge-mode")).to_have_text("EXERCISE")
        page.locator("#operator").fill(WHO)
        page.keyboard.press("Enter")
        page.locator(".threat-row").first.wait_for(timeout=90_000)
        decided: set[int] = set()
        console.until(lambda: accept_what_waits(console, decided), "not both drones were decided on", 90.0)
        expect(page.locator(".engagement").first).to_contain_text(re.compile("Under way|sensors say|early"))
        page.get_by_text(re.compile(r"The sensors say: (not )?stopped, \d+ % sure")).first.wait_for(
            timeout=90_000
        )
        page.get_by_role("tab", name="Log").click()
        entries = page.locator(".entry", has_text=WHO)
        expect(entries.first).to_be_visible()
        console.faults[:] = [fault for fault in console.faults if "status of 40" not in fault]
    scored = subprocess.run(
        [*COMMAND, "score", str(recording), "--json"], capture_output=True, check=True, timeout=120
    )
    assert json.loads(scored.stdout)
