"""Commands are run as a user writes them, with stdout and stderr apart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from tests.cli.line import NARROW, run_line
from vedette.cli.commands import app

ROOT = Path(__file__).resolve().parents[2]
Vedette = Callable[..., subprocess.CompletedProcess[str]]
Figures = Callable[..., dict[str, Any]]


@pytest.fixture
def vedette(tmp_path: Path) -> Vedette:
    """vedette("decode", file): in an empty folder, in this process; `program` starts one, as a user does."""
    return lambda *words: run_line(words, tmp_path)


@pytest.fixture
def program(tmp_path: Path) -> Vedette:
    """The same in a process of its own."""

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "vedette.cli", *map(str, words)]
        environment = os.environ | NARROW | {"PYTHONPATH": str(ROOT / "src")}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60.0, check=False
        )

    return run


@pytest.fixture
def figures(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Figures:
    """figures("simulate", "two-drones"): what the command prints with --json, run in this process."""

    def run(*words: object) -> dict[str, Any]:
        monkeypatch.chdir(tmp_path)
        get_command(app)([*map(str, words), "--json"], standalone_mode=False)
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return run
