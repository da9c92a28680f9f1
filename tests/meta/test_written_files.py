"""Nothing in the repository names a machine, a package registry or a secret."""

from __future__ import annotations

import re

import pytest

from tests.meta.source_tree import ROOT, written_files

# Written in pieces, so that this file does not find itself.
REGISTRIES = (
    "registry." + "npmjs",
    "py" + "pi.org",
    "files.python" + "hosted",
    "registry." + "yarnpkg",
    "deb." + "debian.org",
)
MACHINE_PATH = re.compile(rb"(?<![\w.$}~-])/(?:home|Users|root|work|mnt|media)/[A-Za-z0-9_.-]+")
PRIVATE_KEY = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY")


def lines_with(pattern: re.Pattern[bytes]) -> list[str]:
    found = []
    for path in written_files():
        content = path.read_bytes()
        if b"\0" in content[:4096]:
            continue  # not text
        for match in pattern.finditer(content):
            line = content[: match.start()].count(b"\n") + 1
            found.append(f"{path.relative_to(ROOT)}:{line}: {match.group().decode(errors='replace')}")
    return found


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_registry_host(host: str) -> None:
    assert not lines_with(re.compile(re.escape(host).encode()))


def test_no_path_of_a_machine() -> None:
    assert not lines_with(MACHINE_PATH)


def test_no_private_key() -> None:
    assert not lines_with(PRIVATE_KEY)


def test_the_patterns_find_what_they_are_for() -> None:
    assert MACHINE_PATH.search(b"cd /ho" + b"me/someone/vedette")
    assert not MACHINE_PATH.search(b"https://example.com/home/page and src/root/x and $HOME/work/x")
    assert PRIVATE_KEY.search(b"-----BEGIN RSA PRIV" + b"ATE KEY-----")
