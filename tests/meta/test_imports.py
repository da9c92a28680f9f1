"""Who may import whom: the table of ARCHITECTURE.md, enforced."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.meta.source_tree import Module, import_statements, imported, modules, parse

# A package may import the packages of the levels above its own line, and nothing else of ours.
LEVELS = (
    ("units", "clock", "errors", "config"),
    ("types", "kernel", "geo"),
    ("sensor", "store", "classes"),
    ("tracker", "feed", "scenario", "metric", "identify", "assess", "advise", "publish", "people"),
    ("site", "pipeline", "study"),
    ("server",),
    ("cli",),
)
# On one level nobody imports anybody, except:
SAME_LEVEL = {
    ("assess", "identify"),
    ("advise", "assess"),
    ("clock", "errors"),
    ("config", "errors"),
    ("config", "units"),
    ("geo", "kernel"),
    ("pipeline", "site"),
    ("study", "site"),
}
# The kernels are formulas on arrays: they see nothing of ours, whatever their level allows.
ALONE = {"kernel"}

LEVEL = {name: level for level, names in enumerate(LEVELS) for name in names}


def forbidden(module: Module) -> list[str]:
    """The packages that a module imports and may not, each as a sentence."""
    wrong = []
    for name in sorted(imported(module)):
        root, _, rest = name.partition(".")
        target = rest.partition(".")[0]
        if root != "vedette" or target in ("", module.package, "__version__") or module.package == "":
            continue
        if target not in LEVEL:
            wrong.append(f"{module.name} imports {name}, which has no place in the table of levels")
        elif not allowed(module.package, target):
            wrong.append(f"{module.name} imports {name}: {module.package} may not know {target}")
    return wrong


def allowed(importer: str, target: str) -> bool:
    if importer in ALONE:
        return False
    return LEVEL[target] < LEVEL[importer] or (importer, target) in SAME_LEVEL


def test_every_package_has_its_place() -> None:
    packages = {module.package for module in modules()} - {""}
    assert packages <= set(LEVEL), f"give a level to {sorted(packages - set(LEVEL))}"


def test_no_forbidden_import() -> None:
    wrong = [sentence for module in modules() for sentence in forbidden(module)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vedette.tracker.pmb", "from vedette.feed import reorder"),
        ("vedette.tracker.pmb", "import vedette.server.app"),
        ("vedette.tracker.pmb", "from vedette import store, metric"),
        ("vedette.types.track", "from ..kernel import gospa"),
        ("vedette.kernel.gate", "from vedette.types import Array"),
        ("vedette.assess.alerts", "def late():\n    from vedette.advise import windows"),
        ("vedette.store.reader", "if TYPE_CHECKING:\n    from vedette.pipeline import run"),
        ("vedette.feed.source", "from vedette import nowhere"),
    ],
)
def test_the_check_sees_a_forbidden_import(name: str, text: str) -> None:
    assert forbidden(parse(name, text))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vedette.tracker.pmb", "from vedette.kernel import gate\nfrom .bernoulli import Bernoulli"),
        ("vedette.advise.windows", "from vedette.assess import zones"),
        ("vedette.cli.demo", "from vedette import __version__\nimport vedette.server"),
    ],
)
def test_the_check_lets_the_rest_pass(name: str, text: str) -> None:
    assert not forbidden(parse(name, text))


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a module is imported: not function bodies, not TYPE_CHECKING blocks."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        yield child
        yield from at_import(child)


def test_no_import_loop() -> None:
    ours = {module.name: module for module in modules()}
    needs = {name: needed_at_import(module, set(ours)) for name, module in ours.items()}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, "import loop: " + " → ".join((*path, name))
        if name not in done:
            for needed in sorted(needs[name]):
                visit(needed, (*path, name))
            done.add(name)

    for name in ours:
        visit(name, ())


def needed_at_import(module: Module, ours: set[str]) -> set[str]:
    """Our modules that must be whole before this one: for `from package import module` the module alone."""
    statements = import_statements(module, at_import(module.tree))
    return {f"{base}.{name}" if f"{base}.{name}" in ours else base for base, name in statements} & ours
