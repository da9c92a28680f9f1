"""TLS for feeds: contexts from the files that a feed names, and what went wrong in an operator's words."""

from __future__ import annotations

import ssl
from pathlib import Path

from vedette.errors import ConfigError
from vedette.feed.config import FeedConfig

HANDSHAKE_S = 5.0
# What OpenSSL says of the other side's certificate, what we call it, and what to do.
REFUSALS = (
    ("did not return a certificate", "no_certificate", "showed no certificate; give it one of this site"),
    ("expired", "expired", "showed a certificate that has expired; renew it"),
    ("not yet valid", "expired", "showed a certificate that does not hold yet; are both clocks right?"),
    ("mismatch", "wrong_name", "goes by another name; check host, or its certificate"),
    ("unsuitable", "wrong_purpose", "showed a certificate made for another purpose"),
    ("", "wrong_authority", "showed a certificate of another authority; check ca"),
)


def client_context(config: FeedConfig) -> ssl.SSLContext:
    """To connect to a sensor: it must be whom `ca` (else this machine) trusts, by the name in `host`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if config.ca is None:
        context.load_default_certs()
    return _prepared(context, config)


def server_context(config: FeedConfig) -> ssl.SSLContext:
    """To be connected to: only by who shows a certificate that `ca` has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    return _prepared(context, config)


def _prepared(context: ssl.SSLContext, config: FeedConfig) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if (config.certificate is None) != (config.key is None):
        raise ConfigError("a certificate and its key go together; name both.", key="feed.certificate")
    for key in ("ca", "certificate", "key"):
        path = getattr(config, key)
        if path is not None and not Path(path).is_file():
            raise ConfigError(
                f"there is no file {path}; `vedette certificate` makes certificates.", key=f"feed.{key}"
            )
    try:
        if config.ca is not None:
            context.load_verify_locations(config.ca)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"{config.ca} holds no certificate ({error}).", key="feed.ca") from None
    try:
        if config.certificate is not None:
            # A key that is locked must not ask for its password on the terminal: it gets an empty one.
            context.load_cert_chain(config.certificate, config.key, password="")
    except (OSError, ssl.SSLError, ValueError) as error:
        raise ConfigError(
            f"{config.certificate} and its key cannot be used together ({error}).", key="feed.certificate"
        ) from None
    return context


def refusal(error: Exception) -> tuple[str, str]:
    """A counter's name and words for a handshake that failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        text = error.verify_message or str(error)
        if "purpose" in text:
            return "wrong_purpose", "showed a certificate made for another purpose"
    elif isinstance(error, ssl.SSLError):
        text = str(error)
        if "did not return a certificate" not in text:
            return "no_tls", f"did not finish the TLS handshake ({error.reason or 'broken off'})"
    else:
        return "no_tls", "did not finish the TLS handshake (broken off, or too slow)"
    return next((name, words) for part, name, words in REFUSALS if part in text)


def common_name(shown: object) -> str:
    """The common name in a peer's certificate as `ssl` gives it; empty when there is not exactly one."""
    subject = shown.get("subject", ()) if isinstance(shown, dict) else ()
    names = [value for group in subject for key, value in group if key == "commonName"]
    return str(names[0]) if len(names) == 1 else ""
