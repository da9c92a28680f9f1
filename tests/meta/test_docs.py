"""The documentation keeps up with the code, and its links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from tests.meta.source_tree import ROOT
from vedette.cli.commands import app

PAGES = sorted((ROOT / "docs").rglob("*.md"))
WRITTEN = [*sorted(ROOT.glob("*.md")), *PAGES]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def commands() -> Iterator[tuple[str, object]]:
    """('vedette bench pipeline', its click command) for every command that does something."""

    def below(path: str, command: object) -> Iterator[tuple[str, object]]:
        inner = getattr(command, "commands", None)
        if inner is None:
            yield path, command
        for name, one in (inner or {}).items():
            yield from below(f"{path} {name}", one)

    return below("vedette", get_command(app))


COMMANDS = dict(commands())


def headings(text: str) -> set[str]:
    """The anchors of a page's headings, as Markdown renderers make them."""
    found = re.findall(r"^#+ +(.+?)\s*$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in LINK.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        if re.match(r"[a-z]+:", target):
            continue  # another site: not ours to check
        file, _, anchor = target.partition("#")
        found = (page.parent / file).resolve() if file else page
        assert found.exists(), f"{page.name} links to {target}"
        if anchor and found.suffix == ".md":
            assert anchor in headings(found.read_text(encoding="utf-8")), f"{page.name} links to {target}"


def test_every_page_is_in_the_navigation() -> None:
    def listed(nav: object) -> Iterator[str]:
        if isinstance(nav, str):
            yield nav
        for one in nav.values() if isinstance(nav, dict) else nav if isinstance(nav, list) else ():
            yield from listed(one)

    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    assert sorted(listed(settings["nav"])) == sorted(str(page.relative_to(ROOT / "docs")) for page in PAGES)
    assert settings["theme"]["font"] is False, "the pages would ask a font service"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = re.search(rf"^## `{re.escape(name)}.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section, f"docs/cli.md has no section on {name}"
    command = COMMANDS[name]
    options = {option for p in command.params for option in p.opts if option.startswith("--")}  # type: ignore[attr-defined]
    for option in options - {"--help"}:
        assert f"`{option}" in section.group(), f"docs/cli.md does not explain {option} of {name}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_examples(name: str) -> None:
    assert f"{name}" in COMMANDS[name].help.partition("Examples:")[2]  # type: ignore[attr-defined]


def test_every_documented_command_exists() -> None:
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    named = {
        " ".join(words.split()) for words in re.findall(r"^## `(vedette(?: [a-z]+)+)", text, re.MULTILINE)
    }
    assert named <= set(COMMANDS)


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in WRITTEN:
        for named in re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert named in targets, f"{page.name} names make {named}"
