"""Signing in, staying in, being shut out; and all of it in the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.people.doors import PASSWORD, Hall, hall
from vedette.errors import ServiceError
from vedette.people import RefusedError, Throttle
from vedette.people.throttle import FREE, LONGEST, ROWS, place
from vedette.store import verify
from vedette.store.log_check import entries
from vedette.types import Person, Proof, Role

HERE, THERE = "10.0.0.1", "10.0.0.2"
NS = 1_000_000_000


@pytest.fixture
def there(tmp_path: Path) -> Hall:
    return hall(tmp_path)


def sign_in_is_refused(there: Hall, name: str, password: str, address: str = HERE) -> RefusedError:
    with pytest.raises(RefusedError) as refused:
        there.door.sign_in(name, password, address)
    return refused.value


def test_roles_include_those_below() -> None:
    person = Person(name="otto", role=Role.OPERATOR, proof=Proof.PASSWORD)
    assert [person.may(role) for role in Role] == [True, True, False]


def test_a_session_is_proved_by_its_secret_alone(there: Hall) -> None:
    new = there.door.sign_in("otto", PASSWORD, HERE)
    found = there.door.by_secret(new.secret)
    assert found is not None
    assert found.person == Person(name="otto", role=Role.OPERATOR, proof=Proof.PASSWORD)
    for wrong in (new.session.id, new.secret[:-1], new.secret + "A", "", "x" * 43, "ä" * 43, "A" * 43):
        assert there.door.by_secret(wrong) is None


def test_every_sign_in_has_a_secret_of_its_own(there: Hall) -> None:
    secrets = {there.door.sign_in("otto", PASSWORD, HERE).secret for _ in range(5)}
    assert len(secrets) == 5
    assert all(len(secret) == 43 for secret in secrets)  # 256 bits


def test_a_session_ends_when_nothing_is_asked(there: Hall) -> None:
    secret = there.door.sign_in("otto", PASSWORD, HERE).secret
    for _ in range(5):
        there.clock.on(1700)
        assert there.door.by_secret(secret)
    there.clock.on(1800)
    assert there.door.by_secret(secret) is None


def test_a_session_ends_in_the_end_whatever_is_asked(there: Hall) -> None:
    secret = there.door.sign_in("otto", PASSWORD, HERE).secret
    for _ in range(12 * 6 - 1):
        there.clock.on(600)
        assert there.door.by_secret(secret)
    there.clock.on(600)
    assert there.door.by_secret(secret) is None


def test_a_role_counts_as_it_is_now(there: Hall) -> None:
    secret = there.door.sign_in("otto", PASSWORD, HERE).secret
    there.door.accounts.set_role("otto", Role.VIEWER)
    found = there.door.by_secret(secret)
    assert found is not None
    assert found.person.role is Role.VIEWER


@pytest.mark.parametrize("what", ["disable", "remove", "password"])
def test_whoever_is_shut_out_is_out_at_once(there: Hall, what: str) -> None:
    secret = there.door.sign_in("otto", PASSWORD, HERE).secret
    accounts = there.door.accounts
    if what == "disable":
        accounts.disable("otto")
    elif what == "remove":
        accounts.remove("otto")
    else:
        accounts.set_password("otto", "another four words here")
    assert there.door.by_secret(secret) is None
    assert "wrong" in str(sign_in_is_refused(there, "otto", PASSWORD))


def test_sessions_are_listed_and_ended(there: Hall) -> None:
    first, second = (there.door.sign_in("otto", PASSWORD, at) for at in (HERE, THERE))
    ada = there.door.sign_in("ada", PASSWORD, HERE).session.person
    listed = there.door.sessions.all()
    assert [(s.person.name, s.address) for s in listed] == [("otto", HERE), ("otto", THERE), ("ada", HERE)]
    there.door.sign_out(first.session, ada)
    assert there.door.by_secret(first.secret) is None
    assert there.door.by_secret(second.secret)
    assert ("ada", "session ended") in there.log()
    with pytest.raises(ServiceError, match="no session"):
        there.door.sessions.end(first.session.id)


def test_one_account_has_no_end_of_sessions(there: Hall) -> None:
    secrets = [there.door.sign_in("otto", PASSWORD, HERE).secret for _ in range(25)]
    assert len(there.door.sessions.all()) == 20
    assert there.door.by_secret(secrets[-1])
    assert there.door.by_secret(secrets[0]) is None


def test_every_failure_reads_the_same(there: Hall) -> None:
    there.door.accounts.disable("vera")
    said = {
        str(sign_in_is_refused(there, name, password, f"10.0.1.{i}"))
        for i, (name, password) in enumerate(
            [("otto", "wrong"), ("nobody", PASSWORD), ("vera", PASSWORD), ("' OR 1=1 --", "x"), ("", "")]
        )
    }
    assert len(said) == 1


# guessing


def test_who_guesses_waits_longer_each_time(there: Hall) -> None:
    waits = []
    for _ in range(14):
        refused = sign_in_is_refused(there, "otto", "wrong password")
        assert refused.wait == 0.0
        late = there.door._throttle.wait("otto", HERE, there.clock())
        waits.append(late)
        if late:
            assert sign_in_is_refused(there, "otto", PASSWORD).wait == pytest.approx(
                late
            )  # even the right one
            there.clock.on(late)
    assert waits == [0.0, 0.0, *(min(2.0**k, LONGEST) for k in range(12))]
    assert there.door.sign_in("otto", PASSWORD, HERE)


def test_many_machines_that_guess_at_one_name_wait_together(there: Hall) -> None:
    for i in range(FREE):
        sign_in_is_refused(there, "otto", "wrong password", f"10.0.1.{i}")
    assert sign_in_is_refused(there, "otto", PASSWORD, "10.0.1.200").wait > 0


def test_a_machine_that_guesses_at_many_names_waits(there: Hall) -> None:
    for name in ("a", "b", "c"):
        sign_in_is_refused(there, name, "wrong password")
    assert sign_in_is_refused(there, "otto", PASSWORD).wait > 0
    assert there.door.sign_in("otto", PASSWORD, THERE)


def test_a_name_that_is_not_known_waits_like_one_that_is(there: Hall) -> None:
    for i in range(6):
        for name in ("otto", "nobody"):
            refused = sign_in_is_refused(there, name, "wrong password", f"10.0.{i}.{len(name)}")
            assert (refused.wait > 0) is (i >= FREE)


def test_strangers_cannot_lock_out_a_machine_that_was_in_before(there: Hall) -> None:
    there.door.sign_in("otto", PASSWORD, HERE)
    for i in range(10):
        with pytest.raises(RefusedError):
            there.door.sign_in("otto", "wrong password", f"10.0.1.{i}")
    assert sign_in_is_refused(there, "otto", PASSWORD, THERE).wait > 0
    assert there.door.sign_in("otto", PASSWORD, HERE)


def test_failures_are_forgotten_after_an_hour(there: Hall) -> None:
    for i in range(FREE):
        sign_in_is_refused(there, "otto", "wrong password", f"10.0.1.{i}")
    there.clock.on(3601)
    assert there.door.sign_in("otto", PASSWORD, THERE)


def test_a_flood_of_names_and_addresses_fills_no_memory() -> None:
    throttle = Throttle(bytes(32))
    for i in range(20_000):
        throttle.failed(f"name {i}", f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}", i)
    assert len(throttle._rows) <= 2 * ROWS
    for i in range(2_000):
        throttle.succeeded("otto", f"10.1.{i >> 8}.{i & 255}")
    assert len(throttle._known) <= 1024


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("testclient", "testclient", True),
    ],
)
def test_a_network_of_ipv6_is_one_place(one: str, other: str, same: bool) -> None:
    assert (place(one) == place(other)) is same


# the log


def test_all_of_it_is_in_the_log(there: Hall) -> None:
    new = there.door.sign_in("otto", PASSWORD, HERE)
    sign_in_is_refused(there, "otto", "wrong password")
    there.door.change_password(new.session.person, PASSWORD, "another four words here", HERE)
    again = there.door.sign_in("otto", "another four words here", HERE)
    there.door.sign_out(again.session, again.session.person)
    there.door.refused(new.session.person, "not allowed", {"path": "/api/log"})
    assert there.log()[1:] == [
        ("otto", "signed in"),
        ("nobody", "sign-in refused"),
        ("otto", "password changed"),
        ("otto", "signed in"),
        ("otto", "signed out"),
        ("otto", "refused"),
    ]
    assert verify(there.folder).ok
    content = b"".join(path.read_bytes() for path in (there.folder / "log").iterdir())
    for secret in (PASSWORD, "wrong password", "another four words here", new.secret):
        assert secret.encode() not in content


def test_a_password_typed_as_a_name_is_not_written_down(there: Hall) -> None:
    sign_in_is_refused(there, PASSWORD, "otto")
    sign_in_is_refused(there, "OTTO", "wrong password")
    assert [entry.body["name"] for entry in list(entries(there.folder))[1:]] == ["(unknown)", "otto"]


def test_a_flood_of_refusals_is_summed_up(there: Hall) -> None:
    for _ in range(500):
        there.door.refused(None, "unknown", {"path": "/api/tracks"})
    assert there.log().count(("nobody", "refused")) == 60
    there.clock.on(61)
    there.door.refused(None, "unknown", {"path": "/api/tracks"})
    assert list(entries(there.folder))[-1].body["left_out_before"] == 440
    assert there.door.counters["unknown"] == 501


def test_a_password_is_changed_with_the_old_one_only(there: Hall) -> None:
    person = there.door.sign_in("otto", PASSWORD, HERE).session.person
    with pytest.raises(RefusedError, match="old password is wrong"):
        there.door.change_password(person, "wrong password", "another four words here", HERE)
    with pytest.raises(ServiceError, match="too short"):
        there.door.change_password(person, PASSWORD, "short", HERE)
    assert there.door.sign_in("otto", PASSWORD, HERE)
