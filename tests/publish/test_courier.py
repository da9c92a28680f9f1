"""The courier with a real server that fails, comes back, or never answers; and letters over a restart."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.publish.letters import NS, T, Taker, alert_of, closed, picture, seen, until, web_server
from vedette.errors import ServiceError
from vedette.publish import Courier, Letter, Office, Outbox, WebhookConfig
from vedette.types import DeliveryState


class Clock:
    def __init__(self) -> None:
        self.t = T

    def __call__(self) -> int:
        return self.t


def hook(url: str, **keys: Any) -> WebhookConfig:
    return WebhookConfig(
        name="hook", url=url, **{"retry_s": 0.02, "retry_max_s": 0.1, "timeout_s": 5.0, **keys}
    )


@contextmanager
def courier(*configs: Any, clock: Clock | None = None, **keys: Any) -> Iterator[Courier]:
    exercise = keys.pop("exercise", False)
    office = Office(site="base", folder=Path(), exercise=exercise)
    found = Courier(configs, office, clock or Clock(), **keys)
    try:
        yield found
    finally:
        found.close()


def events(taker: Taker) -> list[str]:
    return [event["event"] for _, body in taker.taken for event in json.loads(body)["events"]]


def test_an_alert_goes_out_and_its_steps_follow() -> None:
    with web_server(Taker()) as taker, courier(hook(taker.url)) as post:
        for alert in (alert_of(), seen(alert_of()), closed(seen(alert_of()))):
            post.write(picture(alert))
            until(lambda: events(taker)[-1:] == [alert.state.value])  # noqa: B023
        until(lambda: post.deliveries[0].sent == 3)
    assert events(taker) == ["new", "acknowledged", "closed"]
    assert post.deliveries[0].state is DeliveryState.OK


def test_what_fails_is_tried_again_and_shown() -> None:
    with web_server(Taker([503, 503, 503, 200])) as taker, courier(hook(taker.url)) as post:
        post.write(picture(alert_of()))
        until(lambda: "503" in post.deliveries[0].detail)
        until(lambda: post.deliveries[0].sent == 1)
        assert post.deliveries[0].state is DeliveryState.OK
        assert post.deliveries[0].detail == ""
        assert post.counters["attempts_failed"] == 3
    assert events(taker) == ["new"] * 4


def test_what_is_too_old_is_given_up_and_said() -> None:
    clock = Clock()
    told: list[tuple[str, str]] = []
    with (
        web_server(Taker([503])) as taker,
        courier(
            hook(taker.url, expire_s=60.0), clock=clock, told=lambda c, w, _: told.append((c, w))
        ) as post,
    ):
        post.write(picture(alert_of()))
        until(lambda: post.counters["attempts_failed"] >= 2)
        clock.t += 61 * NS
        until(lambda: post.deliveries[0].state is DeliveryState.FAILED)
        assert post.deliveries[0].failed == 1
        assert "503" in post.deliveries[0].detail
    assert told == [("hook", "given up")]


def test_what_will_never_be_taken_is_not_tried_again() -> None:
    with web_server(Taker([422, 200])) as taker, courier(hook(taker.url)) as post:
        post.write(picture(alert_of()))
        until(lambda: post.deliveries[0].state is DeliveryState.FAILED)
        post.write(picture(seen(alert_of())))
        until(lambda: post.deliveries[0].sent == 1)
    assert events(taker) == ["new", "acknowledged"]


def test_a_slow_channel_holds_up_nobody() -> None:
    """One server takes its time; the picture and the other channel do not wait for it."""

    class Slow(Taker):
        def next_status(self) -> int:
            time.sleep(0.6)
            return 200

    with web_server(Slow()) as slow, web_server(Taker()) as quick:
        first = WebhookConfig(name="slow", url=slow.url)
        second = WebhookConfig(name="quick", url=quick.url)
        with courier(first, second) as post:
            post.write(picture(alert_of()))
            until(lambda: post.deliveries[1].sent == 1)
            assert post.deliveries[0].state is DeliveryState.TRYING


def test_a_raid_is_few_messages() -> None:
    with web_server(Taker()) as taker, courier(hook(taker.url, pause_s=0.3)) as post:
        for count in range(1, 41):
            post.write(picture(*(alert_of(f"{k}-base-1", track=k) for k in range(count)), t=T + count))
            time.sleep(0.002)
        until(lambda: post.deliveries[0].sent == 40)
    assert events(taker) == ["new"] * 40
    assert len(taker.taken) <= 4
    numbers = [event["number"] for _, body in taker.taken for event in json.loads(body)["events"]]
    assert numbers == sorted(set(numbers))


def test_exercises_warn_nobody_unless_told_to() -> None:
    with web_server(Taker()) as off, web_server(Taker()) as on:
        first = WebhookConfig(name="off", url=off.url)
        second = WebhookConfig(name="on", url=on.url, exercise=True)
        with courier(first, second, exercise=True) as post:
            post.write(picture(alert_of()))
            until(lambda: post.deliveries[1].sent == 1)
            assert post.deliveries[0].state is DeliveryState.OFF
            with pytest.raises(ServiceError, match="exercise = true"):
                post.test("off", "Ops")
    assert not off.taken
    assert json.loads(on.taken[0][1])["exercise"] is True


def test_a_trial_arrives_and_an_unknown_channel_is_told() -> None:
    with web_server(Taker()) as taker, courier(hook(taker.url)) as post:
        post.test("hook", "Ops")
        until(lambda: post.deliveries[0].sent == 1)
        with pytest.raises(ServiceError, match="no channel fax"):
            post.test("fax", "Ops")
    assert json.loads(taker.taken[0][1])["events"][0]["by"] == "Ops"


def test_letters_wait_over_a_restart(tmp_path: Path) -> None:
    box = tmp_path / "outbox.sqlite"
    with web_server(Taker([503])) as taker, courier(hook(taker.url, retry_s=5.0), outbox=box) as post:
        post.write(picture(alert_of()))
        until(lambda: post.counters["attempts_failed"] >= 1)
    with web_server(Taker()) as taker, courier(hook(taker.url), outbox=box) as post:
        until(lambda: post.deliveries[0].sent == 1)
        post.write(picture(alert_of()))  # the same alert, told of before the restart
        post.write(picture(seen(alert_of())))
        until(lambda: post.deliveries[0].sent == 2)
    assert events(taker) == ["new", "acknowledged"]


KILLED = """
import sys, time
from pathlib import Path
from tests.publish.letters import picture, alert_of, T
from tests.publish.test_courier import Clock, hook
from vedette.publish import Courier, Office
office = Office(site="base", folder=Path())
post = Courier([hook("http://127.0.0.1:9/", retry_s=60.0)], office, Clock(), outbox=sys.argv[1])
post.write(picture(alert_of()))
while not post.counters["attempts_failed"]:
    time.sleep(0.01)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.slow
def test_letters_survive_a_kill(tmp_path: Path) -> None:
    box = tmp_path / "outbox.sqlite"
    program = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(box)], stdout=subprocess.PIPE, env={**os.environ}
    )
    assert program.stdout is not None
    assert program.stdout.readline() == b"ready\n"
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdout.close()
    with web_server(Taker()) as taker, courier(hook(taker.url), outbox=box) as post:
        until(lambda: post.deliveries[0].sent == 1)
    assert events(taker) == ["new"]


def test_an_outbox_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "box").write_text("not a database" * 100)
    with pytest.raises(ServiceError, match="cannot be opened"), courier(outbox=tmp_path / "box"):
        pass


def test_the_outbox_forgets_what_was_done_long_ago() -> None:
    box = Outbox()
    box.put("a", [Letter(t=T, subject="s", text="t", body={}) for _ in range(20_000)])
    box.done(box.waiting("a", 19_000), "sent", T)
    box.prune()
    counts = box.counts("a")
    assert counts["waiting"] == 1000
    assert counts["sent"] == 9_000
