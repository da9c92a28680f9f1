"""`vedette notify` and what the doctor says of channels, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from tests.pipeline.runs import demo
from tests.publish.letters import Taker, web_server
from vedette.cli.commands import app

HOOK = '\n[[notify]]\nkind = "webhook"\nname = "{name}"\nurl = "{url}"\n'


def site_with(folder: Path, text: str) -> Path:
    file = folder / "site.toml"
    file.write_text(demo().site.path.read_text() + text)
    return file


def test_it_says_for_each_channel_whether_it_was_taken(tmp_path: Path) -> None:
    with web_server(Taker()) as taker:
        text = HOOK.format(name="good", url=taker.url) + HOOK.format(name="bad", url="http://127.0.0.1:9/")
        run = CliRunner().invoke(app, ["notify", str(site_with(tmp_path, text)), "--by", "Ops", "--json"])
    found = json.loads(run.stdout)
    assert run.exit_code == 1
    assert [each["arrived"] for each in found["channels"]] == [True, False]
    assert "test" in taker.taken[0][1].decode()


def test_a_channel_that_is_not_there_is_told(tmp_path: Path) -> None:
    file = site_with(tmp_path, HOOK.format(name="good", url="http://127.0.0.1:9/"))
    run = CliRunner().invoke(app, ["notify", str(file), "--by", "Ops", "--channel", "fax"])
    assert run.exit_code == 1
    assert "There is no channel 'fax'" in str(run.exception)
