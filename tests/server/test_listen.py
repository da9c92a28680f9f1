"""Starting and ending the server: each failure is a sentence with a remedy, Ctrl-C is a clean end."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.server.by_hand import site
from tests.server.served import HandDesk
from vedette.errors import ServiceError
from vedette.server import build_app, serve
from vedette.server.listen import address, bind, is_loopback, reachable

ROOT = Path(__file__).parents[2]


def test_a_port_in_use_is_said_in_a_sentence() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        desk = HandDesk(site())
        with pytest.raises(ServiceError, match=rf"Port {port} .* in use.*--port"):
            serve(build_app(desk, clock=desk.now), "127.0.0.1", port)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
def test_other_machines_are_kept_out_without_accounts_and_without_tls(host: str) -> None:
    with pytest.raises(ServiceError, match="vedette user add"):
        reachable(host, accounts=False, secure=True)
    with pytest.raises(ServiceError, match=r"in the clear.*vedette certificate.*proxy"):
        reachable(host, accounts=True, secure=False)
    assert reachable(host, accounts=True, secure=True) == host


def test_this_machine_alone_needs_neither_but_a_proxy_opens_it() -> None:
    assert reachable("127.0.0.1", accounts=False, secure=False) == "127.0.0.1"
    with pytest.raises(ServiceError, match=r"The proxy can be reached.*no accounts"):
        reachable("127.0.0.1", accounts=False, secure=True, proxied=True)


def test_the_rule_is_kept_at_the_start() -> None:
    desk = HandDesk(site())
    with pytest.raises(ServiceError, match="no accounts"):
        serve(build_app(desk, clock=desk.now), "0.0.0.0", 0)


def test_an_address_of_another_machine_is_explained() -> None:
    with pytest.raises(ServiceError, match=r"192\.0\.2\.1 .* cannot be opened.*--host"):
        bind("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("host", "so"), [("localhost", True), ("127.0.0.9", True), ("::1", True), ("lan", False)]
)
def test_is_loopback(host: str, so: bool) -> None:
    assert is_loopback(host) is so


def test_the_address_is_one_to_click() -> None:
    with bind("127.0.0.1", 0) as listener:
        assert address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}/"


PROGRAM = """
from tests.server.by_hand import site
from tests.server.served import HandDesk
from vedette.server import build_app, serve
desk = HandDesk(site())
serve(build_app(desk, clock=desk.now), port=0, ready=lambda address: print(address, flush=True))
print("ended", flush=True)
"""


@pytest.mark.slow
def test_ctrl_c_ends_it_cleanly() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                assert httpx.get(url + "api/health").status_code == 200
                break
            except httpx.ConnectError:
                time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    finally:
        process.kill()
    assert out == "ended\n"
    assert err == ""
    assert process.returncode == 0


def test_a_second_server_may_take_the_port_at_once() -> None:
    """No waiting for TIME_WAIT after a restart."""
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = first.accept()
        accepted.close()
        client.close()
    bind("127.0.0.1", port).close()
