import "./theme/index.css";
import { render } from "preact";
import { Console } from "./console";
import { nameOf } from "./overlay/labels";
import { listenToKeys } from "./keys";
import { App } from "./panels/app";

const TICK_MS = 500;

const root = document.getElementById("app");
if (!root) throw new Error("The page has no #app element.");
root.replaceChildren();

const socketUrl = new URL("ws", location.href);
socketUrl.protocol = location.protocol === "https:" ? "wss:" : "ws:";
socketUrl.search = socketUrl.hash = "";
const page = new Console(socketUrl.href);

let drawing = false;

function draw(): void {
  drawing = false;
  const { state } = page.store;
  const now = performance.now();
  render(
    <App state={state} now={now} commands={page.commands} map={page.map.element} />,
    root as HTMLElement,
  );
  document.documentElement.classList.toggle("not-current", page.notCurrent(now));
}

function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(draw);
}

page.store.subscribe(drawSoon);
window.setInterval(drawSoon, TICK_MS);
draw();
listenToKeys(page.commands);
page.start().catch((error: Error) => page.failed(error.message));

/** Read-only, for the browser tests: what is drawn, without looking at pixels. */
const hook = {
  tracks: () =>
    !page.ready
      ? []
      : page.map.overlay.spots(page.map.view(), performance.now()).map(({ track: { record }, px, py }) => ({
          id: record.id,
          name: nameOf(record),
          status: record.status,
          severity: record.severity,
          flags: record.flags,
          latitude: record.latitude,
          longitude: record.longitude,
          x: px,
          y: py,
        })),
  labels: () => (page.ready ? page.map.overlay.written() : []),
  basemap: () => (page.ready ? page.map.kind : "loading"),
  camera: () => (page.ready ? page.map.camera() : null),
  coverage: () => {
    const { cover, below, charting, coverShares } = page.store.state;
    const painted = page.ready ? page.map.overlay.cover.painted : 0;
    return { layer: cover, below, charting, shares: [...coverShares], painted };
  },
  sounds: () => [...page.sound.chime.played],
  chosen: () => [page.store.state.selected, ...page.store.state.marked].filter((id) => id !== null),
  hidden: () => page.store.state.hidden.size,
  advice: () => ({
    opened: page.store.state.opened,
    aims: (page.ready ? page.map.overlay.aims : []).map(({ effector, track, accepted }) => ({
      effector,
      track,
      accepted,
    })),
  }),
  bearings: () => page.store.state.status?.bearings.length ?? 0,
  plots: () => (page.ready ? (page.map.overlay.raw?.plots.length ?? 0) : 0),
  cost: () => (page.ready ? { ...page.map.overlay.cost } : null),
};
Object.defineProperty(window, "vedette", { value: Object.freeze(hook) });
