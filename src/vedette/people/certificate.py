"""A closed network's own certificates: one authority, servers, and sensors that prove who they are by theirs.

Keys are on the curve P-256 and signed with ECDSA and SHA-256, which every TLS library of the last ten years
knows. A sensor's certificate carries the sensor's name, as the site file has it, as its common name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vedette.clock import NS
from vedette.errors import ServiceError

Entropy = Callable[[int], bytes]
AUTHORITY_DAYS, DAYS = 3650, 397
# The order of the group of P-256 (FIPS 186-5, D.1.2.3): a private key is a number from 1 to one less.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and the private key that belongs to it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def new_key(entropy: Entropy) -> ec.EllipticCurvePrivateKey:
    """A private key from 48 random bytes: more than needed, so that the remainder is uniform."""
    return ec.derive_private_key(int.from_bytes(entropy(48)) % (ORDER - 1) + 1, ec.SECP256R1())


def make_authority(site: str, now: int, entropy: Entropy, *, days: int = AUTHORITY_DAYS) -> Pair:
    """A new authority that signs nothing but ends: servers and sensors. `now` is ns UTC."""
    key, name = new_key(entropy), named(f"{site[:40]} authority")
    builder = _begun(name, name, key, now, days, entropy)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs=True), critical=True)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    return Pair(builder.sign(key, SHA256()), key)


def make_server(
    authority: Pair, names: Sequence[str], now: int, entropy: Entropy, *, days: int = DAYS
) -> Pair:
    """For a server that is reached under these names and plain addresses. Raises ServiceError."""
    if not names:
        raise ServiceError("Say under which names or addresses the server is reached.")
    alternative = x509.SubjectAlternativeName([_reached(name) for name in names])
    return _end(authority, names[0], ExtendedKeyUsageOID.SERVER_AUTH, alternative, now, days, entropy)


def make_sensor(authority: Pair, name: str, now: int, entropy: Entropy, *, days: int = DAYS) -> Pair:
    """For the sensor of that name to prove that it is the one. Raises ServiceError."""
    if not 1 <= len(name) <= 64:
        raise ServiceError("A certificate holds names of 1 to 64 characters; shorten the sensor's name.")
    return _end(authority, name, ExtendedKeyUsageOID.CLIENT_AUTH, None, now, days, entropy)


def _end(
    authority: Pair,
    name: str,
    use: x509.ObjectIdentifier,
    alternative: x509.SubjectAlternativeName | None,
    now: int,
    days: int,
    entropy: Entropy,
) -> Pair:
    key = new_key(entropy)
    issuer = authority.certificate
    builder = _begun(named(name), issuer.subject, key, now, days, entropy)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(signer, critical=False)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    if alternative is not None:
        builder = builder.add_extension(alternative, critical=False)
    return Pair(builder.sign(authority.key, SHA256()), key)


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: int,
    days: int,
    entropy: Entropy,
) -> x509.CertificateBuilder:
    """From an hour ago on, since clocks on a closed network differ."""
    at = datetime.fromtimestamp(now // NS, UTC)
    number = int.from_bytes(entropy(20)) >> 1  # positive, at most 20 bytes (RFC 5280, 4.1.2.2)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(number or 1)
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(days=days))
    )


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _reached(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError:
        raise ServiceError(f"{name!r} is neither a plain address nor a name in plain letters.") from None


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


# files


def save(pair: Pair, folder: Path, name: str) -> tuple[Path, Path]:
    """`name.pem` and `name.key` in `folder`; the key for its owner only. Existing files are left alone."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    secret = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for path, content, mode in (
        (key, secret, 0o600),
        (certificate, pair.certificate.public_bytes(Encoding.PEM), 0o644),
    ):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except FileExistsError:
            raise ServiceError(f"{path} is there already; move it away, or name another folder.") from None
        except OSError as error:
            raise ServiceError(f"{path} cannot be written ({error.strerror}); name another folder.") from None
        with os.fdopen(number, "wb") as file:
            file.write(content)
    return certificate, key


def load(folder: Path, name: str) -> Pair:
    """The pair that `save` wrote. Raises ServiceError."""
    try:
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())
        key = load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ServiceError(
            f"There is no usable {name}.pem with {name}.key in {folder} ({error}); "
            "`vedette certificate authority` makes them."
        ) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ServiceError(f"{folder / name}.key is of another kind than those made here.")
    return Pair(certificate, key)
