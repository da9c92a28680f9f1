"""The key that signs a log: made once, readable by its owner only; its public half may go anywhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from vedette.errors import ServiceError

Entropy = Callable[[int], bytes]  # so many bytes that nobody can guess; handed down from `cli`
PRIVATE_MODE = 0o600


def open_key(path: Path, entropy: Entropy) -> Ed25519PrivateKey:
    """The key in `path`, made there if there is none yet; its public half beside it as `.pub`."""
    if not path.exists():
        key = Ed25519PrivateKey.from_private_bytes(entropy(32))
        _write_new(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        path.with_suffix(".pub").write_bytes(public)
        return key
    try:
        if path.stat().st_mode & 0o077:
            raise ServiceError(f"{path} can be read by others; take that away with: chmod 600 {path}")
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ServiceError(
            f"The log's key {path} cannot be read ({error}); restore it from a copy."
        ) from None
    if not isinstance(found, Ed25519PrivateKey):
        raise ServiceError(f"{path} holds no Ed25519 key; restore the log's key from a copy.")
    return found


def read_public_key(path: Path) -> Ed25519PublicKey:
    """A public key as PEM. Raises ServiceError in a sentence."""
    try:
        found = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise ServiceError(f"{path} holds no public key ({error}); give the log.pub of that site.") from None
    if not isinstance(found, Ed25519PublicKey):
        raise ServiceError(f"{path} holds no Ed25519 key; give the log.pub of that site.")
    return found


def _write_new(path: Path, content: bytes) -> None:
    """A new file that nobody but its owner may ever have read."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
    except OSError as error:
        raise ServiceError(f"{path} cannot be written ({error.strerror}); mend the folder.") from None
    with os.fdopen(number, "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
