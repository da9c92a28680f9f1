"""Accounts, passwords and tokens: what is kept, what is refused, what ends when."""

from __future__ import annotations

import sqlite3
import stat
import time
from pathlib import Path

import argon2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.people.doors import HOUR, PASSWORD, Counting, Hall, hall
from vedette.errors import ServiceError
from vedette.people import Passwords, open_database
from vedette.people.accounts import name_of
from vedette.people.password import LANES, MEMORY_KIB, PASSES, acceptable
from vedette.types import Person, Proof, Role


@pytest.fixture
def there(tmp_path: Path) -> Hall:
    return hall(tmp_path)


# passwords


def test_a_hash_is_argon2ids_own_under_owasps_parameters() -> None:
    """Compared with the reference library, not with ourselves."""
    known = Passwords(Counting()).hashed(PASSWORD)
    assert known.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (MEMORY_KIB, PASSES, LANES) == (19_456, 2, 1)
    assert argon2.low_level.verify_secret(known.encode(), PASSWORD.encode(), argon2.Type.ID)
    assert argon2.extract_parameters(known).salt_len == 16


def test_two_hashes_of_one_password_differ() -> None:
    passwords = Passwords(Counting(), memory_kib=64, passes=1)
    assert passwords.hashed(PASSWORD) != passwords.hashed(PASSWORD)


def test_what_matches_and_what_does_not() -> None:
    passwords = Passwords(Counting(), memory_kib=64, passes=1)
    known = passwords.hashed(PASSWORD)
    assert passwords.matches(PASSWORD, known)
    for wrong in (PASSWORD + " ", PASSWORD.upper(), "", "x" * 5000):
        assert not passwords.matches(wrong, known)
    assert not passwords.matches(PASSWORD, None)
    assert not passwords.matches(PASSWORD, "no hash at all")


def test_a_hash_is_made_anew_when_the_parameters_have_changed(there: Hall) -> None:
    door = there.door
    there.door.sign_in("otto", PASSWORD, "10.0.0.1")
    before = door.accounts.hash_of("otto")
    door._passwords = door.accounts._passwords = Passwords(Counting(), memory_kib=128, passes=1)
    door.sign_in("otto", PASSWORD, "10.0.0.1")
    after = door.accounts.hash_of("otto")
    assert before is not None
    assert after is not None
    assert ("m=64" in before, "m=128" in after) == (True, True)
    assert door.sign_in("otto", PASSWORD, "10.0.0.1").session.person.name == "otto"


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "too short"),
        ("a" * 40, "guessed at once"),
        ("my otto password", "guessed at once"),
        ("x" * 300, "too long"),
        ("four words\nand a break", "cannot be seen"),
    ],
)
def test_easy_passwords_are_refused(password: str, words: str) -> None:
    with pytest.raises(ServiceError, match=words):
        acceptable(password, "otto")


# accounts


@pytest.mark.parametrize("name", ["Duty officer", "Jürgen", "o'neill", "a.b@base", "王伟", "x"])
def test_names_that_will_do(there: Hall, name: str) -> None:
    assert there.door.accounts.add(name, Role.VIEWER, PASSWORD).name == name


@pytest.mark.parametrize(
    "name",
    [
        *("", " a", "a ", "a  b", "a\nb", "a\tb", "a\0b", "x" * 65, "a;b", "a=b", "\u202eabc", "a\u200bb"),
        *("<script>alert(1)</script>", '"quoted"', "Robert');DROP TABLE account;--", "a/../b", "a,b"),
    ],
)
def test_names_that_will_not(there: Hall, name: str) -> None:
    with pytest.raises(ServiceError, match="will not do as a name"):
        there.door.accounts.add(name, Role.VIEWER, PASSWORD)
    assert len(there.door.accounts) == 3


@given(text=st.text(max_size=80))
def test_a_name_is_refused_or_harmless(text: str) -> None:
    try:
        name = name_of(text)
    except ServiceError:
        return
    assert 1 <= len(name) <= 64
    assert not set(name) & set('<>"`&;=,/\\\r\n\0(){}$%')
    assert name.isprintable()


def test_names_that_differ_in_case_or_width_only_are_one(there: Hall) -> None:
    for twin in ("OTTO", "ｏｔｔｏ"):
        with pytest.raises(ServiceError, match="already"):
            there.door.accounts.add(twin, Role.ADMIN, PASSWORD)
    assert there.door.sign_in("OTTO", PASSWORD, "10.0.0.1").session.person.name == "otto"


def test_a_person_and_a_machine_cannot_have_one_name(there: Hall) -> None:
    with pytest.raises(ServiceError, match="token is called"):
        there.door.accounts.add("script viewer", Role.ADMIN, PASSWORD)
    with pytest.raises(ServiceError, match="person is called"):
        there.door.tokens.create("Ada", Role.ADMIN, HOUR)


def test_the_last_admin_stays(there: Hall) -> None:
    accounts = there.door.accounts
    for change in (
        lambda: accounts.remove("ada"),
        lambda: accounts.disable("ada"),
        lambda: accounts.set_role("ada", Role.VIEWER),
    ):
        with pytest.raises(ServiceError, match="only admin"):
            change()
    accounts.set_role("otto", Role.ADMIN)
    accounts.remove("ada")
    assert [account.name for account in accounts.all()] == ["otto", "vera"]


def test_whom_nobody_knows_is_said(there: Hall) -> None:
    with pytest.raises(ServiceError, match=r"no account 'nobody'.*user list"):
        there.door.accounts.set_role("nobody", Role.ADMIN)


def test_the_file_is_for_its_owner_and_holds_no_secret(there: Hall) -> None:
    path = there.folder / "accounts.sqlite"
    secret = there.door.sign_in("otto", PASSWORD, "10.0.0.1").secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = b"".join(file.read_bytes() for file in there.folder.rglob("*") if file.is_file())
    for hidden in (PASSWORD, secret, *(text.rpartition("_")[2] for text in there.tokens.values())):
        assert hidden.encode() not in content


def test_a_file_of_a_later_version_is_refused(tmp_path: Path) -> None:
    open_database(tmp_path / "a.sqlite").execute("PRAGMA user_version = 99")
    with pytest.raises(ServiceError, match="later Vedette"):
        open_database(tmp_path / "a.sqlite")
    (tmp_path / "b.sqlite").write_text("no database, but a text that is long enough to be looked at" * 20)
    with pytest.raises(ServiceError, match="cannot be opened"):
        open_database(tmp_path / "b.sqlite")


def test_another_process_sees_changes_at_once(there: Hall) -> None:
    session = there.door.sign_in("otto", PASSWORD, "10.0.0.1")
    other = sqlite3.connect(there.folder / "accounts.sqlite")
    other.execute("UPDATE account SET disabled = 1 WHERE key = 'otto'")
    other.commit()
    assert there.door.by_secret(session.secret) is None


# tokens


def test_a_token_lets_a_machine_in_until_it_ends(there: Hall) -> None:
    token, text = there.door.tokens.create("gateway", Role.OPERATOR, HOUR)
    expected = Person(name="gateway", role=Role.OPERATOR, proof=Proof.TOKEN)
    assert there.door.by_token(text) == expected
    there.clock.on(3599)
    assert there.door.by_token(text) == expected
    there.clock.on(1)
    assert there.door.by_token(text) is None
    assert token.id in text


def test_a_revoked_token_is_not_let_in(there: Hall) -> None:
    _, text = there.door.tokens.create("gateway", Role.OPERATOR, HOUR)
    there.door.tokens.revoke("gateway")
    assert there.door.by_token(text) is None
    with pytest.raises(ServiceError, match="no token 'gateway'"):
        there.door.tokens.revoke("gateway")
    there.door.tokens.create("gateway", Role.VIEWER, HOUR)  # the name is free again


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_changed_token_is_let_in(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    there = TOKENS.setdefault("hall", hall(tmp_path_factory.mktemp("tokens")))
    text = there.tokens["admin"]
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("aA0_- \0é") | st.characters())
    changed = text[:place] + letter + text[place + 1 :]
    assert (there.door.by_token(changed) is None) is (changed != text)
    assert there.door.by_token(text[:place]) is None


TOKENS: dict[str, Hall] = {}


def test_a_name_that_is_not_known_takes_as_long(tmp_path: Path) -> None:
    """The same work is done for both; medians of real hashes, and a generous bound, as clocks differ."""
    there = hall(tmp_path, memory_kib=4096)

    def lasts(name: str) -> float:
        took = []
        for _ in range(9):
            known = there.door.accounts.hash_of(name)
            begin = time.process_time()
            there.door.compare("a wrong password", known)
            took.append(time.process_time() - begin)
        return sorted(took)[4]

    assert 0.3 < lasts("otto") / lasts("nobody") < 3.0
