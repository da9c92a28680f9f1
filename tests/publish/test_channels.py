"""Each channel with a real receiver: an HTTP and an HTTPS server, a mail server, a folder."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import hmac
import json
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cap_tools.models import Alert as CapAlert
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from xsdata.formats.dataclass.parsers import XmlParser

from tests.publish.letters import NS, T, Taker, alert_of, closed, mail_server, seen, web_server
from vedette.config import checked
from vedette.errors import ConfigError
from vedette.publish import (
    CHANNELS,
    AppriseConfig,
    CapConfig,
    Channel,
    DeliveryError,
    Office,
    WebhookConfig,
    open_channel,
)
from vedette.publish.notice import letter, news
from vedette.publish.push import together
from vedette.types import Alert, AlertState, Severity, Step

NOWHERE = "http://127.0.0.1:9/hook"  # the port of "discard", where nobody listens
CONFIGS: dict[str, Any] = {
    "webhook": WebhookConfig(name="hook", url=NOWHERE, timeout_s=2.0),
    "apprise": AppriseConfig(name="push", url="json://127.0.0.1:9/", timeout_s=2.0),
    "cap": CapConfig(name="cap", url=NOWHERE, sender="ops@base.example", after="new", timeout_s=2.0),
}


def office(folder: Path, *, exercise: bool = False) -> Office:
    return Office(site="Ayn Habban", folder=folder, exercise=exercise)


def send(channel: Channel, *letters: Any, t: int = T) -> None:
    asyncio.run(channel.send(letters, t))


# ------------------------------------------------------------------ every kind of the registry


def test_every_kind_has_an_example_here() -> None:
    assert set(CONFIGS) == set(CHANNELS)


@pytest.mark.parametrize("kind", CHANNELS)
def test_it_tells_of_an_alert_once(kind: str, tmp_path: Path) -> None:
    channel = open_channel(CONFIGS[kind], office(tmp_path))
    letters, remember = channel.news(T, [alert_of()], {})
    assert len(letters) == 1
    assert remember
    said = json.loads(json.dumps(remember))  # as the outbox gives it back
    assert channel.news(T, [alert_of()], said)[0] == []


@pytest.mark.parametrize("kind", CHANNELS)
def test_it_says_why_nothing_arrives(kind: str, tmp_path: Path) -> None:
    channel = open_channel(CONFIGS[kind], office(tmp_path))
    with pytest.raises(DeliveryError, match=r"\w{3,} \w+"):
        send(channel, channel.trial(T, "Ops"))


@pytest.mark.parametrize("kind", CHANNELS)
def test_an_exercise_is_marked(kind: str, tmp_path: Path) -> None:
    channel = open_channel(CONFIGS[kind], office(tmp_path, exercise=True))
    (found,), _ = channel.news(T, [alert_of()], {})
    assert "EXERCISE" in found.subject


@pytest.mark.parametrize("kind", CHANNELS)
def test_it_tells_only_of_what_it_was_asked_for(kind: str, tmp_path: Path) -> None:
    config = CONFIGS[kind]
    fields = {name: getattr(config, name) for name in config.__struct_fields__}
    choosy = type(config)(**{**fields, "severity": Severity.CRITICAL, "zones": ("Inner",)})
    channel = open_channel(choosy, office(tmp_path))
    assert channel.news(T, [alert_of()], {})[0] == []  # another zone
    inner = alert_of("7-Inner-1")
    assert channel.news(T, [_in_zone(inner, "Inner")], {})[0]
    mild = _in_zone(alert_of("7-Inner-1", severity=Severity.WARNING), "Inner")
    assert channel.news(T, [mild], {})[0] == []


def _in_zone(alert: Alert, zone: str) -> Alert:
    return replace(alert, zone=zone)


# ----------------------------------------------------------------------------------- webhooks


def test_a_webhook_is_signed_as_the_page_says(tmp_path: Path) -> None:
    with web_server(Taker()) as taker:
        channel = open_channel(WebhookConfig(name="h", url=taker.url, secret="s3cret"), office(tmp_path))
        (new,), _ = channel.news(T, [alert_of()], {})
        send(channel, new, t=T + NS)
    ((headers, body),) = taker.taken
    fields = dict(part.split("=", 1) for part in headers["x-vedette-signature"].split(","))
    right = hmac.new(b"s3cret", fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert fields == {"t": str((T + NS) // NS), "v1": right}
    told = json.loads(body)
    assert told["site"] == "Ayn Habban"
    assert not told["exercise"]
    assert [event["event"] for event in told["events"]] == ["new"]
    assert told["events"][0]["alert"]["id"] == "7-base-1"


@pytest.mark.parametrize(
    ("status", "final"), [(500, False), (429, False), (404, False), (422, True), (302, False)]
)
def test_a_refusal_is_told_with_its_status(tmp_path: Path, status: int, final: bool) -> None:
    with web_server(Taker([status])) as taker:
        channel = open_channel(WebhookConfig(name="h", url=taker.url), office(tmp_path))
        with pytest.raises(DeliveryError, match=str(status)) as refused:
            send(channel, channel.trial(T, "Ops"))
    assert refused.value.final == final
    assert len(taker.taken) == 1


def test_tls_needs_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    context = own_certificate(tmp_path)
    with web_server(Taker(), context) as taker:
        distrustful = open_channel(WebhookConfig(name="h", url=taker.url), office(tmp_path))
        with pytest.raises(DeliveryError, match="certificate"):
            send(distrustful, distrustful.trial(T, "Ops"))
        channel = open_channel(WebhookConfig(name="h", url=taker.url, ca_file="own.pem"), office(tmp_path))
        send(channel, channel.trial(T, "Ops"))
    assert len(taker.taken) == 1


def own_certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "own.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "own.key").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem", folder / "own.key")
    return context


# ------------------------------------------------------------------------------------ apprise


def test_mail_arrives(tmp_path: Path) -> None:
    with mail_server() as (port, letters):
        url = f"mailto://localhost:{port}?from=ops@base.example&to=duty@base.example&mode=insecure"
        channel = open_channel(AppriseConfig(name="mail", url=url), office(tmp_path))
        (new,), _ = channel.news(T, [alert_of()], {})
        send(channel, new)
    (mail,) = letters
    assert mail["Subject"].startswith("CRITICAL base: track 7, in")
    body = mail.get_body(("plain",))
    assert body is not None
    assert alert_of().evidence.sentence in body.get_content().replace("\n", " ")


def test_addresses_may_stand_in_a_file(tmp_path: Path) -> None:
    with web_server(Taker()) as first, web_server(Taker()) as second:
        lines = [first.url.replace("http", "json"), "# the deputy", second.url.replace("http", "json"), ""]
        (tmp_path / "duty.urls").write_text("\n".join(lines))
        channel = open_channel(AppriseConfig(name="p", url_file="duty.urls"), office(tmp_path))
        send(channel, channel.trial(T, "Ops"))
    for taker in (first, second):
        assert json.loads(taker.taken[0][1])["title"].endswith("TEST of p")


def test_an_address_nobody_knows_is_refused_without_repeating_it(tmp_path: Path) -> None:
    config = AppriseConfig(name="p", url="nonsense://user:password@host")
    with pytest.raises(ConfigError) as refused:
        open_channel(config, office(tmp_path))
    assert "Address 1" in str(refused.value)
    assert "password" not in str(refused.value)


def test_many_alerts_are_one_message() -> None:
    letters = [letter("new", alert_of(f"{k}-base-1", track=k), "base", False, T) for k in range(1, 31)]
    subject, text = together(letters)
    assert "(and 29 more)" in subject
    assert all(f"track {k}," in text for k in range(1, 31))


# ---------------------------------------------------------------------------------------- CAP


def test_a_warning_is_a_file_that_appears_whole(tmp_path: Path) -> None:
    config = CapConfig(name="c", folder="out", sender="ops@base.example", after="new")
    channel = open_channel(config, office(tmp_path))
    (found,), _ = channel.news(T, [alert_of()], {})
    send(channel, found)
    (path,) = (tmp_path / "out").iterdir()
    document = XmlParser().from_path(path, CapAlert)
    assert path.suffix == ".xml"
    assert path.stem == document.identifier


def test_a_warning_is_posted(tmp_path: Path) -> None:
    with web_server(Taker()) as taker:
        config = CapConfig(name="c", url=taker.url, sender="ops@base.example", after="new")
        channel = open_channel(config, office(tmp_path))
        send(channel, channel.trial(T, "Ops"))
    ((headers, body),) = taker.taken
    assert headers["content-type"] == "application/cap+xml"
    assert XmlParser().from_bytes(body, CapAlert).infos


# -------------------------------------------------------------------------------- what is said


def test_each_step_is_told_once_and_only_what_was_asked_for(tmp_path: Path) -> None:
    config = WebhookConfig(name="h", url=NOWHERE, on=("new", "closed"))
    said: dict[str, Any] = {}
    told = []
    for alert in (
        alert_of(),
        alert_of(),
        seen(alert_of()),
        closed(seen(alert_of())),
        closed(seen(alert_of())),
    ):
        letters, remember = news(config, "base", False, T, [alert], said)
        said.update(remember)
        told += [each.body["event"] for each in letters]
    assert told == ["new", "closed"]


def test_what_nobody_acknowledged_is_told_again() -> None:
    config, said = WebhookConfig(name="h", url=NOWHERE), {}
    told = []
    assigned = replace(
        alert_of(),
        ignored=True,
        history=(*alert_of().history, Step(state=AlertState.ASSIGNED, t=T, by="Ops", to="Patrol")),
    )
    for alert in (alert_of(), replace(alert_of(), ignored=True), replace(alert_of(), ignored=True), assigned):
        letters, remember = news(config, "base", False, T, [alert], said)
        said.update(remember)
        told += letters
    assert [each.body["event"] for each in told] == ["new", "ignored", "assigned"]
    assert "nobody has acknowledged it" in told[1].subject
    assert told[2].subject.endswith("assigned to Patrol by Ops")
    assert told[2].body["alert"]["assigned_to"] == "Patrol"


def test_an_alert_whose_number_came_before_the_restart_is_new() -> None:
    config = WebhookConfig(name="h", url=NOWHERE)
    _, said = news(config, "base", False, T, [alert_of()], {})
    later = replace(alert_of(), t_raised=T + 1000 * NS)
    (found,), _ = news(config, "base", False, T + 1000 * NS, [later], said)
    assert found.body["event"] == "new"


def test_what_was_over_before_anybody_was_told_is_not_told() -> None:
    assert news(WebhookConfig(name="h", url=NOWHERE), "base", False, T, [closed(alert_of())], {})[0] == []


@pytest.mark.parametrize(
    ("config", "word"),
    [
        (lambda: WebhookConfig(name="h"), "url"),
        (lambda: WebhookConfig(name="h", url="ftp://x"), "web address"),
        (lambda: WebhookConfig(name="h", url=NOWHERE, url_file="f"), "one of the two"),
        (lambda: WebhookConfig(name="h", url=NOWHERE, secret="a", secret_file="b"), "keep one"),
        (lambda: WebhookConfig(name="h", url=NOWHERE, on=()), "no event"),
        (lambda: CapConfig(name="c", sender="a b", folder="f"), "spaces"),
        (lambda: CapConfig(name="c", sender="a"), "nowhere"),
        (lambda: CapConfig(name="c", sender="a", folder="f", scope="Private"), "readers"),
    ],
)
def test_a_channel_that_cannot_work_is_refused_in_a_sentence(config: Any, word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        checked(config())


def test_a_missing_file_of_addresses_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        open_channel(AppriseConfig(name="p", url_file="none.urls"), office(tmp_path))
