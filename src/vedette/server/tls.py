"""TLS for the page: the certificate and its key, checked before anything is served."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from vedette.clock import NS, iso
from vedette.errors import ServiceError

REMEDY = "`vedette certificate` makes one for a closed network"
SOON = 30 * 86_400 * NS  # ns before its end from which on a certificate is worth a word


def server_context(certificate: Path, key: Path, now: int) -> ssl.SSLContext:
    """A context for TLS 1.2 and later. Raises ServiceError in a sentence; `now` is ns UTC."""
    found = read_certificate(certificate)
    _fits(found, certificate, key)
    if now >= ends(found):
        raise ServiceError(f"The certificate {certificate} ended {iso(ends(found))[:10]}; {REMEDY}.")
    if now < begins(found):
        raise ServiceError(
            f"The certificate {certificate} holds from {iso(begins(found))} on; is the clock here right?"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise ServiceError(f"The certificate {certificate} cannot be used ({error}); {REMEDY}.") from None
    return context


def read_certificate(path: Path) -> x509.Certificate:
    """The first certificate in a PEM file."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise ServiceError(
            f"The certificate {path} cannot be read ({error.strerror}); mend [server] certificate; {REMEDY}."
        ) from None
    except ValueError:
        raise ServiceError(f"{path} holds no certificate in PEM form; {REMEDY}.") from None


def _fits(certificate: x509.Certificate, path: Path, key: Path) -> None:
    try:
        private = load_pem_private_key(key.read_bytes(), password=None)
    except OSError as error:
        raise ServiceError(
            f"The key {key} cannot be read ({error.strerror}); mend [server] key; {REMEDY}."
        ) from None
    except TypeError:
        raise ServiceError(f"The key {key} is locked with a password; store it without, mode 600.") from None
    except ValueError:
        raise ServiceError(f"{key} holds no private key in PEM form; {REMEDY}.") from None
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if private.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise ServiceError(f"The key {key} is not that of the certificate {path}; name a pair.")


def begins(certificate: x509.Certificate) -> int:
    """ns UTC from which on it holds."""
    return _ns(certificate.not_valid_before_utc)


def ends(certificate: x509.Certificate) -> int:
    """ns UTC at which it ends."""
    return _ns(certificate.not_valid_after_utc)


def _ns(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * NS
