"""`vedette doctor`: is everything here that Vedette needs, and does a site's file stand?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from vedette.cli.output import Json, console, print_json
from vedette.errors import VedetteError

if TYPE_CHECKING:
    from vedette.feed import Feed
    from vedette.site import Site

Verdict = Literal["ok", "warn", "fail"]
LISTEN = 4.0  # s for which a feed is listened to
COLOUR = {"ok": "green", "warn": "yellow", "fail": "red"}


class Finding(NamedTuple):
    """One thing looked at; `remedy` says what to do unless it is ok."""

    verdict: Verdict
    what: str
    found: str
    remedy: str = ""


def doctor(
    site: Annotated[
        Path | None, typer.Argument(help="A site file: its feeds are tried too.", show_default=False)
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Is this port free for the page?")] = 8700,
    json: Json = False,
) -> None:
    """Check this installation, and a site end to end.

    Each line is ok, warn (works, but something is missing) or fail, with what to do about it. The exit
    code is 1 when anything fails.

    \b
    Examples:
      vedette doctor
      vedette doctor site.toml
      vedette doctor site.toml --json
    """
    findings = list(examine(site, port))
    if json:
        print_json({"ok": sound(findings), "findings": [finding._asdict() for finding in findings]})
    else:
        show(findings)
    raise typer.Exit(0 if sound(findings) else 1)


def sound(findings: list[Finding]) -> bool:
    return all(finding.verdict != "fail" for finding in findings)


def show(findings: list[Finding]) -> None:
    """A line for each, the remedy below it."""
    from rich.markup import escape

    out = console()
    for verdict, what, found, remedy in findings:
        out.print(f"[{COLOUR[verdict]}]{verdict:4}[/]  {escape(what):<16} {escape(found)}", soft_wrap=True)
        if remedy:
            out.print(f"{'':23}→ {escape(remedy)}", soft_wrap=True)


def examine(site: Path | None, port: int) -> Iterator[Finding]:
    """Every check in turn; later ones run whatever earlier ones say."""
    checks: list[Callable[[], Finding]] = [
        python,
        packages,
        numba_cache,
        geoid,
        page,
        lambda: free_port(port),
    ]
    for check in checks:
        yield check()
    if site is not None:
        yield from examine_site(site)


def python() -> Finding:
    import platform
    import sys

    return Finding("ok", "Python", f"{platform.python_version()} at {sys.executable}")


def packages() -> Finding:
    """Each core dependency is there, and new enough; the extras that are not installed are named."""
    from importlib.metadata import PackageNotFoundError, requires, version

    missing: dict[str, list[str]] = {}
    old: list[str] = []
    count = 0
    for line in requires("vedette") or ():
        needed = NEEDED.match(line)
        if needed is None or needed["name"] == "vedette" or "sys_platform" in line:
            continue
        try:
            found = version(needed["name"])
        except PackageNotFoundError:
            missing.setdefault(needed["extra"] or "", []).append(needed["name"])
            continue
        count += 1
        if numbers(found) < numbers(needed["least"] or "0"):
            old.append(f"{needed['name']} {found} (needs {needed['least']})")
    if core := missing.pop("", []) + old:
        return Finding("fail", "packages", f"missing or old: {', '.join(core)}", "Install vedette again.")
    without = f"; not installed: the extras {', '.join(sorted(missing))}" if missing else ""
    return Finding("ok", "packages", f"{count} of the right version{without}")


NEEDED = re.compile(
    r'(?P<name>[\w-]+)(?:\[.*?\])?\s*(?:>=(?P<least>[\d.]+))?[^;]*(?:;.*extra == (?:"|\')(?P<extra>[\w-]+))?'
)


def numbers(version: str) -> tuple[int, ...]:
    """'1.26.4rc1' → (1, 26, 4)."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def numba_cache() -> Finding:
    """Compiled kernels are kept beside the source, or in NUMBA_CACHE_DIR."""
    import os

    import vedette

    place = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(vedette.__file__).parent / "kernel")
    nearest = next(folder for folder in (place, *place.parents) if folder.exists())
    if os.access(nearest, os.W_OK):
        return Finding("ok", "compiled kernels", f"kept in {place}")
    remedy = "Set NUMBA_CACHE_DIR to a folder you may write to, or every start compiles for some seconds."
    return Finding("warn", "compiled kernels", f"{nearest} cannot be written to", remedy)


def geoid() -> Finding:
    """The grid is there and gives a known height."""
    from vedette.geo.geoid import grid

    try:
        grid()
    except VedetteError as error:
        return Finding("fail", "EGM96 geoid", str(error), "In a clone run `make src/vedette/geo/egm96.npz`.")
    return Finding("ok", "EGM96 geoid", "17.16 m at latitude 0, longitude 0, as published")


def page() -> Finding:
    import vedette

    index = Path(vedette.__file__).parent / "web" / "index.html"
    if index.is_file():
        return Finding("ok", "web page", f"built, {index}")
    return Finding("warn", "web page", "not built; the REST interface works without it", "Run `make web`.")


def free_port(port: int) -> Finding:
    from vedette.server.listen import bind

    try:
        bind("127.0.0.1", port).close()
    except VedetteError as error:
        return Finding("warn", f"port {port}", "not free", str(error))
    return Finding("ok", f"port {port}", "free on 127.0.0.1")


def examine_site(path: Path) -> Iterator[Finding]:
    """The file, what is odd about it, where it records, and every feed in turn."""
    from vedette.errors import ConfigError
    from vedette.site import load_site

    try:
        site = load_site(path)
    except ConfigError as error:
        for line in str(error).splitlines():
            yield Finding("fail", "site file", line)
        return
    parts = {"assets": site.assets, "zones": site.zones, "sensors": site.sensors, "feeds": site.feeds}
    yield Finding(
        "ok", "site file", f"{site.name}: " + ", ".join(f"{len(of)} {name}" for name, of in parts.items())
    )
    if site.terrain is not None:
        count, step = len(site.terrain.height), site.terrain.step
        known = f"{count} x {count} heights, {step:.0f} m apart, {site.terrain.known:.1%} with data"
        yield Finding("ok", "terrain", known)
    yield from effectors(site)
    for warning in site.warnings():
        yield Finding("warn", "site file", warning)
    if site.record is not None and site.record.enabled:
        yield recordings(site.path.parent / site.record.folder)
    yield from channels(site)
    yield from examine_people(site)
    yield from examine_feeds(site)


def effectors(site: Site) -> Iterator[Finding]:
    """Every `[[effector]]`: what it is taken to do. Nothing is connected to any of them."""
    for name, effector in site.effectors.items():
        config = effector.config
        rounds = "rounds not counted" if effector.magazine is None else f"{effector.magazine} rounds"
        figures = "notional" if config.notional else f"figures from {config.source}"
        reach = f"{config.range_min / 1e3:g} to {config.range_max / 1e3:g} km"
        lanes = f"{config.channels} {'channel' if config.channels == 1 else 'channels'}"
        yield Finding("ok", "effector", f"{name}: {effector.kind}, {reach}, {lanes}, {rounds}; {figures}")


def channels(site: Site) -> Iterator[Finding]:
    """Every `[[notify]]` is put together; nothing is sent."""
    from vedette.errors import ConfigError
    from vedette.publish import Office, open_channel

    office = Office(site=site.name, folder=site.path.parent)
    for config in site.notify:
        try:
            open_channel(config, office)
        except ConfigError as error:
            yield Finding("fail", "channel", f"{config.name}: {error}", "Mend its [[notify]] table.")
        else:
            yield Finding("ok", "channel", f"{config.name}; `vedette notify` sends a test")


def examine_people(site: Site) -> Iterator[Finding]:
    """The certificate of the page, and whether the log is whole."""
    from vedette import clock
    from vedette.cli.door import LOG
    from vedette.server.tls import SOON, ends, read_certificate, server_context
    from vedette.store import verify

    config, folder = site.server, site.path.parent
    if config.certificate is not None and config.key is not None:
        path = folder / config.certificate
        try:
            server_context(path, folder / config.key, clock.wall())
            end = ends(read_certificate(path))
        except VedetteError as error:
            yield Finding("fail", "certificate", "cannot be used", str(error))
        else:
            soon = end - clock.wall() < SOON
            remedy = "Renew it: `vedette certificate server`." if soon else ""
            yield Finding(
                "warn" if soon else "ok", "certificate", f"holds until {clock.iso(end)[:10]}", remedy
            )
    if (site.people_folder / LOG).is_dir():
        verdict = verify(site.people_folder)
        remedy = "" if verdict.ok else "Find out who changed it, and keep these files as they are."
        yield Finding("ok" if verdict.ok else "fail", "log", verdict.sentence, remedy)


def recordings(folder: Path) -> Finding:
    import os
    import shutil

    nearest = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not os.access(nearest, os.W_OK):
        return Finding(
            "fail", "recordings", f"{nearest} cannot be written to", "Name another folder under [record]."
        )
    free = shutil.disk_usage(nearest).free / 1e9
    if free < 1.0:
        return Finding("warn", "recordings", f"{free:.1f} GB free in {nearest}", "Make room.")
    return Finding("ok", "recordings", f"{folder}, {free:.0f} GB free")


def examine_feeds(site: Site) -> Iterator[Finding]:
    """Each feed is opened and listened to for some seconds, all at the same time."""
    import asyncio

    import numpy as np

    from vedette import clock
    from vedette.feed import Feed
    from vedette.pipeline.live import resolved
    from vedette.types import FeedState

    async def drain(feed: Feed) -> None:
        async for _ in feed.stream():
            pass

    async def listen(feed: Feed) -> Finding:
        """Until it has brought something or failed, at most `LISTEN`."""
        listening = asyncio.create_task(drain(feed))
        for _ in range(round(LISTEN / 0.1)):
            await asyncio.sleep(0.1)
            health = feed.health(clock.wall())
            if listening.done() or health.detections or health.state is FeedState.DOWN:
                break
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        return heard(feed)

    async def all_of_them() -> list[Finding]:
        return await asyncio.gather(*map(listen, feeds))

    try:
        feeds = [Feed(config, clock=clock.wall, rng=np.random.default_rng()) for config in resolved(site)]
    except VedetteError as error:
        yield Finding("fail", "feeds", str(error))
        return
    yield from asyncio.run(all_of_them())


def heard(feed: Feed) -> Finding:
    """What a feed brought."""
    from vedette import clock
    from vedette.types import FeedState

    health = feed.health(clock.wall())
    config = feed.config
    where = config.url or config.path or f"{config.host or ''}:{config.port}"
    what, source = f"feed {health.sensor}", f"{config.transport} {where}"
    if health.detections:
        return Finding("ok", what, f"{source}: {health.detections} detections")
    if health.state is FeedState.DOWN:
        detail = health.detail.partition(";")[0]
        return Finding(
            "fail", what, f"{source}: {detail}", "Is the sensor on, and are address and port right?"
        )
    if health.t_last is None:
        return Finding(
            "warn", what, f"{source}: reachable, but silent for {LISTEN:.0f} s", "Is the sensor sending?"
        )
    remedy = f"Do the bytes have the format {config.format}? `vedette decode` shows what is in them."
    return Finding("warn", what, f"{source}: bytes, but no detection in {LISTEN:.0f} s", remedy)
