"""Transports over real sockets and files; bound to 127.0.0.1 on a free port."""

from __future__ import annotations

import asyncio
import gzip
import http.server
import itertools
import socket
import struct
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.feed.wire_samples import NOON, SLICE, detections
from vedette.clock import NS
from vedette.errors import FeedError
from vedette.feed import TRANSPORTS, Chunk, FeedConfig, Transport
from vedette.feed.format.jsonl import encode
from vedette.feed.transport import pcap, recording
from vedette.feed.transport.udp import Udp


def config(transport: str, **keys: Any) -> FeedConfig:
    return FeedConfig(sensor="sensor", transport=transport, format="jsonl", **keys)


def transport(name: str, **keys: Any) -> Transport:
    return TRANSPORTS[name].make(config(name, **keys), time.time_ns)


async def take(chunks: AsyncGenerator[Chunk, None], count: int) -> list[Chunk]:
    out = []
    async with asyncio.timeout(10):
        async for chunk in chunks:
            out.append(chunk)
            if len(out) == count:
                break
    await chunks.aclose()
    return out


async def everything(chunks: AsyncGenerator[Chunk, None]) -> list[Chunk]:
    return [chunk async for chunk in chunks]


def test_tcp_reads_until_the_other_side_closes() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"one")
        await writer.drain()
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        before = time.time_ns()
        chunks = await everything(await transport("tcp", host="127.0.0.1", port=port).open())
        assert b"".join(chunk.data for chunk in chunks) == b"one"
        assert before <= chunks[0].t_rx <= time.time_ns()
        server.close()
        await server.wait_closed()

    asyncio.run(main())


def test_udp_gives_one_chunk_per_datagram() -> None:
    async def main() -> None:
        udp = transport("udp", host="127.0.0.1", port=0)
        assert isinstance(udp, Udp)
        chunks = await udp.open()
        assert udp.address is not None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for text in (b"one", b"two"):
                sender.sendto(text, udp.address)
        assert [chunk.data for chunk in await take(chunks, 2)] == [b"one", b"two"]

    asyncio.run(main())


def test_udp_hears_a_multicast_group() -> None:
    group = "239.255.77.77"

    async def main() -> None:
        udp = transport("udp", host=group, port=0, group=group, interface="127.0.0.1")
        assert isinstance(udp, Udp)
        try:
            chunks = await udp.open()
        except OSError as error:
            pytest.skip(f"no multicast on this machine ({error})")
        assert udp.address is not None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
            sender.sendto(b"one", (group, udp.address[1]))
        assert [chunk.data for chunk in await take(chunks, 1)] == [b"one"]

    asyncio.run(main())


def test_a_port_in_use_is_an_oserror() -> None:
    async def main() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            with pytest.raises(OSError, match="in use"):
                await transport("udp", host="127.0.0.1", port=other.getsockname()[1]).open()

    asyncio.run(main())


class Page(http.server.BaseHTTPRequestHandler):
    """Serves `body` with its ETag, and notes what was asked."""

    body = b"first"
    asked: list[str | None]

    def do_GET(self) -> None:
        tag = f'"{hash(self.body)}"'
        type(self).asked.append(self.headers.get("If-None-Match"))
        if self.path != "/data":
            self.send_error(404)
        elif self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
        else:
            self.send_response(200)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(self.body)))
            self.end_headers()
            self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        pass


@pytest.fixture
def page() -> Iterator[tuple[type[Page], str]]:
    handler = type("OnePage", (Page,), {"asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield handler, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_http_gives_a_document_when_it_has_changed(page: tuple[type[Page], str]) -> None:
    handler, address = page

    async def main() -> None:
        chunks = await transport("http", url=f"{address}/data", poll_s=0.01).open()
        assert (await anext(chunks)).data == b"first"
        while len(handler.asked) < 4:
            task = asyncio.ensure_future(anext(chunks))
            await asyncio.sleep(0.1)
            handler.body = b"second"
            assert (await task).data == b"second"
        await chunks.aclose()
        assert handler.asked[0] is None
        assert handler.asked[1] is not None

    asyncio.run(main())


def test_http_that_answers_with_an_error_is_an_oserror(page: tuple[type[Page], str]) -> None:
    async def main() -> None:
        with pytest.raises(OSError, match="404"):
            await transport("http", url=f"{page[1]}/nothing").open()

    asyncio.run(main())


def test_http_reads_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "aircraft.json"
    file.write_bytes(b"{}")

    async def main() -> None:
        chunks = await transport("http", url=file.as_uri(), poll_s=0.01).open()
        assert (await take(chunks, 1))[0].data == b"{}"

    asyncio.run(main())


# files


def played(path: Path, **keys: Any) -> list[Chunk]:
    async def main() -> list[Chunk]:
        return await everything(await transport("file", path=str(path), **keys).open())

    return asyncio.run(main())


def test_a_recording_plays_as_it_was_recorded() -> None:
    chunks = played(SLICE, speed=0)
    assert len(chunks) == 11_130
    assert chunks == list(recording.chunks(SLICE))
    assert all(a.t_rx <= b.t_rx for a, b in itertools.pairwise(chunks))


def test_a_recording_says_where_it_comes_from() -> None:
    file = transport("file", path=str(SLICE), speed=0)
    asyncio.run(file.open())
    assert "2024-07-06" in file.origin


def test_speed_paces_the_recorded_times(tmp_path: Path) -> None:
    path = tmp_path / "slow.jsonl.gz"
    chunks = [Chunk(b"x", NOON + k * NS // 10) for k in range(5)]
    recording.write(path, recording.Head(1, "beast"), chunks)
    begin = time.monotonic()
    assert played(path, speed=2.0) == chunks
    assert 0.2 <= time.monotonic() - begin < 2.0


def test_a_recording_cut_short_ends_where_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl.gz"
    octets = SLICE.read_bytes()
    path.write_bytes(octets[: len(octets) // 2])
    chunks = played(path, speed=0)
    assert 1000 < len(chunks) < 11_130


def test_a_damaged_recording_says_where(tmp_path: Path) -> None:
    path = tmp_path / "damaged.jsonl"
    path.write_text(
        '{"vedette_recording": 1, "format": "beast"}\n{"t": 1, "hex": "00"}\n{"t": 2, "hex": "zz"}\n'
    )
    with pytest.raises(FeedError, match=r"damaged\.jsonl:3"):
        played(path, speed=0)
    path.write_text('{"vedette_recording": 9, "format": "beast"}\n')
    with pytest.raises(FeedError, match="version 9"):
        played(path)
    path.write_text('{"vedette_recording": 1}\n')
    with pytest.raises(FeedError, match="first line"):
        played(path)


def test_our_json_lines_play_at_their_own_times(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_bytes(encode(detections()) + b"not a line\n" + b'{"look": [1, 1700000000000000000]}\n')
    times = [chunk.t_rx for chunk in played(path, speed=0)]
    assert times == [NOON] * 7 + [NOON] + [1_700_000_000_000_000_000]


def test_any_other_file_arrives_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "plain.bin"
    path.write_bytes(bytes(100_000))
    before = time.time_ns()
    first, second = played(path)
    assert len(first.data) + len(second.data) == 100_000
    assert before <= first.t_rx == second.t_rx


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(FeedError, match=r"nowhere\.bin cannot be read"):
        played(Path("nowhere.bin"))


# captures


def ethernet(payload: bytes, port: int, vlan: bool = False, fragment: int = 0) -> bytes:
    udp = struct.pack(">HHHH", 5000, port, 8 + len(payload), 0) + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, fragment, 64, 17, 0, bytes(4), bytes(4))
    tag = b"\x81\x00\x00\x07" if vlan else b""
    return bytes(12) + tag + b"\x08\x00" + ip + udp + bytes(4)  # four octets of Ethernet padding


def classic(frames: list[bytes], order: str = "<", magic: int = 0xA1B2C3D4) -> bytes:
    head = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65_535, 1)
    records = [struct.pack(order + "IIII", 1000 + k, 5, len(f), len(f)) + f for k, f in enumerate(frames)]
    return head + b"".join(records)


def next_generation(frames: list[bytes], order: str = "<") -> bytes:
    """Times in ns (if_tsresol 9)."""

    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        length = struct.pack(order + "I", len(body) + 12)
        return struct.pack(order + "I", kind) + length + body + length

    out = block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack(order + "HHI", 1, 0, 0) + struct.pack(order + "HHB3x", 9, 1, 9) + bytes(4))
    out += block(4, b"ignored!")
    for k, frame in enumerate(frames):
        high, low = divmod((1000 + k) * NS + 5000, 2**32)
        out += block(6, struct.pack(order + "IIIII", 0, high, low, len(frame), len(frame)) + frame)
    return out


FRAMES = [ethernet(b"one", 8600), ethernet(b"two", 8601, vlan=True), ethernet(b"cut", 8600, fragment=0x2000)]


@pytest.mark.parametrize(
    ("octets", "ns"),
    [
        (classic(FRAMES), 5000),
        (classic(FRAMES, ">"), 5000),
        (classic(FRAMES, "<", 0xA1B23C4D), 5),
        (next_generation(FRAMES), 5000),
        (next_generation(FRAMES, ">"), 5000),
    ],
    ids=["little", "big", "nanoseconds", "pcapng little", "pcapng big"],
)
def test_captures_of_every_kind(tmp_path: Path, octets: bytes, ns: int) -> None:
    path = tmp_path / "capture"
    path.write_bytes(octets)
    expected = [pcap.Packet(1000 * NS + ns, 8600, b"one"), pcap.Packet(1001 * NS + ns, 8601, b"two")]
    assert list(pcap.packets(path)) == expected
    assert played(path, port=8601, speed=0) == [Chunk(b"two", 1001 * NS + ns)]
    for length in range(4, len(octets), 7):
        path.write_bytes(octets[:length])
        assert list(pcap.packets(path)) == expected[: len(list(pcap.packets(path)))]


def test_a_file_that_is_no_capture(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(b"hello, world")
    with pytest.raises(FeedError, match="not a capture"):
        list(pcap.packets(path))


def test_writing_a_recording_twice_gives_the_same_file(tmp_path: Path) -> None:
    head, chunks = recording.read(SLICE)
    kept = list(chunks)[:100]
    for name in ("a", "b"):
        assert recording.write(tmp_path / name, head, kept) == 100
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert list(recording.chunks(tmp_path / "a")) == kept
    with gzip.open(tmp_path / "a") as stream:
        assert stream.readline().startswith(b'{"vedette_recording":1')
