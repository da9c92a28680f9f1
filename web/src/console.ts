/** The page: what messages do to the store and the map; what keys and buttons do stands in conduct/. */

import { namesIn, outstanding } from "./conduct/acts";
import { aimed, opening } from "./conduct/advice";
import { conduct, type Commands } from "./conduct/conduct";
import { CoverageKeeper } from "./conduct/coverage";
import { mapped } from "./conduct/desk";
import { PreviewKeeper } from "./conduct/preview";
import { PlotKeeper } from "./conduct/raw";
import { LoopKeeper } from "./conduct/replay";
import { recall } from "./conduct/memory";
import type { Page } from "./conduct/page";
import { SoundKeeper } from "./conduct/sound";
import { Drawing } from "./desk/drawing";
import type { Frame } from "./frame";
import type { Place } from "./geodesy";
import { writeHash, readHash } from "./hash";
import { LOOK, type Look } from "./look";
import { MapView } from "./map/mapview";
import type { Camera } from "./map/view";
import type { ClientMessage, Hello, ServerMessage, Site, StatusMessage } from "./messages";
import { leaveWhenSignedOut } from "./session";
import { Socket, type Listener } from "./socket";
import { EMPTY, lossOf, paceOf, Store, type State } from "./store";

const NOTICE_MS = 6_000;

export class Console implements Listener, Page {
  readonly store: Store;
  readonly map: MapView;
  readonly commands: Commands;
  readonly sound = new SoundKeeper(this);
  readonly drawing: Drawing;
  private readonly socket: Socket;
  /** The view that the link asked for, kept since the page soon writes its own into the address. */
  private readonly linkedCamera: Camera | undefined;
  /** The moment of a replay that the link asked for, until it has been gone to. */
  private linkedMoment: number | null;
  private noticeTimer = 0;
  private hashTimer = 0;
  private readonly coverage = new CoverageKeeper(this);
  private readonly plots = new PlotKeeper(this);
  private readonly preview = new PreviewKeeper(this);
  private readonly loop = new LoopKeeper(this);
  /** The newest frame that came before the map was drawn: in a paused replay no other follows. */
  private early: Frame | null = null;
  /** Whether the map is drawn. */
  ready = false;

  constructor(socketUrl: string) {
    const { camera, moment, ...linked } = readHash(location.hash);
    this.linkedCamera = camera;
    this.linkedMoment = moment ?? null;
    this.store = new Store({ ...EMPTY, ...remembered(), operator: recall("operator"), ...linked });
    this.map = new MapView({
      picked: (id, place, more) => this.picked(id, place, more),
      boxed: (ids) => this.commands.mark(ids),
      dragged: () => this.store.state.follow && this.store.set({ follow: false }),
      pointed: (cursor) => {
        this.store.set({ cursor });
        if (this.ready) this.map.overlay.setCursor(cursor);
      },
      viewed: (view) => {
        this.store.set({ metresPerPixel: 1 / view.pixelsPerMetre(), bearing: view.bearing });
        this.rememberLink();
      },
    });
    this.drawing = new Drawing(this.map, this.store);
    this.socket = new Socket(socketUrl, this);
    this.commands = conduct(this);
    this.sound.start();
    this.store.subscribe((state, before) => this.changed(state, before));
  }

  /** Start; the map's element must be in the document. */
  async start(): Promise<void> {
    dress(this.store.state);
    this.socket.connect();
    await this.map.open(this.linkedCamera, () => this.store.state.site, this.store.state);
    this.ready = true;
    const { site, status } = this.store.state; // these may have come while the map was loading
    if (site) this.show(site, !this.linkedCamera);
    this.coverage.see();
    this.plots.see();
    this.map.overlay.setBearings(status?.bearings ?? []);
    this.map.overlay.setAims(aimed(this.store.state));
    this.map.overlay.picture.pace = paceOf(status?.replay);
    if (this.early) this.frame(this.early);
    await Promise.all([document.fonts.load('12px "Noto Sans"'), document.fonts.load('600 12px "Noto Sans"')]);
    this.map.overlay.restyle();
  }

  send(message: ClientMessage): boolean {
    return this.socket.send(message);
  }

  // ---- from the server ------------------------------------------------------------------------------------

  opened(): void {
    this.heard("open");
    const { selected } = this.store.state;
    if (selected !== null) this.socket.send({ type: "select", id: selected });
  }

  lost(attempt: number): void {
    const { connection } = this.store.state;
    this.store.set({
      connection: { ...connection, state: this.store.state.status ? "lost" : "connecting", attempt },
    });
    // Where there are no accounts nobody can be signed out; before the first hello that is not known yet.
    if (this.store.state.account || !this.store.state.site) void leaveWhenSignedOut();
  }

  frame(frame: Frame): void {
    this.heard();
    this.early = this.ready ? null : frame;
    if (!this.ready) return;
    this.map.overlay.picture.apply(frame, performance.now());
    this.map.overlay.framed();
    this.countHidden();
    this.commands.keepFollowing();
  }

  message(message: ServerMessage): void {
    this.heard();
    if (message.type === "hello") this.hello(message);
    else if (message.type === "status") this.status(message);
    else if (message.type === "details") {
      if (message.id === this.store.state.selected)
        this.store.set({ details: message, detailsAt: performance.now() });
    } else if (message.type === "bye") {
      this.store.set({ connection: { ...this.store.state.connection, reason: message.reason } });
    } else if (message.type === "error") this.failed(`The server refused: ${message.message}`);
  }

  failed(sentence: string): void {
    this.store.set({ notice: sentence });
    window.clearTimeout(this.noticeTimer);
    this.noticeTimer = window.setTimeout(() => this.store.set({ notice: "" }), NOTICE_MS);
  }

  signedOut(): void {
    location.assign(`login${location.hash}`); // what the link showed is kept
  }

  private hello(hello: Hello): void {
    const first = this.store.state.site === null;
    this.store.set({ site: hello.site, mode: hello.mode, account: hello.account ?? null });
    if (!first) this.store.set({ chart: null, charting: "no" }); // another server may have another site
    if (this.ready) this.show(hello.site, first && !this.linkedCamera);
  }

  private show(site: Site, wholly: boolean): void {
    this.map.overlay.setSite(mapped(site));
    if (wholly) this.map.jump(this.map.cameraFor(site));
  }

  private status(status: StatusMessage): void {
    const { doing, names, status: before } = this.store.state;
    this.store.set({
      status,
      statusAt: performance.now(),
      mode: status.mode,
      doing: outstanding(doing, performance.now()),
      names: namesIn(status, names),
      ...opening(this.store.state, status),
    });
    if (before && before.rules !== status.rules) void this.commands.loadRules();
    this.goToLinked(status);
    this.loop.see();
    if (!this.ready) return;
    this.map.overlay.picture.pace = paceOf(status.replay);
    this.map.overlay.setBearings(status.bearings);
  }

  /** Go to the moment that the link asked for; without a replay there is none to go to. */
  private goToLinked({ replay }: StatusMessage): void {
    const moment = this.linkedMoment;
    this.linkedMoment = null;
    if (moment === null || !replay) return;
    this.send({ type: "replay", action: "pause" });
    this.send({ type: "replay", action: "seek", t_s: moment });
  }

  /** Who is hidden, for the panels; told only when it has changed. */
  private countHidden(): void {
    const { picture } = this.map.overlay;
    const { hidden } = this.store.state;
    if (picture.hiding === 0 && hidden.size === 0) return;
    const now = new Set(
      [...picture.tracks.values()].flatMap((track) => (track.hidden ? track.record.id : [])),
    );
    if (now.size !== hidden.size || [...now].some((id) => !hidden.has(id))) this.store.set({ hidden: now });
  }

  private picked(id: number | null, place: Place, more: boolean): void {
    const { commands } = this;
    if (this.store.state.sheet === "measure") commands.measure(place, id);
    else if (!more) commands.select(id);
    else if (id !== null) commands.toggleMark(id);
  }

  private heard(state?: "open"): void {
    const { connection } = this.store.state;
    const heardAt = performance.now();
    if (state) this.store.set({ connection: { state, attempt: 0, heardAt, reason: "" } });
    else connection.heardAt = heardAt; // five times a second: no panel needs to be drawn for it
  }

  /** Whether tracks must be drawn as a picture of the past. */
  notCurrent(now: number): boolean {
    const { kind } = lossOf(this.store.state, now);
    return kind === "server" || kind === "feeds";
  }

  private changed(state: State, before: State): void {
    this.coverage.see();
    this.plots.see();
    this.preview.see();
    const differs = (names: readonly (keyof State)[]) => names.some((name) => state[name] !== before[name]);
    if (differs(["theme", "dim", "kiosk", "scale"])) dress(state);
    if (this.ready && differs(["cover", "below", "linking", "status"])) this.rememberLink();
    if (this.ready && differs(["status", "opened"])) this.map.overlay.setAims(aimed(state));
    if (!differs(DRAWN) || !this.ready) return;
    this.map.overlay.setOptions(state);
    if (differs(["filter"])) this.countHidden();
    if (differs(["theme", "dim"])) this.map.restyle();
    this.rememberLink();
  }

  private rememberLink(): void {
    window.clearTimeout(this.hashTimer);
    this.hashTimer = window.setTimeout(() => {
      if (!this.ready || this.linkedMoment !== null) return;
      const { state } = this.store;
      const { status, linking } = state;
      const paused = status?.replay && !status.replay.playing ? status.t_s : null;
      const link = writeHash(state, this.map.camera(), paused);
      if (link !== location.hash) history.replaceState(null, "", link);
      if (linking && paused !== null) this.handOver();
    }, 400);
  }

  /** The address leads to this moment: say so, and copy it where the browser allows. */
  private handOver(): void {
    this.store.set({ linking: 0 });
    const copied = navigator.clipboard?.writeText(location.href) ?? Promise.reject(new Error("not allowed"));
    copied.then(
      () => this.failed("A link to this moment is copied."),
      () => this.failed("The address of this page now leads to this moment: copy it from the address bar."),
    );
  }
}

/** What a change of redraws the map. */
const DRAWN = [...(Object.keys(LOOK) as (keyof Look)[]), "selected", "marked", "measures"] as const;

/** What this browser remembers of the last visit. */
function remembered(): Partial<Look> {
  const words = ["theme", "units", "datum", "coordinates", "symbols"].map(
    (name) => `${LINKED[name]}=${recall(name)}`,
  );
  return readHash(words.join("&"));
}

/** The names under which a link carries what the browser remembers. */
const LINKED: Record<string, string> = {
  theme: "theme",
  units: "units",
  datum: "heights",
  coordinates: "places",
  symbols: "symbols",
};

/** What the style sheets go by. */
function dress({ theme, dim, kiosk, scale }: State): void {
  const root = document.documentElement;
  root.dataset["theme"] = theme;
  root.classList.toggle("dim", dim);
  root.classList.toggle("kiosk", kiosk);
  root.style.setProperty("--scale", String(scale));
}
