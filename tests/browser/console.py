"""The page as a test sees it: its read-only hook, and everything it did that it must not do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

T = TypeVar("T")
COUNT_WEBGL = """
window.webglCalls = 0;
for (const name of ["drawElements", "drawArrays"]) {
  const original = WebGL2RenderingContext.prototype[name];
  WebGL2RenderingContext.prototype[name] = function (...given) {
    window.webglCalls += 1;
    return original.apply(this, given);
  };
}
"""
PATIENCE_S = 45.0
LEFT = "net::ERR_ABORTED"  # what a page still asked for when it was loaded anew
POLL_MS = 100


@dataclass
class Console:
    """One open page, and where its map looked when it was opened.

    `faults` collects console errors, uncaught errors, and requests that failed or went anywhere else.
    """

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)
    start: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page.add_init_script(COUNT_WEBGL)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        self.page.on("request", self._requested)
        self.page.on("requestfailed", self._failed)
        self.page.on("websocket", lambda socket: self._reached(socket.url))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.faults.append(f"failed: {request.url} ({request.failure})")

    def _requested(self, request: Request) -> None:
        self._reached(request.url)

    def _reached(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != urlsplit(self.url).netloc:
            self.faults.append(f"external request: {url}")

    def open(self, location: str = "", *, tracks: bool = True) -> Console:
        """Load the page and wait until the map is drawn and, unless there are none, tracks are on it."""
        self.page.goto(self.url + location)
        self.until(lambda: self.hook("basemap") != "loading", "the map was not drawn")
        if tracks:
            self.until(self.tracks, "no track came")
        self.start = self.camera()
        return self

    def hook(self, name: str) -> Any:
        """What window.vedette tells. A function, since the page's policy forbids evaluating strings."""
        return self.page.evaluate("(name) => window.vedette ? window.vedette[name]() : 'loading'", name)

    def tracks(self) -> list[dict[str, Any]]:
        found = self.hook("tracks")
        return found if isinstance(found, list) else []

    def camera(self) -> dict[str, float]:
        camera = self.hook("camera")
        assert isinstance(camera, dict)
        return camera

    def rest(self, moved: dict[str, float] | None = None) -> dict[str, float]:
        """Wait until the map has left the view `moved`, if given, and stands still; where it looks then."""
        if moved is not None:
            self.until(lambda: self.camera() != moved, "the map did not move")
        looks = [self.camera()]

        def still() -> bool:
            looks.append(self.camera())
            return looks[-1] == looks[-2]

        self.page.wait_for_timeout(POLL_MS)
        self.until(still, "the map does not come to rest")
        return looks[-1]

    def webgl_calls(self) -> int:
        """How often WebGL was told to draw since the page was loaded."""
        return int(self.page.evaluate("() => window.webglCalls"))

    def until(self, found: Callable[[], T], otherwise: str, patience: float = PATIENCE_S) -> T:
        """Wait until `found` gives something, and give it back."""
        end = time.monotonic() + patience
        while True:
            result = found()
            if result:
                return result
            assert time.monotonic() < end, f"{otherwise} within {patience} s; faults so far: {self.faults}"
            self.page.wait_for_timeout(POLL_MS)

    def text(self, selector: str) -> str:
        """The text of one element, or nothing when it is not there."""
        element = self.page.locator(selector)
        return element.first.inner_text() if element.count() else ""
