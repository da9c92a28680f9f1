"""The log is whole or says where it is not: any byte, any line, any file, cut, doubled, swapped or added."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vedette.clock import NS
from vedette.errors import ServiceError
from vedette.store import Log, Verdict, doubt, open_key, read_public_key, verify
from vedette.store.chain import merkle_root
from vedette.store.log_check import entries

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
T = 1_700_000_000 * NS


def ticking() -> Callable[[], int]:
    ticks = count(T, NS)
    return lambda: next(ticks)


def log_in(folder: Path, longest: int = 5_000) -> Log:
    return Log(folder, KEY, ticking(), longest=longest)


def written(folder: Path, many: int = 21, longest: int = 6) -> Path:
    """A log of several closed segments and an open one."""
    log = log_in(folder, longest)
    for i in range(many):
        log.append("Duty officer", "act", {"act": "acknowledge", "alert": f"{i}-Inner-1", "note": "gesehen"})
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("whole") / "log")


def test_a_whole_log_is_sound(whole: Path) -> None:
    verdict = verify(whole)
    assert (verdict.ok, verdict.first_bad, verdict.torn) == (True, None, 0)
    assert verdict.entries == len(list(entries(whole))) == 30
    assert verdict.segments == 5
    assert [entry.number for entry in entries(whole)] == list(range(1, 31))
    assert verdict.signed == 28
    assert verdict.key == KEY.public_key().public_bytes_raw().hex()


def test_the_chain_can_be_followed_with_sha256_alone(whole: Path) -> None:
    """An independent reader: ten lines, no code of ours."""
    last = bytes(32)
    for path in sorted(whole.glob("*.log")):
        for line in path.read_bytes().splitlines():
            digest, payload = line.split(b" ", 1)
            last = sha256(last + payload).digest()
            assert last.hex() == digest.decode()
            assert json.loads(payload)["who"] in {"vedette", "Duty officer"}
    assert verify(whole).head == last.hex()


def test_the_merkle_root_is_that_of_rfc_6962() -> None:
    """Certificate Transparency's published test vectors: their leaves, hashed as theirs are."""
    leaves = [bytes.fromhex(x) for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    roots = {
        0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    }
    for size, root in roots.items():
        assert merkle_root(leaves[:size]).hex() == root


def copied(whole: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return Path(shutil.copytree(whole, folder))


def files_of(folder: Path) -> list[Path]:
    return [*sorted(folder.glob("*.log")), folder / "head"]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_added_or_removed_byte_is_found(whole: Path, tmp_path: Path, data: st.DataObject) -> None:
    folder = copied(whole, tmp_path / "copy")
    path = data.draw(st.sampled_from(files_of(folder)))
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    octet = data.draw(st.integers(0, 255))
    how = data.draw(st.sampled_from(["change", "add", "remove", "cut"]))
    if how == "change":
        content[place] = octet if octet != content[place] else octet ^ 1
    elif how == "add":
        content.insert(place, octet)
    elif how == "remove":
        del content[place]
    else:
        del content[place:]
    path.write_bytes(content)
    verdict = verify(folder)
    assert not verdict.ok, (path.name, how, place)
    assert verdict.first_bad is not None
    assert 1 <= verdict.first_bad <= 31
    assert verdict.entries == verdict.first_bad - 1


def spots(folder: Path) -> Iterator[tuple[Path, int, int]]:
    """Every line: its file, its place there, its entry's number."""
    number = 0
    for path in sorted(folder.glob("*.log")):
        for place in range(len(path.read_bytes().splitlines())):
            number += 1
            yield path, place, number


@pytest.mark.parametrize("what", ["remove", "double", "swap", "forge"])
def test_every_line_is_missed_and_named(whole: Path, tmp_path: Path, what: str) -> None:
    for path, place, number in spots(whole):
        folder = copied(whole, tmp_path / "copy")
        lines = path.read_bytes().splitlines(keepends=True)
        first = number
        if what == "remove":
            del lines[place]
        elif what == "double":
            lines.insert(place, lines[place])
            first = number + 1
        elif what == "swap":
            if place + 1 == len(lines):
                continue
            lines[place], lines[place + 1] = lines[place + 1], lines[place]
        else:
            lines[place] = lines[place].replace(b'"t":1', b'"t":2')
        (folder / path.name).write_bytes(b"".join(lines))
        verdict = verify(folder)
        assert (verdict.ok, verdict.first_bad) == (False, first), (path.name, place)
        assert f"Entry {first} is bad" in verdict.sentence


def test_every_missing_segment_is_missed(whole: Path, tmp_path: Path) -> None:
    for path, place, number in spots(whole):
        if place == 0:
            folder = copied(whole, tmp_path / "copy")
            (folder / path.name).unlink()
            assert verify(folder).first_bad == number


def test_renamed_segments_are_found(whole: Path, tmp_path: Path) -> None:
    folder = copied(whole, tmp_path / "copy")
    (folder / "000002.log").rename(folder / "spare")
    (folder / "000003.log").rename(folder / "000002.log")
    (folder / "spare").rename(folder / "000003.log")
    assert verify(folder).first_bad == 8


def test_a_rewritten_tail_is_found_for_want_of_the_key(whole: Path, tmp_path: Path) -> None:
    """An attacker who hashes anew everything after a changed entry, but cannot sign."""
    folder = copied(whole, tmp_path / "copy")
    path = sorted(folder.glob("*.log"))[-1]
    previous = bytes.fromhex(sorted(folder.glob("*.log"))[-2].read_bytes().splitlines()[-1][:64].decode())
    forged = b""
    for line in path.read_bytes().splitlines():
        payload = line[65:].replace(b"vedette", b"Vedette")
        previous = sha256(previous + payload).digest()
        forged += previous.hex().encode() + b" " + payload + b"\n"
    path.write_bytes(forged)
    verdict = verify(folder)
    assert not verdict.ok
    assert "signed" in verdict.sentence


def test_entries_that_nobody_signed_for_are_found(whole: Path, tmp_path: Path) -> None:
    """Hashing needs no key, so anybody could add lines; but for one of a killed process, they are refused."""
    folder = copied(whole, tmp_path / "copy")
    for many in (1, 2):
        previous = bytes.fromhex(verify(folder).head)
        payload = b'{"n":%d,"t":1,"who":"me","what":"act","body":{}}' % (30 + many)
        with (folder / "000005.log").open("ab") as file:
            file.write(sha256(previous + payload).hexdigest().encode() + b" " + payload + b"\n")
        assert verify(folder).ok is (many == 1)
    assert verify(folder).first_bad == 32


def test_another_key_is_found(whole: Path) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    assert verify(whole, key=KEY.public_key()).ok
    assert verify(whole, key=other).first_bad == 1


def test_a_cut_that_brings_its_own_old_head_needs_a_noted_hash(tmp_path: Path) -> None:
    """What cannot be seen from the files alone, as the page says; a hash noted elsewhere shows it."""
    folder = written(tmp_path / "log", 3, 100)
    old = copied(folder, tmp_path / "old")
    log_in(folder).append("Duty officer", "act")
    noted = verify(folder).head
    assert verify(old).ok
    assert verify(folder, head=noted).ok
    assert verify(folder, head=verify(old).head).ok  # an older one proves all before it
    assert verify(old, head=noted).first_bad == 5


def test_a_closed_log_goes_on_in_a_new_segment(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    for _ in range(3):
        log = log_in(folder)
        log.append("vedette", "start")
        log.close()
        assert verify(folder).signed == verify(folder).entries
    assert [path.name for path in sorted(folder.glob("*.log"))] == ["000001.log", "000002.log", "000003.log"]
    assert verify(folder).ok


def test_a_line_that_was_never_finished_is_reported_and_kept(tmp_path: Path) -> None:
    folder = written(tmp_path / "log", 3, 100)
    half = b'00ff {"n":5,"t":17000000000'
    with (folder / "000001.log").open("ab") as file:
        file.write(half)
    verdict = verify(folder)
    assert (verdict.ok, verdict.torn, verdict.entries) == (True, len(half), 4)
    assert "never finished" in verdict.sentence
    log_in(folder).append("Duty officer", "act")
    verdict = verify(folder)
    assert (verdict.ok, verdict.torn, verdict.entries) == (True, 0, 6)
    (torn,) = [entry for entry in entries(folder) if entry.what == "torn"]
    assert torn.body == {"bytes": len(half), "text": half.decode()}


def test_an_empty_last_segment_is_what_a_kill_may_leave(tmp_path: Path) -> None:
    folder = written(tmp_path / "log", 3, 100)
    log_in(folder).close()
    (folder / "000002.log").touch()
    assert verify(folder).ok
    log_in(folder).append("Duty officer", "act")
    assert verify(folder).ok
    assert verify(folder).entries == 7


def test_the_head_may_be_read_before_anything_is_appended(tmp_path: Path) -> None:
    folder = written(tmp_path / "log", 3, 100)
    with (folder / "000001.log").open("ab") as file:
        file.write(b"half")
    log = log_in(folder)
    assert log.head == (4, verify(folder).head)
    log.append("Duty officer", "act")
    assert verify(folder).ok


def append_many(folder: str, who: str) -> None:
    log = Log(Path(folder), KEY, ticking(), longest=25)
    for _ in range(60):
        log.append(who, "act")


def test_several_processes_and_threads_write_one_log(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=append_many, args=(str(folder), f"process {i}")) for i in range(3)]
    log = log_in(folder, 25)
    threads = [
        threading.Thread(target=lambda: [log.append("thread", "act") for _ in range(60)]) for _ in "ab"
    ]
    for one in (*processes, *threads):
        one.start()
    for one in (*processes, *threads):
        one.join()
    verdict = verify(folder)
    assert verdict.ok, verdict.sentence
    assert sum(entry.what == "act" for entry in entries(folder)) == 300


def test_a_log_is_whole_while_it_is_written(tmp_path: Path) -> None:
    log, ended = log_in(tmp_path, 40), threading.Event()
    log.append("vedette", "start")

    def write() -> None:
        while not ended.is_set():
            log.append("somebody", "act")

    writer = threading.Thread(target=write)
    writer.start()
    verdicts = [verify(tmp_path) for _ in range(60)]
    ended.set()
    writer.join()
    assert all(verdict.ok for verdict in verdicts), [v.sentence for v in verdicts if not v.ok]
    assert verdicts[-1].entries > verdicts[0].entries


PROGRAM = """
import sys, time
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from vedette.store import Log
log = Log(Path(sys.argv[1]), Ed25519PrivateKey.from_private_bytes(bytes(range(32))), time.time_ns, longest=50)
for i in range(10**9):
    log.append("somebody", "act", {"i": i})
    print(i, flush=True)
"""


@pytest.mark.slow
def test_kill_9_loses_nothing_that_was_appended(tmp_path: Path) -> None:
    for _ in range(3):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "log")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            said = [int(process.stdout.readline()) for _ in range(120)]
            process.send_signal(signal.SIGKILL)
            said += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        verdict = verify(tmp_path / "log")
        assert verdict.ok, verdict.sentence
        acts = [entry.body["i"] for entry in entries(tmp_path / "log") if entry.what == "act"]
        assert acts[-1] >= said[-1]


def test_a_full_disk_is_counted_and_life_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = log_in(tmp_path / "log")
    log.append("Duty officer", "act")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Log, "_write", full)
    assert log.append("Duty officer", "act") is None
    assert log.counters == {"entries": 1, "failed": 1}
    assert "No space left" in log.trouble
    monkeypatch.undo()
    assert log.append("Duty officer", "act") is not None
    assert (log.trouble, verify(tmp_path / "log").ok) == ("", True)
    told = [(entry.what, entry.body) for entry in entries(tmp_path / "log")]
    assert told[1:] == [("act", {}), ("gap", {"entries": 1}), ("act", {})]


def test_a_log_that_was_full_mends_itself_and_says_how_many_entries_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_in(tmp_path / "log")

    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(Log, "_write", read_only)
        for _ in range(3):
            assert log.append("Duty officer", "act") is None
        log.mend()
        assert log.trouble.endswith(
            "Read-only file system. See to it that it can. So far 3 entries are missing."
        )
        log.close()  # as a stop of the server does: nothing is raised
    log.mend()
    assert (log.trouble, doubt(tmp_path / "log")) == ("", "")
    told = [(entry.what, entry.body.get("entries")) for entry in entries(tmp_path / "log")]
    assert told == [("segment", None), ("gap", 3)]
    log.mend()  # nothing is missing any more
    assert len(list(entries(tmp_path / "log"))) == 2


def test_what_is_not_whole_at_the_start_is_said(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    assert doubt(tmp_path / "log") == ""  # nothing there yet
    for _ in range(3):
        log.append("Duty officer", "act")
    path = tmp_path / "log" / "000001.log"
    path.write_bytes(path.read_bytes().replace(b"Duty", b"Luty", 1))
    assert "is not whole. Entry 2 is bad" in doubt(tmp_path / "log")


@settings(max_examples=60, deadline=None)
@given(text=st.text(), body=st.dictionaries(st.text(), st.text() | st.integers(-(2**53), 2**53) | st.none()))
def test_any_text_is_kept(text: str, body: dict[str, object]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        log = log_in(Path(folder))
        entry = log.append(text, "act", body)
        assert verify(Path(folder)).ok
        assert list(entries(Path(folder)))[-1] == entry
        assert entry is not None
        assert entry.body == body


def test_a_lone_surrogate_does_not_stop_it(tmp_path: Path) -> None:
    entry = log_in(tmp_path).append("\ud800", "act", {"note": ["\udfff"]})
    assert entry is not None
    assert (entry.who, entry.body) == ("?", {"note": ["?"]})


def test_the_logs_own_entries_cannot_be_made_by_others(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="own"):
        log_in(tmp_path).append("me", "seal")


# the key


def test_the_key_is_made_once_and_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    key = open_key(path, lambda n: bytes(n))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_key(path, os.urandom).private_bytes_raw() == key.private_bytes_raw()
    public = read_public_key(tmp_path / "log.pub")
    assert public.public_bytes_raw() == key.public_key().public_bytes_raw()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    open_key(path, os.urandom)
    path.chmod(0o644)
    with pytest.raises(ServiceError, match="chmod 600"):
        open_key(path, os.urandom)
    path.chmod(0o600)
    path.write_text("no key")
    with pytest.raises(ServiceError, match="cannot be read"):
        open_key(path, os.urandom)
    with pytest.raises(ServiceError, match="no public key"):
        read_public_key(path)


def test_no_log_is_said(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="no log"):
        verify(tmp_path)


def test_a_verdict_of_nothing_but_a_head_is_bad(whole: Path, tmp_path: Path) -> None:
    folder = copied(whole, tmp_path / "copy")
    for path in folder.glob("*.log"):
        path.unlink()
    verdict: Verdict = verify(folder)
    assert (verdict.ok, verdict.first_bad, verdict.entries) == (False, 1, 0)
