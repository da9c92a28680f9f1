"""Sensors over TLS, by real sockets and OpenSSL's own client: who is let in, who is refused, what is said."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.feed.wire_samples import detections
from vedette.clock import NS
from vedette.errors import ConfigError
from vedette.feed import Feed, FeedConfig
from vedette.feed.format.jsonl import encode
from vedette.feed.transport.tcp_listen import TcpListen
from vedette.people.certificate import Pair, load, make_authority, make_sensor, make_server, save
from vedette.types import FeedState, SensorHealth

SENSOR = "North radar"
LINES = encode(detections())
DAY = 86_400 * NS


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificates of a site, and those of somebody else."""
    folder, now = tmp_path_factory.mktemp("certificates"), time.time_ns()
    site, other = make_authority("Site", now, os.urandom), make_authority("Other", now, os.urandom)

    def keep(name: str, pair: Pair) -> None:
        save(pair, folder, name)

    keep("authority", site)
    keep("other-authority", other)
    keep("server", make_server(site, ["localhost", "127.0.0.1"], now, os.urandom))
    keep("elsewhere", make_server(site, ["radar.example"], now, os.urandom))
    keep("sensor", make_sensor(site, SENSOR, now, os.urandom))
    keep("another", make_sensor(site, "South radar", now, os.urandom))
    keep("expired", make_sensor(site, SENSOR, now - 30 * DAY, os.urandom, days=10))
    keep("stranger", make_sensor(other, SENSOR, now, os.urandom))
    keep("expired-server", make_server(site, ["127.0.0.1"], now - 30 * DAY, os.urandom, days=10))
    keep("strange-server", make_server(other, ["127.0.0.1"], now, os.urandom))
    return folder


def feed(files: Path, **keys: Any) -> Feed:
    given: dict[str, Any] = {
        "sensor": SENSOR,
        "format": "jsonl",
        "host": "127.0.0.1",
        "tls": True,
        "ca": str(files / "authority.pem"),
        "retry_s": 0.02,
        "retry_max_s": 0.05,
        **keys,
    }
    return Feed(FeedConfig(**given), clock=time.time_ns, rng=np.random.default_rng(3))


def listening(files: Path, **keys: Any) -> Feed:
    pair = {"certificate": str(files / "server.pem"), "key": str(files / "server.key")}
    return feed(files, **{"transport": "tcp_listen", "port": 0, **pair, **keys})


def health(one: Feed) -> SensorHealth:
    return one.health(time.time_ns())


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def running(one: Feed) -> Any:
    """The feed at work; yields what it has brought."""
    reports: list[Any] = []

    async def run() -> None:
        async for batch, _ in one.stream():
            reports.extend(batch)

    task = asyncio.create_task(run())
    try:
        yield reports
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def port_of(one: Feed) -> int:
    transport = one.transport
    assert isinstance(transport, TcpListen)
    await until(lambda: transport.address)
    assert transport.address is not None
    return transport.address[1]


def context(files: Path, name: str | None) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=str(files / "authority.pem"))
    if name is not None:
        made.load_cert_chain(files / f"{name}.pem", files / f"{name}.key")
    return made


def connect(port: int, made: ssl.SSLContext) -> ssl.SSLSocket:
    return made.wrap_socket(socket.create_connection(("127.0.0.1", port), 5), server_hostname="localhost")


def try_it(port: int, made: ssl.SSLContext, octets: bytes = LINES) -> None:
    """As a sensor would; in TLS 1.3 a refusal is heard only when one reads."""
    with contextlib.suppress(OSError), connect(port, made) as wire:
        wire.sendall(octets)
        wire.recv(1)


def test_a_sensor_with_its_certificate_is_let_in(files: Path) -> None:
    async def main() -> None:
        one = listening(files)
        async with running(one) as reports:
            port = await port_of(one)
            assert "waiting for the sensor to connect" in health(one).detail
            wire = await asyncio.to_thread(connect, port, context(files, "sensor"))
            assert wire.version() == "TLSv1.3"
            wire.sendall(LINES)
            await until(lambda: len(reports) >= len(detections()))
            assert (health(one).state, health(one).detail) == (FeedState.UP, "")
            assert health(one).counters["let_in"] == 1
            wire.close()
            await until(lambda: health(one).state is FeedState.DOWN)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "counter", "words"),
    [
        (None, "refused_no_certificate", "showed no certificate"),
        ("stranger", "refused_wrong_authority", "another authority"),
        ("expired", "refused_expired", "has expired"),
        ("another", "refused_wrong_name", "is 'South radar' by its certificate"),
        ("server", "refused_wrong_purpose", "another purpose"),
    ],
)
def test_anybody_else_is_refused_counted_and_shown(
    files: Path, name: str | None, counter: str, words: str
) -> None:
    async def main() -> None:
        one = listening(files)
        async with running(one) as reports:
            port = await port_of(one)
            await asyncio.to_thread(try_it, port, context(files, name))
            await until(lambda: counter in health(one).counters)
            assert words in health(one).detail
            assert "127.0.0.1" in health(one).detail
            assert not reports
            assert "let_in" not in health(one).counters

    asyncio.run(main())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions_of_tls_will_do(files: Path, version: ssl.TLSVersion) -> None:
    async def main() -> None:
        one = listening(files)
        async with running(one) as reports:
            made = context(files, "sensor")
            made.maximum_version = made.minimum_version = version
            wire = await asyncio.to_thread(connect, await port_of(one), made)
            wire.sendall(LINES)
            await until(lambda: reports)
            wire.close()

    asyncio.run(main())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_older_tls_and_plain_bytes_are_refused(files: Path) -> None:
    async def main() -> None:
        one = listening(files)
        async with running(one) as reports:
            port = await port_of(one)
            made = context(files, "sensor")
            made.minimum_version, made.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
            made.set_ciphers("ALL:@SECLEVEL=0")
            await asyncio.to_thread(try_it, port, made)
            await until(lambda: health(one).counters.get("refused_no_tls") == 1)
            with socket.create_connection(("127.0.0.1", port), 5) as wire:
                wire.sendall(LINES)
                await until(lambda: health(one).counters.get("refused_no_tls") == 2)
            assert not reports

    asyncio.run(main())


def test_refusals_do_not_disturb_the_sensor_inside(files: Path) -> None:
    async def main() -> None:
        one = listening(files)
        async with running(one) as reports:
            port = await port_of(one)
            wire = await asyncio.to_thread(connect, port, context(files, "sensor"))
            wire.sendall(LINES)
            await until(lambda: reports)
            await asyncio.to_thread(try_it, port, context(files, "another"))
            before = len(reports)
            wire.sendall(LINES)
            await until(lambda: len(reports) > before)
            assert health(one).counters["refused_wrong_name"] == 1
            assert "South radar" in health(one).detail
            wire.close()

    asyncio.run(main())


def test_a_sensor_that_comes_again_takes_its_own_place(files: Path) -> None:
    async def main() -> None:
        one = listening(files)
        async with running(one) as reports:
            port = await port_of(one)
            first = await asyncio.to_thread(connect, port, context(files, "sensor"))
            first.sendall(LINES)
            await until(lambda: reports)
            second = await asyncio.to_thread(connect, port, context(files, "sensor"))
            await until(lambda: health(one).counters["let_in"] == 2)
            before = len(reports)
            second.sendall(LINES)
            await until(lambda: len(reports) > before)
            assert health(one).state is FeedState.UP
            first.close()
            second.close()

    asyncio.run(main())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
@pytest.mark.parametrize(("name", "good"), [("sensor", True), ("stranger", False)])
def test_openssls_own_client(files: Path, name: str, good: bool) -> None:
    async def main() -> None:
        one = listening(files)
        async with running(one) as reports:
            command = [
                *(
                    "openssl",
                    "s_client",
                    "-quiet",
                    "-no_ign_eof",
                    "-connect",
                    f"127.0.0.1:{await port_of(one)}",
                ),
                *("-CAfile", str(files / "authority.pem"), "-verify_return_error", "-verify_ip", "127.0.0.1"),
                *("-cert", str(files / f"{name}.pem"), "-key", str(files / f"{name}.key")),
            ]
            with subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ) as client:
                assert client.stdin is not None
                with contextlib.suppress(BrokenPipeError):
                    client.stdin.write(LINES)
                    client.stdin.flush()
                await until(lambda: reports or "refused_wrong_authority" in health(one).counters)
                with contextlib.suppress(BrokenPipeError):
                    client.stdin.close()
                client.kill()
            assert bool(reports) is good

    asyncio.run(main())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
def test_openssl_finds_the_chains_good(files: Path) -> None:
    for name, purpose in (("server", "sslserver"), ("sensor", "sslclient")):
        command = [
            "openssl",
            "verify",
            "-x509_strict",
            "-purpose",
            purpose,
            "-CAfile",
            files / "authority.pem",
        ]
        said = subprocess.run([*command, files / f"{name}.pem"], capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr + said.stdout


# we connect to the sensor


@contextlib.asynccontextmanager
async def serving(files: Path, name: str, ask: bool = False) -> Any:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(files / f"{name}.pem", files / f"{name}.key")
    if ask:
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_verify_locations(files / "authority.pem")

    async def session(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(LINES)
        await writer.drain()

    server = await asyncio.start_server(session, "127.0.0.1", 0, ssl=made)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # it is told of every refusal
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def test_a_sensor_is_known_by_its_certificate(files: Path) -> None:
    async def main() -> None:
        async with serving(files, "server", ask=True) as port:
            pair = {"certificate": str(files / "sensor.pem"), "key": str(files / "sensor.key")}
            one = feed(files, transport="tcp", port=port, **pair)
            async with running(one) as reports:
                await until(lambda: reports)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("strange-server", "another authority"),
        ("expired-server", "has expired"),
        ("elsewhere", "another name"),
        ("sensor", "another purpose"),
    ],
)
def test_an_impostor_is_not_listened_to(files: Path, name: str, words: str) -> None:
    async def main() -> None:
        async with serving(files, name) as port:
            one = feed(files, transport="tcp", port=port)
            async with running(one) as reports:
                await until(lambda: health(one).state is FeedState.DOWN)
                assert words in health(one).detail
                assert not reports

    asyncio.run(main())


# configuration


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"ca": None}, "known by their certificates"),
        ({"certificate": None}, "known by their certificates"),
        ({"tls": False, "host": None}, "pretend to be the sensor"),
        ({"tls": False, "host": "0.0.0.0"}, "127.0.0.1 only"),
        ({"ca": "nowhere.pem"}, "no file nowhere.pem"),
        ({"transport": "udp"}, "knows no TLS"),
    ],
)
def test_what_cannot_be_safe_is_refused_at_once(files: Path, keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        listening(files, **keys)


def test_files_that_do_not_fit_are_said(files: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be used together"):
        listening(files, key=str(files / "sensor.key"))
    (tmp_path / "nothing.pem").write_text("nothing")
    with pytest.raises(ConfigError, match="holds no certificate"):
        listening(files, ca=str(tmp_path / "nothing.pem"))


def test_on_this_machine_alone_tls_may_be_left_out(files: Path) -> None:
    async def main() -> None:
        one = listening(files, tls=False)
        async with running(one) as reports:
            with socket.create_connection(("127.0.0.1", await port_of(one)), 5) as wire:
                wire.sendall(LINES)
                await until(lambda: reports)

    asyncio.run(main())


def test_certificates_are_kept_for_their_owner(files: Path) -> None:
    assert (files / "sensor.key").stat().st_mode & 0o777 == 0o600
    assert load(files, "authority").certificate.subject.rfc4514_string() == "CN=Site authority"
