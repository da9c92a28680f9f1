"""What the page says and does when its server goes away and comes back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.program import vedette

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
# What the browser itself writes about a connection that is refused: the very thing these tests provoke.
REFUSED = re.compile(r"console: WebSocket connection to .* failed|ERR_CONNECTION_REFUSED")


def test_a_lost_server_is_said_loudly_and_found_again_and_a_stopped_one_says_goodbye(
    built: None, open_page: Open
) -> None:
    with vedette("demo", "--port", "0", "--no-browser") as first:
        console = open_page(first)
        page = console.page
        banner = page.locator(".banner.lost")
        expect(banner).to_have_count(0)
        first.kill()
        expect(banner).to_contain_text("CONNECTION TO THE SERVER LOST", timeout=15_000)
        expect(page.locator("html")).to_have_class(re.compile("not-current"))
        expect(banner).to_contain_text(re.compile(r"[2-9] s without data"), timeout=15_000)
        assert console.tracks(), "the last picture stays, marked as old"
        port = first.port
    with vedette("demo", "--port", str(port), "--no-browser"):
        expect(banner).to_have_count(0, timeout=30_000)
        expect(page.locator("html")).not_to_have_class(re.compile("not-current"))
        console.until(console.tracks, "no track came back")
        console.faults[:] = [fault for fault in console.faults if not REFUSED.search(fault)]
        assert console.faults == []
    expect(banner).to_contain_text("stopped", timeout=15_000)
    console.faults[:] = [fault for fault in console.faults if not REFUSED.search(fault)]
