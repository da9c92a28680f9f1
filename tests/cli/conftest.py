"""Commands are run as a user runs them: in a process of their own, with stdout and stderr apart.

Those that need compiled kernels are called in this process, which loads them once for all.
"""

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

from vedette.cli.commands import app

ROOT = Path(__file__).resolve().parents[2]
Vedette = Callable[..., subprocess.CompletedProcess[str]]
Figures = Callable[..., dict[str, Any]]


@pytest.fixture
def vedette(tmp_path: Path) -> Vedette:
    """vedette("decode", file): run in an empty folder, with a narrow terminal's environment."""

    def run(*words: object, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        environment = dict(os.environ, PYTHONPATH=str(ROOT / "src"), COLUMNS="80", NO_COLOR="1")
        command = [sys.executable, "-m", "vedette.cli", *map(str, words)]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
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
