"""A real browser beside the viewers of `vedette bench console`: how old a frame is when the page draws it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vedette.errors import ServiceError

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run")

# Before the page's own script: note each frame's data time as it comes, and the clock at the first stroke on
# an overlay after that. Date.now() and the server's clock are those of one machine.
WATCH = """
(() => {
  const seen = { t: 0, fresh: false, ages: [] };
  window.frameAges = seen;
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (!(data instanceof ArrayBuffer)) return;
        seen.t = new DataView(data).getFloat64(16, true);
        seen.fresh = true;
      });
    }
  };
  const brush = CanvasRenderingContext2D.prototype;
  for (const name of ["drawImage", "stroke", "fill", "fillText"]) {
    const original = brush[name];
    brush[name] = function (...given) {
      if (seen.fresh && this.canvas.className.includes("overlay")) {
        seen.fresh = false;
        seen.ages.push(Date.now() - 1000 * seen.t);
      }
      return original.apply(this, given);
    };
  }
})();
"""


def executable() -> str:
    """The browser that VEDETTE_CHROMIUM names, or one that is installed."""
    named = os.environ.get("VEDETTE_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise ServiceError(
            "No Chromium was found. On Debian: apt-get install --no-install-recommends "
            "chromium-headless-shell fonts-dejavu-core; elsewhere set VEDETTE_CHROMIUM to the executable."
        )
    return found


class Window:
    """One open page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def begin(self) -> None:
        """Forget what was measured so far."""
        self.page.evaluate("() => { window.frameAges.ages.length = 0; }")

    def ages(self) -> list[float]:
        """ms, of each frame that was drawn since."""
        found: list[float] = self.page.evaluate("() => window.frameAges.ages")
        return found


@contextmanager
def window(address: str) -> Iterator[Window]:
    """The page at `address` in a headless browser, once it has settled: it has drawn some frames."""
    try:
        from playwright.sync_api import Error as PageError
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise ServiceError(
            "The browser is driven by playwright, which is not installed; run `make test` once, or "
            "`pip install playwright`."
        ) from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(WATCH)
            try:
                page.goto(address)
                page.wait_for_function("() => window.frameAges.ages.length > 10", timeout=30_000)
            except PageError as error:
                said = str(error).splitlines()[0]
                raise ServiceError(
                    f"The page did not come to drawing ({said}); this machine is too busy for so many "
                    "tracks, ask for fewer."
                ) from None
            yield Window(page)
        finally:
            browser.close()
