"""`vedette user`, `token`, `certificate`, `log`, `watch` as a person runs them: real accounts and files."""

from __future__ import annotations

import csv
import json
import os
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.line import run_line

PASSWORD = "correct horse battery staple"
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
SITE = """
[site]
name = "Test"
latitude = 33.8
longitude = 42.4
height = 100

[[sensor]]
name = "ADS-B"
kind = "adsb"

[[feed]]
sensor = "ADS-B"
transport = "tcp_listen"
host = "127.0.0.1"
port = 0
format = "beast"

[people]
"""


def run(folder: Path, *words: str, text: str = "", code: int = 0) -> str:
    """The output of a command that must end with `code`; what went wrong comes after it."""
    done = run_line(words, folder, text)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that has an admin."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "site.toml").write_text(SITE)
    run(folder, "user", "add", "ada", "--role", "admin", text=PASSWORD + "\n")
    return folder


@contextmanager
def watching(folder: Path, *words: str) -> Iterator[tuple[str, list[str]]]:
    """A running `vedette watch`: its address, and what it says."""
    command = [
        sys.executable,
        "-m",
        "vedette.cli",
        "watch",
        "site.toml",
        "--no-browser",
        "--port",
        "0",
        *words,
    ]
    with subprocess.Popen(command, cwd=folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said: list[str] = []
        for line in process.stderr:
            said.append(line)
            if address := re.search(r"https?://\S+", line):
                break
        else:
            pytest.fail("".join(said))
        reader = threading.Thread(target=lambda: said.extend(process.stderr or ()), daemon=True)
        reader.start()
        try:
            yield address[0].rstrip("/"), said
        finally:
            process.terminate()
            process.wait(60)
            reader.join(10)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_from_the_first_account_to_a_verified_log(tmp_path: Path) -> None:
    """The way of a site: accounts, sign in, act, be shut out, read the log."""
    place = tmp_path
    (place / "site.toml").write_text(SITE)
    assert "no accounts yet" in run(place, "user", "list")
    run(place, "user", "add", "ada", "--role", "admin", text=PASSWORD + "\n")
    run(place, "user", "add", "Duty officer", "--role", "operator", text=PASSWORD + "\n")
    with watching(place) as (url, said):
        assert not any("nobody is identified" in line for line in said)
        assert httpx.get(url + "/api/tracks").status_code == 401
        with httpx.Client(base_url=url, headers={"Origin": url}) as page:
            login = page.post("/api/login", json={"name": "Duty officer", "password": PASSWORD})
            assert login.json()["account"] == {"name": "Duty officer", "role": "operator"}
            assert page.get("/api/log").status_code == 403
            run(place, "user", "disable", "duty officer")  # while the server runs
            assert page.get("/api/tracks").status_code == 401
        (sensor,) = httpx.get(url + "/api/sensors", headers=token(place)).json()["sensors"]
        assert "waiting for the sensor to connect" in sensor["detail"]
    assert any(line.startswith("log: ") and "head" in line for line in said)
    verdict = json.loads(run(place, "log", "verify", "people", "--json"))
    assert (verdict["ok"], verdict["first_bad"]) == (True, None)
    shown = json.loads(run(place, "log", "show", "people", "--last", "500", "--json"))["entries"]
    assert verdict["entries"] == len(shown)
    whats = [entry["what"] for entry in shown]
    for what in ("start", "stop", "account made", "signed in", "refused", "account disabled", "token made"):
        assert what in whats, what
    made = next(entry for entry in shown if entry["what"] == "account made")
    assert made["who"].endswith("(command line)")
    assert PASSWORD not in json.dumps(shown)
    assert said[-1].split()[-1] in run(place, "log", "verify", "people")


def token(place: Path) -> dict[str, str]:
    made = json.loads(run(place, "token", "create", "monitor", "--days", "1", "--json"))
    assert made["role"] == "viewer"
    listed = json.loads(run(place, "token", "list", "--json"))["tokens"]
    assert [(row["name"], row["state"]) for row in listed] == [("monitor", "good")]
    assert made["token"] not in json.dumps(listed)
    return {"Authorization": f"Bearer {made['token']}"}


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_accounts_are_seen_to(place: Path) -> None:
    assert "already" in run(place, "user", "add", "ADA", text=PASSWORD + "\n", code=1)
    run(place, "user", "add", "eve", text=PASSWORD + "\n")
    run(place, "user", "role", "eve", "operator")
    run(place, "user", "password", "eve", text="another four words here\n")
    run(place, "user", "disable", "eve")
    row = next(a for a in json.loads(run(place, "user", "list", "--json"))["accounts"] if a["name"] == "eve")
    assert (row["role"], row["disabled"], row["signed_in"]) == ("operator", True, None)
    run(place, "user", "disable", "eve", "--undo")
    run(place, "user", "remove", "eve")
    assert "no account" in run(place, "user", "remove", "eve", code=1)
    run(place, "token", "create", "gateway", "--role", "operator")
    run(place, "token", "revoke", "gateway")
    assert "revoked" in run(place, "token", "list")


def test_a_password_is_never_an_argument(place: Path) -> None:
    for words in (("user", "add", "bob", "--password", PASSWORD), ("user", "add", "bob", PASSWORD)):
        assert "rror" in run(place, *words, code=2)
    assert "too short" in run(place, "user", "add", "bob", text="short\n", code=1)
    assert "too short" in run(place, "user", "add", "bob", text="", code=1)


def test_a_changed_log_is_found(place: Path, tmp_path: Path) -> None:
    first = sorted((place / "people" / "log").glob("*.log"))[0]
    content = first.read_bytes()
    try:
        first.write_bytes(content.replace(b'"account made"', b'"account male"', 1))
        verdict = json.loads(run(place, "log", "verify", "people", "--json", code=1))
        assert verdict["ok"] is False
        assert verdict["first_bad"] == 2
        assert "Entry 2 is bad" in run(place, "log", "verify", "people/log", code=1)
    finally:
        first.write_bytes(content)
    noted = json.loads(run(place, "log", "verify", "--json"))["head"]
    run(place, "log", "verify", "--head", noted, "--key", "people/log.pub")
    assert "not in this log" in run(place, "log", "verify", "--head", "0" * 64, code=1)
    assert "no log" in run(tmp_path, "log", "verify", ".", code=1)


def test_the_log_is_exported_for_a_spreadsheet(place: Path) -> None:
    run(place, "log", "export", "people", "--csv", "log.csv")
    with (place / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["number"]) for row in rows] == list(range(1, len(rows) + 1))
    assert rows[0]["what"] == "segment"
    assert "cannot be written" in run(place, "log", "export", "people", "--csv", "log.csv", code=1)
    assert run(place, "log", "export", "people").startswith("number,time")


def test_a_name_cannot_be_a_formula() -> None:
    from vedette.cli.log import harmless

    for formula in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1"):
        assert harmless(formula) == f"'{formula}"
    assert harmless("Duty officer") == "Duty officer"


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_other_machines_need_accounts_and_tls(place: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "site.toml").write_text(SITE)
    assert "no accounts" in run(bare, "watch", "site.toml", "--host", "0.0.0.0", code=1)
    assert "in the clear" in run(place, "watch", "site.toml", "--host", "0.0.0.0", code=1)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_without_accounts_it_is_said_that_nobody_is_identified(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE)
    with watching(tmp_path) as (url, said):
        assert any("nobody is identified" in line for line in said)
        assert httpx.get(url + "/api/account").json()["account"] is None


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_closed_network_has_tls_of_its_own(place: Path, tmp_path: Path) -> None:
    folder = tmp_path
    run(folder, "certificate", "authority", "Test base")
    run(folder, "certificate", "server", "localhost", "127.0.0.1")
    assert "sensor-North-radar.pem" in run(folder, "certificate", "sensor", "North radar")
    assert "there already" in run(folder, "certificate", "authority", "Test base", code=1)
    assert (folder / "certificates" / "authority.key").stat().st_mode & 0o777 == 0o600
    server = '[server]\ncertificate = "certificates/server.pem"\nkey = "certificates/server.key"\n'
    (folder / "site.toml").write_text(SITE + server)
    run(folder, "user", "add", "ada", "--role", "admin", text=PASSWORD + "\n")
    trusting = ssl.create_default_context(cafile=str(folder / "certificates" / "authority.pem"))
    with watching(folder, "--host", "0.0.0.0") as (url, _):
        assert url.startswith("https://0.0.0.0:")
        there = url.replace("0.0.0.0", "127.0.0.1")
        answer: Any = httpx.post(
            there + "/api/login", json={"name": "ada", "password": PASSWORD}, verify=trusting
        )
        assert answer.json()["account"]["role"] == "admin"
        assert "__Host-" in answer.headers["set-cookie"]
