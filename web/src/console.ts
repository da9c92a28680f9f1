/** The page's conduct: what messages, keys and buttons do to the store, the map and the server. */

import { loadChart } from "./coverage/chart";
import { combine, FUSED, Kind, LIMITS, shares } from "./coverage/scale";
import type { Frame } from "./frame";
import { writeHash, readHash } from "./hash";
import type { Actions } from "./keys";
import { MapView } from "./map/mapview";
import type { Camera } from "./map/view";
import type { Hello, ReplayCommand, ServerMessage, Site, StatusMessage } from "./messages";
import { importance, type LabelLevel } from "./overlay/labels";
import { TRAIL_MODES } from "./overlay/trails";
import type { Commands } from "./panels/commands";
import { leaveWhenSignedOut } from "./session";
import { Socket, type Listener } from "./socket";
import { dataTime, EMPTY, lossOf, paceOf, Store, working, type State } from "./store";

const OPERATOR_KEY = "vedette.operator";
const THEME_KEY = "vedette.theme";
const NOTICE_MS = 6_000;
/** One click on an alert shows the track and the site's surroundings at this zoom. */
const ALERT_ZOOM = 11;

export class Console implements Listener, Commands, Actions {
  readonly store: Store;
  readonly map: MapView;
  private readonly socket: Socket;
  /** The view that the link asked for, kept since the page soon writes its own into the address. */
  private readonly linkedCamera: Camera | undefined;
  private noticeTimer = 0;
  private hashTimer = 0;
  /** What the coverage that is shown was made for. */
  private covered = "";
  /** Whether the map is drawn; frames that come earlier are left out. */
  ready = false;

  constructor(socketUrl: string) {
    const { camera, ...linked } = readHash(location.hash);
    this.linkedCamera = camera;
    const theme = recall(THEME_KEY) === "night" ? "night" : "dark";
    this.store = new Store({ ...EMPTY, theme, operator: recall(OPERATOR_KEY), ...linked });
    this.map = new MapView({
      picked: (id) => this.select(id),
      dragged: () => this.store.state.follow && this.store.set({ follow: false }),
      pointed: (cursor) => this.store.set({ cursor }),
      viewed: (view) => {
        this.store.set({ metresPerPixel: 1 / view.pixelsPerMetre() });
        this.rememberLink();
      },
    });
    this.socket = new Socket(socketUrl, this);
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
    this.recover();
    this.map.overlay.picture.pace = paceOf(status?.replay);
    await Promise.all([document.fonts.load('12px "Noto Sans"'), document.fonts.load('600 12px "Noto Sans"')]);
    this.map.overlay.restyle();
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
    void leaveWhenSignedOut();
  }

  frame(frame: Frame): void {
    this.heard();
    if (!this.ready) return;
    this.map.overlay.picture.apply(frame, performance.now());
    this.map.overlay.framed();
    this.keepFollowing();
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
    this.store.set({ site: hello.site, mode: hello.mode });
    if (!first) this.store.set({ chart: null, charting: "no" }); // another server may have another site
    if (this.ready) this.show(hello.site, first && !this.linkedCamera);
  }

  private show(site: Site, wholly: boolean): void {
    this.map.overlay.setSite(site);
    if (wholly) this.map.jump(this.map.cameraFor(site));
  }

  private status(status: StatusMessage): void {
    const waiting = new Set(status.alerts.filter(({ state }) => state === "new").map(({ id }) => id));
    const sending = Object.fromEntries(
      Object.entries(this.store.state.sending).filter(([id]) => waiting.has(id)),
    );
    this.store.set({ status, statusAt: performance.now(), mode: status.mode, sending });
    if (this.ready) this.map.overlay.picture.pace = paceOf(status.replay);
  }

  private heard(state?: "open"): void {
    const { connection } = this.store.state;
    const heardAt = performance.now();
    if (state) this.store.set({ connection: { state, attempt: 0, heardAt, reason: "" } });
    else connection.heardAt = heardAt; // five times a second: no panel needs to be drawn for it
  }

  // ---- from the operator ----------------------------------------------------------------------------------

  select(id: number | null, zoom = false): void {
    if (id !== this.store.state.selected) {
      this.store.set({ selected: id, details: null, follow: false });
      this.socket.send({ type: "select", id });
    }
    const track = id === null ? undefined : this.map.overlay.picture.tracks.get(id);
    if (zoom && track) {
      const { latitude, longitude } = track.record;
      this.map.fly({ latitude, longitude, zoom: Math.max(ALERT_ZOOM, this.map.camera().zoom) });
    } else if (zoom) this.failed(`Track T${id} is no longer in the picture.`);
  }

  acknowledge(alert: string): void {
    const by = this.store.state.operator.trim();
    if (!by) {
      this.failed("Enter your name first: an acknowledgement is signed.");
      document.getElementById("operator")?.focus();
    } else if (this.socket.send({ type: "ack", alert, by })) {
      this.store.set({ sending: { ...this.store.state.sending, [alert]: performance.now() } });
    } else this.failed("Not connected to the server; the acknowledgement was not sent.");
  }

  operator(name: string): void {
    keep(OPERATOR_KEY, name);
    this.store.set({ operator: name });
  }

  replay(command: ReplayCommand): void {
    if (!this.socket.send({ type: "replay", ...command })) this.failed("Not connected to the server.");
  }

  cycleLabels(): void {
    this.store.set({ labels: ((this.store.state.labels % 3) + 1) as LabelLevel });
  }

  cycleTrails(): void {
    const next = (TRAIL_MODES.indexOf(this.store.state.trails) + 1) % TRAIL_MODES.length;
    this.store.set({ trails: TRAIL_MODES[next] ?? "off" });
  }

  cover(layer: string): void {
    const { charting } = this.store.state;
    this.store.set({ cover: layer, charting: charting === "failed" ? "no" : charting });
  }

  cycleCover(): void {
    const { site, cover } = this.store.state;
    const layers = ["", FUSED, ...(site?.sensors ?? []).map(({ name }) => name)];
    this.cover(layers[(layers.indexOf(cover) + 1) % layers.length] ?? "");
  }

  below(metres: number | null): void {
    this.store.set({ below: metres });
  }

  cycleBelow(): void {
    const { cover, below } = this.store.state;
    const limits: (number | null)[] = [null, ...LIMITS];
    if (cover) this.below(limits[(limits.indexOf(below) + 1) % limits.length] ?? null);
    else this.failed("Switch coverage on first (C).");
  }

  toggleTheme(): void {
    const theme = this.store.state.theme === "dark" ? "night" : "dark";
    keep(THEME_KEY, theme);
    this.store.set({ theme });
  }

  toggleClock(): void {
    this.store.set({ utc: !this.store.state.utc });
  }

  toggleFollow(): void {
    const { selected, follow } = this.store.state;
    if (selected === null) this.failed("Select a track to follow it.");
    else this.store.set({ follow: !follow });
    this.keepFollowing();
  }

  home(): void {
    const { site } = this.store.state;
    if (site) this.map.fly(this.map.cameraFor(site));
  }

  zoom(levels: number): void {
    this.map.zoomBy(levels);
  }

  help(open = !this.store.state.help): void {
    this.store.set({ help: open });
  }

  escape(): void {
    if (this.store.state.help) this.help(false);
    else this.select(null);
  }

  pan(dx: number, dy: number): void {
    this.store.set({ follow: false });
    this.map.panBy(dx, dy);
  }

  playPause(): void {
    const replay = this.store.state.status?.replay;
    if (replay) this.replay({ action: replay.playing ? "pause" : "play" });
  }

  step(seconds: number): void {
    const { state } = this.store;
    const t = dataTime(state, performance.now());
    if (state.status?.replay && t !== null) this.replay({ action: "seek", t_s: t + seconds });
  }

  nextTrack(step: number): void {
    const { selected } = this.store.state;
    const records = [...this.map.overlay.picture.tracks.values()].map(({ record }) => record);
    records.sort((a, b) => importance(b, false) - importance(a, false) || a.id - b.id);
    if (records.length === 0) return;
    const at = records.findIndex(({ id }) => id === selected);
    const next = records[at < 0 ? 0 : (at + step + records.length) % records.length];
    if (!next) return;
    this.select(next.id);
    this.map.keepInSight(next.latitude, next.longitude);
  }

  /** Whether tracks must be drawn as a picture of the past. */
  notCurrent(now: number): boolean {
    const { kind } = lossOf(this.store.state, now);
    return kind === "server" || kind === "feeds";
  }

  private keepFollowing(): void {
    const { follow, selected } = this.store.state;
    const track = selected === null ? undefined : this.map.overlay.picture.tracks.get(selected);
    if (follow && track) this.map.keepInSight(track.record.latitude, track.record.longitude);
  }

  /** Combine the coverage anew, if what it is made of has changed. Not in an animation frame. */
  private recover(): void {
    const { chart, charting, cover, below, site } = this.store.state;
    if (!this.ready) return;
    if (cover && !chart && charting === "no") void this.loadCoverage();
    const up = working(this.store.state);
    const made = cover && chart && site ? JSON.stringify([cover, below, [...up].sort()]) : "";
    if (made === this.covered) return;
    this.covered = made;
    if (!made || !chart || !site) {
      this.map.overlay.cover.show(null);
      return;
    }
    const kinds = combine(chart, cover, up, below);
    const beyond = chart.terrain || chart.hearOnly.has(cover) ? Kind.unknown : Kind.outside;
    const { cells, step } = chart;
    const { latitude, longitude } = site;
    this.map.overlay.cover.show({ latitude, longitude, cells, step, kinds, beyond });
    this.store.set({ coverShares: shares(kinds) });
  }

  private async loadCoverage(): Promise<void> {
    this.store.set({ charting: "loading" });
    try {
      const chart = await loadChart();
      this.covered = "";
      this.store.set({ chart, charting: "no" });
      const { cover } = this.store.state;
      if (cover && cover !== FUSED && !chart.layers.has(cover)) {
        this.store.set({ cover: FUSED });
        this.failed(`There is no sensor ${cover}; all that watch are shown.`);
      }
    } catch (error) {
      this.store.set({ charting: "failed" });
      this.failed((error as Error).message);
    }
  }

  private changed(state: State, before: State): void {
    this.recover();
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

/** Storage may be forbidden by the browser; the page works without. */
function recall(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Kept for this visit only.
  }
}
