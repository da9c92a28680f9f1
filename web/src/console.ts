/** The page: what messages do to the store and the map; what keys and buttons do stands in conduct/. */

import { namesIn, outstanding } from "./conduct/acts";
import { conduct, type Commands } from "./conduct/conduct";
import { CoverageKeeper } from "./conduct/coverage";
import { mapped } from "./conduct/desk";
import { recall } from "./conduct/memory";
import type { Page } from "./conduct/page";
import { SoundKeeper } from "./conduct/sound";
import { Drawing } from "./desk/drawing";
import type { Frame } from "./frame";
import { writeHash, readHash } from "./hash";
import { MapView } from "./map/mapview";
import type { Camera } from "./map/view";
import type { ClientMessage, Hello, ServerMessage, Site, StatusMessage } from "./messages";
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
  private noticeTimer = 0;
  private hashTimer = 0;
  private readonly coverage = new CoverageKeeper(this);
  /** Whether the map is drawn; frames that come earlier are left out. */
  ready = false;

  constructor(socketUrl: string) {
    const { camera, ...linked } = readHash(location.hash);
    this.linkedCamera = camera;
    const theme = recall("theme") === "night" ? "night" : "dark";
    this.store = new Store({ ...EMPTY, theme, operator: recall("operator"), ...linked });
    this.map = new MapView({
      picked: (id) => this.commands.select(id),
      dragged: () => this.store.state.follow && this.store.set({ follow: false }),
      pointed: (cursor) => this.store.set({ cursor }),
      viewed: (view) => {
        this.store.set({ metresPerPixel: 1 / view.pixelsPerMetre() });
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
    document.documentElement.dataset["theme"] = this.store.state.theme;
    this.socket.connect();
    await this.map.open(this.linkedCamera, () => this.store.state.site, this.store.state);
    this.ready = true;
    const { site, status } = this.store.state; // these may have come while the map was loading
    if (site) this.show(site, !this.linkedCamera);
    this.coverage.see();
    this.map.overlay.picture.pace = paceOf(status?.replay);
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
  }

  frame(frame: Frame): void {
    this.heard();
    if (!this.ready) return;
    this.map.overlay.picture.apply(frame, performance.now());
    this.map.overlay.framed();
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
    });
    if (before && before.rules !== status.rules) void this.commands.loadRules();
    if (this.ready) this.map.overlay.picture.pace = paceOf(status.replay);
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
    if (this.ready && (state.cover !== before.cover || state.below !== before.below)) this.rememberLink();
    const drawn = ["labels", "trails", "selected", "theme"] as const;
    if (!drawn.some((name) => state[name] !== before[name])) return;
    if (state.theme !== before.theme) document.documentElement.dataset["theme"] = state.theme;
    if (!this.ready) return;
    this.map.overlay.setOptions(state);
    if (state.theme !== before.theme) this.map.restyle();
    this.rememberLink();
  }

  private rememberLink(): void {
    window.clearTimeout(this.hashTimer);
    this.hashTimer = window.setTimeout(() => {
      if (this.ready) history.replaceState(null, "", writeHash(this.store.state, this.map.camera()));
    }, 400);
  }
}
