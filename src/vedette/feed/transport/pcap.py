"""Captured network traffic: UDP payloads of .pcap and .pcapng files, with their times.

Classic pcap (draft-ietf-opsawg-pcap): a 24-octet head whose magic number tells byte order and whether times
are in µs or ns, then records of {seconds, fraction, captured length, original length, packet}. pcapng
(draft-ietf-opsawg-pcapng): blocks of {type, length, body, length}; section header (byte order), interface
description (link type, unit of time), enhanced packet. Link types read: Ethernet with VLAN tags, BSD
loopback, raw IP, Linux cooked v1 and v2. IPv4 and IPv6, UDP only. Fragments are skipped: sensors' datagrams
fit into one packet.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from vedette.clock import NS
from vedette.errors import FeedError

# Magic number of a classic file → (byte order, ns per unit of the fraction)
CLASSIC = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
SECTION, INTERFACE, ENHANCED = 0x0A0D0D0A, 1, 6
NEXT_GENERATION = SECTION.to_bytes(4, "big")
LARGEST = 16 * 1024 * 1024  # octets in one record; more is a damaged file

# Link type → (octets before the IP packet, where its ether type stands; None: look at the IP version)
NULL, ETHERNET, RAW, COOKED, COOKED2 = 0, 1, 101, 113, 276
VLAN = (0x8100, 0x88A8)
IPV4, IPV6, UDP = 0x0800, 0x86DD, 17


class Packet(NamedTuple):
    """One UDP datagram: time (ns UTC), destination port, payload."""

    t: int
    port: int
    data: bytes


class Record(NamedTuple):
    t: int
    link: int
    data: bytes


def is_pcap(path: Path) -> bool:
    with path.open("rb") as stream:
        magic = stream.read(4)
    return magic in CLASSIC or magic == NEXT_GENERATION


def packets(path: Path) -> Iterator[Packet]:
    """The UDP datagrams of a capture, in the file's order. A file cut short ends where it is cut.

    Raises FeedError when the file is not a capture, OSError when it cannot be opened.
    """
    with path.open("rb") as stream:
        magic = stream.read(4)
        if magic in CLASSIC:
            records = classic(stream, *CLASSIC[magic])
        elif magic == NEXT_GENERATION:
            records = next_generation(stream)
        else:
            raise FeedError(f"{path} is not a capture file; .pcap and .pcapng can be read.")
        for record in records:
            datagram = udp(network(record.link, record.data))
            if datagram is not None:
                yield Packet(record.t, *datagram)


def classic(stream: BinaryIO, order: str, unit: int) -> Iterator[Record]:
    head = stream.read(20)
    if len(head) < 20:
        return
    link = struct.unpack(order + "I", head[16:20])[0] & 0xFFFF
    layout = struct.Struct(order + "IIII")
    while len(head := stream.read(16)) == 16:
        second, fraction, length, _ = layout.unpack(head)
        data = stream.read(min(length, LARGEST))
        if len(data) < length:
            return
        yield Record(second * NS + fraction * unit, link, data)


def next_generation(stream: BinaryIO) -> Iterator[Record]:
    stream.seek(0)
    order, interfaces = "<", list[tuple[int, int]]()
    while len(head := stream.read(8)) == 8:
        if head[:4] == NEXT_GENERATION:
            # The section's own byte order follows the length, which cannot be read before it is known.
            order = "<" if stream.read(4) == b"\x4d\x3c\x2b\x1a" else ">"
            stream.seek(-4, 1)
            interfaces = []
        kind, length = struct.unpack(order + "II", head)
        if length < 12 or length > LARGEST or length % 4:
            return
        body = stream.read(length - 8)[:-4]
        if len(body) < length - 12:
            return
        if kind == INTERFACE and len(body) >= 8:
            interfaces.append((struct.unpack_from(order + "H", body)[0], resolution(order, body[8:])))
        elif kind == ENHANCED and (record := enhanced(order, body, interfaces)):
            yield record


def resolution(order: str, options: bytes) -> int:
    """Units of time per second, from an interface's options (code 9: if_tsresol)."""
    while len(options) >= 4:
        code, length = struct.unpack_from(order + "HH", options)
        if code == 9 and length >= 1 and len(options) >= 5:
            exponent = options[4] & 0x7F
            return int(2**exponent) if options[4] & 0x80 else int(10**exponent)
        options = options[4 + length + (-length) % 4 :]
    return 1_000_000


def enhanced(order: str, body: bytes, interfaces: list[tuple[int, int]]) -> Record | None:
    if len(body) < 20:
        return None
    interface, high, low, length, _ = struct.unpack_from(order + "IIIII", body)
    if interface >= len(interfaces):
        return None
    link, per_second = interfaces[interface]
    return Record(((high << 32) | low) * NS // per_second, link, body[20 : 20 + length])


def network(link: int, frame: bytes) -> bytes:
    """The IP packet in a frame; empty when there is none."""
    if link == ETHERNET:
        at = 12
        while len(frame) >= at + 2 and int.from_bytes(frame[at : at + 2], "big") in VLAN:
            at += 4
        return frame[at + 2 :] if int.from_bytes(frame[at : at + 2], "big") in (IPV4, IPV6) else b""
    start = {NULL: 4, RAW: 0, COOKED: 16, COOKED2: 20}.get(link)
    return b"" if start is None else frame[start:]


def udp(packet: bytes) -> tuple[int, bytes] | None:
    """(destination port, payload) of an IP packet that holds one whole UDP datagram."""
    version = packet[0] >> 4 if packet else 0
    if version == 4 and len(packet) >= 20:
        fragment = int.from_bytes(packet[6:8], "big") & 0x3FFF
        protocol, body = packet[9], packet[(packet[0] & 0x0F) * 4 :]
    elif version == 6 and len(packet) >= 40:
        fragment, protocol, body = 0, packet[6], packet[40:]
    else:
        return None
    if protocol != UDP or fragment or len(body) < 8:
        return None
    port, length = struct.unpack_from(">HH", body, 2)
    return port, body[8:length]
