"""Another system: a Kalman filter of its own behind a radar of its own, which sends us its tracks."""

from __future__ import annotations

import numpy as np

from tests.tracker.flights import RADAR, SITE, T0
from vedette.clock import NS
from vedette.geo.frame import axes
from vedette.kernel.motion import predict, white_acceleration
from vedette.metric.consistency import bounds, normalised
from vedette.sensor import AdsbConfig, Targets, TrackFeedConfig, build
from vedette.tracker import Tracker, TrackerConfig
from vedette.types import Detection, Kind, Scan

Q = 1.0  # m²/s³, of the flights and of the sender's model
# A tracker whose every way of moving but one lasts no time: what remains is the filter of the flights' model.
MATCHED = TrackerConfig(acceleration=Q, cruise_s=1e6, manoeuvre_s=1e-3, hover_s=1e-3, speed_sigma=60)


def sensors(kind="tracks", **keys):
    """Our radar and the feed, as a track feed or, as one did before there was such a kind, as ADS-B."""
    config = {"tracks": TrackFeedConfig, "adsb": AdsbConfig}[kind]
    feed = config(name="feed", bearing=0, distance=0, line_of_sight=False, **keys)
    return {"radar": build(RADAR, SITE), "feed": build(feed, SITE)}


def flights(rng, targets, seconds, dt=0.5, q=Q):
    """(T, targets, 6) states every dt s: white acceleration, all axes alike."""
    noise = np.linalg.cholesky(np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(3)) * q)
    x = np.empty((int(seconds / dt) + 1, targets, 6))
    angle = np.arange(targets) * 2.399963
    x[0, :, :3] = np.c_[6000 * np.cos(angle), 6000 * np.sin(angle), 1500 + 400.0 * np.arange(targets) % 3000]
    x[0, :, 3:] = rng.normal(0, 25, (targets, 3)) * [1, 1, 0.2]
    for k in range(1, len(x)):
        x[k] = x[k - 1] + rng.standard_normal((targets, 6)) @ noise.T
        x[k, :, :3] += dt * x[k - 1, :, 3:]
    return x


def sent_tracks(rng, truth, dt, sigma=20.0, every=1.0, q=Q, start=15.0):
    """The sender's x (T, targets, 6), P (T, 6, 6): a plot of its radar every `every` s."""
    T, N, _ = truth.shape
    P = np.diag([sigma**2] * 3 + [start**2] * 3)
    x = truth[0] + rng.standard_normal((N, 6)) * np.sqrt(np.diag(P))
    xs, Ps, step = [x], [P], np.array([white_acceleration(q, dt)])
    for k in range(1, T):
        x, P = x[:, None].copy(), np.repeat(P[None, None], N, axis=0)
        predict(x, P, step)
        x, P = x[:, 0], P[0, 0]
        if (k * dt) % every == 0:
            K = P[:, :3] @ np.linalg.inv(P[:3, :3] + sigma**2 * np.eye(3))
            z = truth[k, :, :3] + sigma * rng.standard_normal((N, 3))
            x, P = x + (z - x[:, :3]) @ K.T, P - K @ P[:3]
            P = (P + P.T) / 2
        xs.append(x)
        Ps.append(P)
    return np.array(xs), np.array(Ps)


def track_report(t, number, x, P, seq, *, full=True):
    """x (6,), P (6, 6) in the site's frame as the sender states them: geodetic, along the axes there."""
    geodetic = SITE.to_geodetic(x[:3])
    turn = axes(*geodetic[:2]) @ SITE.axes.T
    both = np.kron(np.eye(2), turn)
    R = both @ P @ both.T
    return Detection(
        t=t, t_rx=t, sensor="feed", seq=seq, kind=Kind.GEODETIC_VELOCITY,
        z=np.r_[geodetic, turn @ x[3:]], R=(R + R.T) / 2 if full else np.diag(np.diag(R)),
        claims={"track_number": int(number)},
    )  # fmt: skip


def feed_scans(x, P, dt, rate=1.0, *, full=True):
    """The sender's tracks at `rate` per second, all in one scan; a little after whole seconds."""
    scans, seq, step = [], 0, int(1 / rate / dt)
    for k in range(0, len(x), step):
        t = T0 + int(k * dt * NS)
        found = tuple(track_report(t, i, x[k, i], P[k], seq + i, full=full) for i in range(x.shape[1]))
        seq += len(found)
        scans.append(Scan(sensor="feed", t0=t, t1=t, sector=None, detections=found))
    return scans


def radar_scans(rng, radar, truth, dt):
    scans, seq = [], 0
    for look in radar.schedule(T0, T0 + int((len(truth) - 1) * dt * NS)):
        at = truth[round((look.t1 - T0) / NS / dt)]
        n = len(at)
        targets = Targets(position=at[:, :3], velocity=at[:, 3:], rcs=np.full(n, 0.1), transponder=("",) * n)
        found = radar.measure(targets, look, rng).detections(radar, look, seq)
        seq += len(found)
        scans.append(Scan(sensor="radar", t0=look.t0, t1=look.t1, sector=look.sector, detections=found))
    return scans


def run(
    seed,
    kind="tracks",
    *,
    targets=20,
    seconds=60,
    full=True,
    radar=True,
    feed=True,
    config=MATCHED,
    keys=None,
    **sender,
):
    """Mean NEES per second after the first ten (d = 6) against the bounds for as many targets, RMS position
    errors of ours and of the sender; and the tracker."""
    rng = np.random.default_rng(seed)
    dt, some = 0.5, sensors(kind, **(keys or {}))
    truth = flights(rng, targets, seconds, dt, sender.pop("flown", Q))
    rate = sender.pop("rate", 1.0)
    x, P = sent_tracks(rng, truth, dt, **sender)
    scans = feed_scans(x, P, dt, rate, full=full) if feed else []
    if radar:
        scans += radar_scans(rng, some["radar"], truth, dt)
    tracker = Tracker(some, SITE.name, config)
    nees, ours, theirs, count = [], [], [], []
    scans.sort(key=lambda scan: scan.key)
    for now, after in zip(scans, [*scans[1:], None], strict=True):
        tracker.step(now)
        if (after is not None and after.t1 == now.t1) or now.t1 < T0 + 10 * NS or now.t1 % NS:
            continue
        k = round((now.t1 - T0) / NS / dt)
        tracks = [t for t in tracker.snapshot() if t.existence > 0.9]
        if not tracks:
            continue
        xs, Ps = np.array([t.estimate.x for t in tracks]), np.array([t.estimate.P for t in tracks])
        nearest = np.argmin(np.linalg.norm(truth[k][None, :, :3] - xs[:, None, :3], axis=2), axis=1)
        e = xs - truth[k][nearest]
        good = np.linalg.norm(e[:, :3], axis=1) < 400
        nees.append(normalised(e[good], Ps[good]).mean())
        count.append(int(good.sum()))
        ours.append(np.mean(np.sum(e[good, :3] ** 2, axis=1)))
        theirs.append(np.mean(np.sum((x[k] - truth[k])[:, :3] ** 2, axis=1)))
    low, high = bounds(np.array(count), 6)
    nees = np.array(nees)
    return {
        "inside": float(np.mean((low <= nees) & (nees <= high))), "above": float(np.mean(nees > high)),
        "factor": float(nees.mean() / 6), "ours": float(np.sqrt(np.mean(ours))),
        "theirs": float(np.sqrt(np.mean(theirs))), "tracks": float(np.mean(count)), "tracker": tracker,
    }  # fmt: skip
