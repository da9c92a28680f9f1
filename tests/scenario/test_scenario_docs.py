"""The page on scenarios names every key, every class and every packaged scenario, and its example runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import fields

from vedette.classes import flight_classes
from vedette.scenario import packaged
from vedette.scenario.file import ClutterConfig, Head, PlatformConfig, ScenarioFile

TEXT = (Path(__file__).parents[2] / "docs" / "scenario.md").read_text()


@pytest.mark.parametrize(
    "table", [ScenarioFile, Head, PlatformConfig, ClutterConfig], ids=lambda t: t.__name__
)
def test_every_key_is_documented(table: type) -> None:
    for field in fields(table):
        name = field.encode_name
        assert f"`{name}`" in TEXT or f"`[{name}]`" in TEXT or f"`[[{name}]]`" in TEXT, name


def test_classes_and_scenarios_are_named() -> None:
    for name in (*flight_classes(), *packaged()):
        assert name in TEXT


def test_the_example_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    assert set(names["arrivals"]) == {"drone 1", "drone 2"}  # type: ignore[call-overload]
