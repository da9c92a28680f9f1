"""What a log's files say, byte for byte: lines chained by SHA-256, segments and the head signed by Ed25519.

A line is `HASH PAYLOAD`, where PAYLOAD is one JSON object `{"n":…,"t":…,"who":…,"what":…,"body":{…}}` and
HASH, in hexadecimal, is SHA-256 over the hash of the line before (32 zero bytes before the first) and the
payload's very bytes. So no byte can change without its hash, nor a hash without every hash after it, and
there is no second way to write the same entry.

A segment is a file. Its first line names its number, the hash before it and the public key; its last, once it
is closed, carries a signature over the Merkle root of its hashes (RFC 6962: leaves and nodes are told apart).
The file `head` carries a signature over the number and hash of the newest entry.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

START = bytes(32)  # the hash before the first line
SUFFIX = ".log"
HEAD = "head"
LINE = re.compile(rb"([0-9a-f]{64}) (\{.*\})\Z", re.DOTALL)
NAME = re.compile(r"\d{6,}\.log\Z")
# `what` of the entries that the log makes itself
OPENED, SEALED, TORN, GAP = "segment", "seal", "torn", "gap"
RESERVED = frozenset({OPENED, SEALED, TORN, GAP})


class LogEntry(msgspec.Struct, frozen=True, rename={"number": "n"}, forbid_unknown_fields=True):
    """One entry: its number from 1, ns UTC, who did it, what, and the particulars."""

    number: int
    t: int
    who: str
    what: str
    body: dict[str, Any]


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The newest entry: its number, its hash, and a signature over both, all in hexadecimal."""

    n: int
    hash: str
    signature: str


encode = msgspec.json.Encoder(order="deterministic").encode
decode = msgspec.json.Decoder(LogEntry).decode
decode_head = msgspec.json.Decoder(Head).decode


def link(previous: bytes, payload: bytes) -> bytes:
    """The hash of a line after one whose hash is `previous`."""
    return hashlib.sha256(previous + payload).digest()


def merkle_root(hashes: Sequence[bytes]) -> bytes:
    """The root of the tree over `hashes` (RFC 6962, 2.1); an odd one out moves up as it is."""
    level = [hashlib.sha256(b"\0" + leaf).digest() for leaf in hashes]
    while len(level) > 1:
        paired = [
            hashlib.sha256(b"\1" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = paired + level[len(paired) * 2 :]
    return level[0] if level else hashlib.sha256(b"").digest()


def seal_text(body: dict[str, Any]) -> bytes:
    """What is signed when a segment is closed: everything its last line says but the signature."""
    return b"vedette log segment\n" + encode({k: v for k, v in body.items() if k != "signature"})


def head_text(number: int, digest: str) -> bytes:
    """What is signed with every entry."""
    return f"vedette log head\n{number} {digest}".encode()


def signed(key: Ed25519PrivateKey, text: bytes) -> str:
    return key.sign(text).hex()


def is_signed(key: Ed25519PublicKey, signature: object, text: bytes) -> bool:
    """Whether `signature` is the key's own over `text`; anything that is no signature is not."""
    if not isinstance(signature, str) or not re.fullmatch(r"[0-9a-f]{128}", signature):
        return False  # one way of writing it only, or a changed letter's case would go unseen
    try:
        key.verify(bytes.fromhex(signature), text)
    except InvalidSignature:
        return False
    return True


def public_of(key: object) -> Ed25519PublicKey | None:
    """The public key that a segment's first line names; None when it is none."""
    if not isinstance(key, str) or not re.fullmatch(r"[0-9a-f]{64}", key):
        return None
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))


def hex_of(key: Ed25519PublicKey) -> str:
    return key.public_bytes_raw().hex()
