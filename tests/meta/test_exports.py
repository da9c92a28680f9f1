"""Every module says what it is for; every public name exists and is explained."""

from __future__ import annotations

import ast
import importlib

import pytest

from tests.meta.source_tree import Module, modules

PACKAGES = [module for module in modules() if module.is_package]


def test_every_module_has_a_docstring() -> None:
    silent = [module.name for module in modules() if not ast.get_docstring(module.tree)]
    assert not silent


def definitions() -> dict[tuple[str, str], bool]:
    """(module, name) → whether it has a docstring, for every class and function defined at a module's top."""
    return {
        (module.name, node.name): ast.get_docstring(node) is not None
        for module in modules()
        for node in module.tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_public_names_exist_and_are_explained(package: Module) -> None:
    loaded = importlib.import_module(package.name)
    public = getattr(loaded, "__all__", [])
    assert sorted(set(public)) == sorted(public), "a name is listed twice"
    documented = definitions()
    for name in public:
        assert hasattr(loaded, name), f"{package.name}.__all__ names {name}, which is not there"
        thing = getattr(loaded, name)
        place = (getattr(thing, "__module__", None), getattr(thing, "__name__", None))
        assert documented.get(place, True), f"{name} of {package.name} has no docstring"


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_package_that_only_gathers_names_lists_them(package: Module) -> None:
    body = package.tree.body
    gathers = any(isinstance(node, ast.ImportFrom) and "vedette" in (node.module or "") for node in body)
    defines = any(isinstance(node, ast.ClassDef | ast.FunctionDef) for node in body)
    lists = any(isinstance(node, ast.Assign) and "__all__" in ast.dump(node.targets[0]) for node in body)
    assert lists or defines or not gathers, f"{package.name} hands names on; list them in __all__"
