/** The keyboard: one table, which the help page shows and the listener obeys. */

export interface Actions {
  help(): void;
  escape(): void;
  cycleLabels(): void;
  cycleTrails(): void;
  cycleCover(): void;
  cycleBelow(): void;
  toggleFollow(): void;
  toggleTheme(): void;
  home(): void;
  toggleClock(): void;
  nextTrack(step: number): void;
  acknowledgeFirst(): void;
  playPause(): void;
  step(seconds: number): void;
  pan(dx: number, dy: number): void;
  zoom(levels: number): void;
}

export interface Key {
  keys: readonly string[];
  shown: string;
  what: string;
  act(actions: Actions, event: KeyboardEvent): void;
}

const PAN_PX = 120;

export const KEYS: readonly Key[] = [
  { keys: ["?"], shown: "?", what: "This help", act: (a) => a.help() },
  { keys: ["Escape"], shown: "Esc", what: "Close help, clear the selection", act: (a) => a.escape() },
  {
    keys: ["l", "L"],
    shown: "L",
    what: "Labels: name → height and speed → all",
    act: (a) => a.cycleLabels(),
  },
  { keys: ["t", "T"], shown: "T", what: "Trails: off → selected → all", act: (a) => a.cycleTrails() },
  {
    keys: ["c", "C"],
    shown: "C",
    what: "Coverage: off → fused → each sensor",
    act: (a) => a.cycleCover(),
  },
  {
    keys: ["b", "B"],
    shown: "B",
    what: "Coverage at any height, or at or below one",
    act: (a) => a.cycleBelow(),
  },
  { keys: ["f", "F"], shown: "F", what: "Follow the selected track", act: (a) => a.toggleFollow() },
  { keys: ["j"], shown: "J", what: "Next track, worst alert first", act: (a) => a.nextTrack(1) },
  { keys: ["J"], shown: "Shift J", what: "Previous track", act: (a) => a.nextTrack(-1) },
  {
    keys: ["k", "K"],
    shown: "K",
    what: "Acknowledge the worst alert that nobody has seen",
    act: (a) => a.acknowledgeFirst(),
  },
  { keys: ["h", "H", "Home"], shown: "H", what: "Back to the whole site", act: (a) => a.home() },
  { keys: ["n", "N"], shown: "N", what: "Red night theme on and off", act: (a) => a.toggleTheme() },
  { keys: ["u", "U"], shown: "U", what: "UTC or local time", act: (a) => a.toggleClock() },
  { keys: [" "], shown: "Space", what: "Play or pause a replay", act: (a) => a.playPause() },
  {
    keys: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"],
    shown: "← ↑ → ↓",
    what: "Move the map; with Shift, left and right step a replay by 10 s",
    act: arrow,
  },
  { keys: ["+", "="], shown: "+", what: "Zoom in", act: (a) => a.zoom(1) },
  { keys: ["-", "_"], shown: "−", what: "Zoom out", act: (a) => a.zoom(-1) },
];

function arrow(actions: Actions, event: KeyboardEvent): void {
  const x = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
  const y = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  if (event.shiftKey && x !== 0) actions.step(10 * x);
  else actions.pan(PAN_PX * x, PAN_PX * y);
}

/** Keys that mean something to the element that has the focus are left to it. */
function taken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (!target || event.key === "Escape") return false;
  if (target instanceof HTMLInputElement && target.type !== "range") return true;
  if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLInputElement) return event.key.startsWith("Arrow") || event.key === "Home";
  return event.key === " " && target.closest("button, summary, a") !== null;
}

export function listenToKeys(actions: Actions): void {
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || taken(event)) return;
    const key = KEYS.find(({ keys }) => keys.includes(event.key));
    if (!key) return;
    event.preventDefault();
    key.act(actions, event);
  });
}
