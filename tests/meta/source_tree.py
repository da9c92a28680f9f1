"""The source tree as syntax trees: what the checks of this folder read."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
BUILT_FOLDERS = {"node_modules", "dist", "recordings", "downloads", "__pycache__"}


@dataclass(frozen=True)
class Module:
    """One of our modules: its dotted name, whether it is a package's __init__, and its syntax tree."""

    name: str
    is_package: bool
    tree: ast.Module

    @property
    def package(self) -> str:
        """The part of Vedette it belongs to: 'tracker' for vedette.tracker.pmb, '' for vedette itself."""
        return self.name.partition(".")[2].partition(".")[0]


def parse(name: str, text: str, *, is_package: bool = False) -> Module:
    return Module(name, is_package, ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """Every module under src/, in order of name."""
    found = []
    for path in sorted((SRC / "vedette").rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(parse(name, path.read_text(encoding="utf-8"), is_package=is_package))
    return tuple(found)


def import_statements(module: Module, nodes: Iterator[ast.AST] | None = None) -> Iterator[tuple[str, str]]:
    """(module, name) of every import, in functions and under TYPE_CHECKING too; name is '' for `import x`.

    Relative imports are resolved: `from . import app` in vedette.server.rest is ('vedette.server', 'app').
    """
    for node in nodes or ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = [*module.name.split("."), *([""] if module.is_package else [])]
                base = ".".join([*parents[: -node.level], *([base] if base else [])])
            yield from ((base, alias.name) for alias in node.names)


def imported(module: Module) -> set[str]:
    """Dotted names that a module imports: for `from vedette import clock` both vedette and vedette.clock."""
    return {name for base, name in import_statements(module) for name in (base, f"{base}.{name}".rstrip("."))}


def dotted(node: ast.AST) -> str:
    """'np.random.default_rng' for that expression; '' for anything that is not names joined by dots."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (left := dotted(node.value)):
        return f"{left}.{node.attr}"
    return ""


def written_files() -> list[Path]:
    """Every file that a clone of this repository would hold: tracked, or new and not ignored."""
    try:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
        return [
            ROOT / os.fsdecode(name)
            for name in said.split(b"\0")
            if name and (ROOT / os.fsdecode(name)).is_file()
        ]
    except (OSError, subprocess.CalledProcessError):
        return [path for path in ROOT.rglob("*") if path.is_file() and not built(path.relative_to(ROOT))]


def built(path: Path) -> bool:
    """Whether a file came about by building or testing here; asked where there is no git to tell."""
    hidden = any(part.startswith(".") and part != ".ci" for part in path.parts[:-1])
    page = path.parts[:3] == ("src", "vedette", "web") or path.parts[0] == "site"
    return hidden or page or bool(BUILT_FOLDERS.intersection(path.parts))
