"""A direction in which something is, at a distance nobody knows: on the map, and not as a track."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Open
from tests.browser.feeds import is_heard, radar
from tests.browser.program import vedette

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SITE = """
[site]
name = "Post (fictional)"
fictional = true
latitude = 33.8
longitude = 42.4
height = 200.0
rings = [5_000, 10_000]

[[sensor]]
kind = "rf_bearing"
name = "Finder"
height = 20
range_max = 15_000
bearing_floor = 2

[[feed]]
sensor = "Finder"
transport = "tcp"
format = "jsonl"
host = "127.0.0.1"
port = {port}
"""
INK = """([x, y]) => {
  const canvas = document.querySelector(".overlay-trails");
  const { data } = canvas.getContext("2d").getImageData(x - 12, y - 12, 24, 24);
  let drawn = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i] > 0) drawn += 1;
  return getComputedStyle(canvas).visibility === "visible" ? drawn : 0;
}"""


def test_a_bearing_without_a_track_is_a_ray(built: None, open_page: Open, tmp_path: Path) -> None:
    with radar(is_heard) as finder:
        site = tmp_path / "site.toml"
        site.write_text(SITE.format(port=finder.port))
        with vedette("watch", str(site), "--port", "0", "--no-browser") as program:
            console = open_page(program, "?gl=off", tracks=False)
            console.until(lambda: console.hook("bearings") == 1, "the bearing was not told", 60)
            assert console.tracks() == []
            page = console.page
            box = page.locator(".map").bounding_box()
            assert box is not None
            middle = (box["width"] / 2, box["height"] / 2)
            north_east = (middle[0] + 104, middle[1] - 60)  # 60 degrees, 120 pixels from the site
            console.until(lambda: page.evaluate(INK, north_east) > 50, "the ray is not drawn")
            assert page.evaluate(INK, (middle[0] - 104, middle[1] + 60)) == 0
            page.keyboard.press(",")
            page.get_by_label("bearings without a track").uncheck()
            console.until(lambda: page.evaluate(INK, north_east) == 0, "the ray does not go")
