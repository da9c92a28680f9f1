"""axe-core in the page: what keeps people from reading or working it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
RUN = """async ([part, rules]) => {
  const only = rules.length > 0 ? { runOnly: { type: "rule", values: rules } } : {};
  const { violations } = await window.axe.run(part, { resultTypes: ["violations"], ...only });
  return violations.map(({ id, impact, help, nodes }) => ({
    id, impact, help,
    where: nodes.slice(0, 6).map((node) => `${node.target.join(" ")}: ${node.any[0]?.message ?? ""}`),
  }));
}"""


def script() -> str:
    """The library as the page's own packages bring it; skips where they are not installed."""
    if not SCRIPT.is_file():
        pytest.skip(f"{SCRIPT} is missing: run `npm ci` in web/ first.")
    return SCRIPT.read_text()


def issues(page: Page, part: str = "html", *rules: str) -> list[dict[str, Any]]:
    """Serious and critical issues of a part of the page as it stands; only of `rules` where any is named."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(f"() => {{ {script()} }}")  # evaluated by the browser's tools, which no policy binds
    found: list[dict[str, Any]] = page.evaluate(RUN, [part, list(rules)])
    return [issue for issue in found if issue["impact"] in SERIOUS]
