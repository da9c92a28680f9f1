"""The coverage layer: what is watched, what is not, and what goes at once when a sensor falls silent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.console import Console
from tests.browser.feeds import Radar, radar
from tests.browser.program import Program, vedette
from tests.site.valley import valley_file

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
FEED = """
[[feed]]
sensor = "{name}"
transport = "tcp"
format = "jsonl"
host = "127.0.0.1"
port = {port}
"""
HIGHER, HIDDEN, OUTSIDE, UNKNOWN, LOST = range(5, 10)  # as web/src/coverage/scale.ts
PIXELS = """([x, y]) => {
  const canvas = document.querySelector(".overlay-cover");
  const at = canvas.getContext("2d").getImageData(x - 8, y - 8, 16, 16).data;
  return [...new Uint32Array(at.buffer)];
}"""


@dataclass
class Post:
    """A running post in the valley, and its two radars, which the last test of this file kills."""

    program: Program
    valley: Radar
    hill: Radar


@pytest.fixture(scope="module")
def post(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    site = valley_file(tmp_path_factory.mktemp("post"))
    with radar() as valley, radar() as hill:
        feeds = FEED.format(name="Valley radar", port=valley.port) + FEED.format(
            name="Hill radar", port=hill.port
        )
        site.write_text(site.read_text() + feeds)
        with vedette("watch", str(site), "--port", "0", "--no-browser") as program:
            yield Post(program, valley, hill)


def coverage(console: Console) -> dict[str, Any]:
    found = console.hook("coverage")
    assert isinstance(found, dict)
    return found


def share(console: Console, *kinds: int) -> float:
    shares = coverage(console)["shares"]
    return sum(shares[kind] for kind in kinds) if shares else 0.0


def drawn(console: Console) -> int:
    return int(coverage(console)["painted"])


def at(console: Console, x: float, y: float) -> set[int]:
    """The colours of the layer about a pixel."""
    return set(console.page.evaluate(PIXELS, [x, y]))


def corner_and_middle(console: Console) -> tuple[set[int], set[int]]:
    box = console.page.locator(".map").bounding_box()
    assert box is not None
    return at(console, box["width"] - 60, 60), at(console, box["width"] / 2, box["height"] / 2 - 30)


def test_keys_choose_layer_and_height_and_the_link_carries_them(post: Post, open_page: Open) -> None:
    console = open_page(post.program)
    page = console.page
    page.keyboard.press("c")
    page.keyboard.press("c")
    page.keyboard.press("v")
    expect(page.get_by_role("combobox", name="Coverage")).to_have_value("Valley radar")
    expect(page.locator(".cover-legend")).to_contain_text("seen only above 60 m", timeout=30_000)
    assert share(console, HIGHER) > 0.1
    assert share(console, 1, 2, 3, 4) == 0
    console.until(lambda: "cover=Valley%20radar&below=60" in page.url, "the link was not written")
    other = open_page(post.program, page.url.removeprefix(post.program.url))
    other.until(lambda: share(other, HIGHER) > 0.1, "the link does not show it")
    assert coverage(other)["below"] == 60
    for _ in range(3):
        page.keyboard.press("c")
    expect(page.locator(".cover-legend")).to_have_count(0)


def test_the_layer_follows_the_map_in_every_theme(post: Post, open_page: Open) -> None:
    console = open_page(post.program, "?gl=off#cover=fused")
    console.until(lambda: drawn(console) > 0, "nothing was painted")
    console.page.wait_for_timeout(500)
    before, painted = corner_and_middle(console), drawn(console)
    console.page.keyboard.press("n")
    console.until(lambda: drawn(console) > painted, "the theme did not repaint it")
    console.page.wait_for_timeout(300)
    night = corner_and_middle(console)
    assert not night[1] & before[1]
    assert len(night[0]) > 1
    painted = drawn(console)
    console.page.keyboard.press("+")
    console.until(lambda: drawn(console) > painted, "the zoom did not repaint it")


def test_watched_and_not_watched_look_different_and_a_lost_sensor_shows(post: Post, open_page: Open) -> None:
    console = open_page(post.program)
    page = console.page
    choice = page.get_by_role("combobox", name="Coverage")
    expect(choice).to_have_value("")
    expect(page.locator(".cover-legend")).to_have_count(0)
    choice.select_option("fused")
    legend = page.locator(".cover-legend")
    expect(legend).to_contain_text("60 m or lower", timeout=30_000)
    expect(legend).to_contain_text("no symbol, no target")
    expect(legend).to_contain_text("no symbol says nothing")
    console.until(
        lambda: share(console, LOST) == 0 and share(console, 0) > 0.1, "both radars are not counted"
    )
    console.until(lambda: drawn(console) > 0, "nothing was painted")
    page.wait_for_timeout(500)
    beyond, watched = corner_and_middle(console)
    assert len(watched) == 1, "a watched place is plain"
    assert len(beyond) > 1, "a place that is not watched has a pattern"
    assert not watched & beyond
    whole = share(console, 0, 1, 2, 3, 4)

    post.valley.kill()
    expect(legend).to_contain_text(
        re.compile(r"Sees nothing now: Valley radar \((down|stale)"), timeout=30_000
    )
    console.until(lambda: share(console, LOST) > 0.01, "what the radar alone saw is not lost")
    assert share(console, 0, 1, 2, 3, 4) + share(console, LOST) == pytest.approx(whole)
    choice.select_option("Valley radar")
    console.until(lambda: share(console, 0, 1, 2, 3, 4) == 0, "a silent radar's own map still sees")
    assert share(console, LOST) > 0.5

    post.hill.kill()
    choice.select_option("fused")
    console.until(lambda: share(console, LOST) == pytest.approx(whole), "with both gone nothing is watched")
