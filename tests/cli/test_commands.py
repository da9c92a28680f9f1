"""What every command owes its user: help at once, sentences instead of traces, honest exit codes."""

from __future__ import annotations

import json
import resource
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Vedette

SLICE = ROOT / "src" / "vedette" / "feed" / "samples" / "afr34zg-climb.jsonl.gz"


def test_help_comes_at_once(vedette: Vedette) -> None:
    """At most half a second, counted in processor time so that a busy machine does not fail it."""
    vedette("--help")  # reads the files once, as any second call finds them
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = vedette("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0
    for command in ("demo", "watch", "replay", "simulate", "decode", "doctor", "bench", "version"):
        assert command in done.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_help_loads_nothing_heavy() -> None:
    heavy = ("numpy", "scipy", "numba", "fastapi", "uvicorn", "mcap", "msgspec", "rich")
    program = f"import sys, vedette.cli.commands; print(*[m for m in {heavy} if m in sys.modules])"
    environment = {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert not done.stdout.split(), "loaded before it is needed"


@pytest.mark.parametrize(
    "words", [("decode",), ("fly",), ("demo", "--speed", "0"), ("decode", "no-such-file")]
)
def test_a_command_written_wrongly_ends_with_2(vedette: Vedette, words: tuple[str, ...]) -> None:
    done = vedette(*words)
    assert done.returncode == 2
    assert not done.stdout
    assert "Traceback" not in done.stderr


def test_an_error_is_one_sentence_without_a_trace(vedette: Vedette, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!doctype html>")
    done = vedette("decode", "page.html")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
    assert "beast" in done.stderr  # the remedy names what there is


def test_debug_shows_the_trace(program: Vedette, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!doctype html>")
    done = program("decode", "page.html", "--debug")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    command = (
        f"{shlex.quote(sys.executable)} -m vedette.cli decode {shlex.quote(str(SLICE))} --show 9999 | head -1"
    )
    done = subprocess.run(
        ["bash", "-c", command],
        env={"PYTHONPATH": str(ROOT / "src")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout.count("\n") == 1
    assert not done.stderr


def test_version_as_json(vedette: Vedette) -> None:
    found = json.loads(vedette("version", "--json").stdout)
    assert {"vedette", "python", "numpy"} <= set(found)


def test_decode_counts_what_the_recording_is_known_to_hold(vedette: Vedette) -> None:
    """11,130 frames of one flight: the figures of the attribution beside the sample."""
    found = json.loads(vedette("decode", SLICE, "--json", "--show", 1).stdout)
    assert found["format"] == "beast"
    assert found["counters"]["seen"] == 11_130
    assert found["targets"] == 1
    assert found["detections"] > 1_000
    assert found["first"].startswith("2024-07-06T06:5")
    assert found["last"].startswith("2024-07-06T07:0")
    [first] = found["shown"]
    assert first["claims"]["icao24"] == "393322"
    assert 0.855 < first["z"][0] < 0.856  # rad: 49.0° north, Paris-Charles de Gaulle


def test_doctor_finds_what_is_wrong_with_a_site(vedette: Vedette, tmp_path: Path) -> None:
    text = '[site]\nname = "here"\nlatitude = 95\nlongitude = 3\nelevaton = 2\n'
    (tmp_path / "site.toml").write_text(text + '[[sensor]]\nkind = "adsb"\nname = "a"\n')
    done = vedette("doctor", "site.toml", "--json")
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert not said["ok"]
    faults = [finding["found"] for finding in said["findings"] if finding["verdict"] == "fail"]
    assert any("site.toml:3" in fault and "latitude" in fault for fault in faults)
    assert any("site.toml:5" in fault and "'elevation'" in fault for fault in faults)


@pytest.mark.parametrize("quote", ["'", '"'])
def test_doctor_does_not_miss_packages_of_an_extra_that_was_not_asked_for(
    quote: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installers write the marker with either quote."""
    from importlib import metadata

    from vedette.cli.doctor import packages

    lines = ["numpy>=1.0", f"no-such-package>=2; extra == {quote}history{quote}"]
    monkeypatch.setattr(metadata, "requires", lambda name: lines)
    assert packages() == ("ok", "packages", "1 of the right version; not installed: the extras history", "")
    lines.append("no-such-core-package>=2")
    assert packages().verdict == "fail"
    assert "no-such-core-package" in packages().found


def test_doctor_hears_a_feed_and_says_which_is_refused(vedette: Vedette, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    (tmp_path / "site.toml").write_text(
        f"""
[site]
name = "here"
latitude = 49
longitude = 2.5
height = 100
[[sensor]]
kind = "adsb"
name = "played"
[[sensor]]
kind = "adsb"
name = "refused"
[[feed]]
sensor = "played"
transport = "file"
format = "beast"
path = "{SLICE}"
speed = 0
[[feed]]
sensor = "refused"
transport = "tcp"
format = "beast"
host = "127.0.0.1"
port = {closed}
"""
    )
    done = vedette("doctor", "site.toml", "--json")
    found = {finding["what"]: finding for finding in json.loads(done.stdout)["findings"]}
    assert found["feed played"]["verdict"] == "ok"
    assert found["feed refused"]["verdict"] == "fail"
    assert found["feed refused"]["remedy"]
    assert done.returncode == 1


def test_a_port_in_use_is_said_in_a_sentence(vedette: Vedette) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = vedette("demo", "--port", port, "--no-browser")
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr
