"""The process that looks ahead: `python -m vedette.pipeline.outlook_process FILE_DESCRIPTOR`.

It is told about the site once, answers when it is ready, and then answers each picture with an outlook. It
ends when the other end of the pipe closes. The other end is `outlook.LookAhead`, which starts it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from multiprocessing.connection import Connection

import numpy as np

from vedette.assess import Asset
from vedette.assess.futures import Ways
from vedette.assess.outlook import Followed, look_ahead, sight
from vedette.scenario.streams import stream
from vedette.site import Site, build_site
from vedette.types import Outlook

NICE = 10  # how much it stands back behind everything else
LEAST, MOST = 1.0, 10.0  # s: the shortest and the longest step of a way


class Ahead:
    """What stays the same from picture to picture."""

    def __init__(self, site: Site) -> None:
        self.config = site.outlook
        self.assets = [Asset.from_config(asset, site.frame) for asset in site.assets]
        self.ways = ways_of(site)
        self.sight = sight(site.sensors, site.frame)

    def look(self, now: Followed) -> Outlook:
        """The outlook of one picture. Its time is the seed: a replay shows the same."""
        rng = stream(now.t, "outlook")
        return look_ahead(rng, now, self.assets, self.ways, self.sight, self.config)


def ways_of(site: Site) -> Ways:
    """How targets move at a site: as the tracker and the alerts have it, and `[outlook]` beside."""
    tracker, alert, config = site.tracker, site.alert, site.outlook
    return Ways(
        q_u=alert.turbulence, q_up=alert.turbulence_up, q_c=tracker.acceleration, tau=config.return_s,
        q_m=tracker.manoeuvre, q_h=tracker.hover, tau_h=tracker.hover_relaxation_s,
        T=np.array([tracker.cruise_s, tracker.manoeuvre_s, tracker.hover_s]),
        fast=config.hover_speed, slow=config.towards_speed, turn=config.towards_after_s,
        goals=config.towards_nearest, lost=tracker.forget_s, hits=tracker.confirm_hits,
        least=LEAST, most=MOST,
    )  # fmt: skip


def nobody() -> Followed:
    """A picture without tracks: the kernels compile for it as for any other."""
    none = np.empty(0)
    return Followed(0, np.empty((0, 6)), np.empty((0, 6, 6)), none, np.empty((0, 3)), none, none, none, none)


def serve(connection: Connection) -> None:
    """Answer until the other end closes."""
    ahead = Ahead(build_site(*connection.recv()))
    ahead.look(nobody())
    connection.send(None)
    while True:
        now = connection.recv()
        began = time.process_time()
        outlook = ahead.look(now)
        connection.send((outlook, time.process_time() - began))


def main() -> None:
    """Run until the program that started this ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for that program
    os.nice(NICE)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        serve(Connection(int(sys.argv[1])))


if __name__ == "__main__":
    main()
