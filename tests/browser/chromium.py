"""The browser that drives the page: Debian's headless Chromium, or whatever VEDETTE_CHROMIUM names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",  # continuous integration runs as root
    "--enable-unsafe-swiftshader",  # WebGL without a graphics card
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> tuple[str | None, str]:
    """Path of the executable, or None and the reason in a sentence."""
    named = os.environ.get("VEDETTE_CHROMIUM")
    if named:
        if Path(named).is_file():
            return named, ""
        return None, f"VEDETTE_CHROMIUM names {named}, where there is no file."
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found, ""
    return None, (
        "No Chromium was found. On Debian: apt-get install --no-install-recommends chromium-headless-shell "
        "fonts-dejavu-core; elsewhere set VEDETTE_CHROMIUM to the executable."
    )


@contextmanager
def launched(executable: str) -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()
