/** The keyboard: one table, which the help page shows and the listener obeys. */

import type { Commands } from "./conduct/conduct";

export type Actions = Commands;

export interface Key {
  /** As `KeyboardEvent.key` gives them, or as `code` where it begins with "Shift+". */
  keys: readonly string[];
  shown: string;
  what: string;
  group: "Map" | "Picture" | "Tracks" | "Replay" | "Page";
  act(actions: Actions, event: KeyboardEvent): void;
}

const PAN_PX = 120;
const TURN_DEG = 15;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;
const letter = (name: string) => [name.toLowerCase(), name] as const;

export const KEYS: readonly Key[] = [
  { keys: ["?"], shown: "?", what: "This help", group: "Page", act: (a) => a.help() },
  {
    keys: ["Escape"],
    shown: "Esc",
    what: "Close what is open, clear the selection, then the measurements",
    group: "Page",
    act: (a) => a.escape(),
  },
  {
    keys: letter("N"),
    shown: "N",
    what: "Theme: dark → red night → day",
    group: "Page",
    act: (a) => a.cycleTheme(),
  },
  { keys: letter("U"), shown: "U", what: "UTC or local time", group: "Page", act: (a) => a.toggleClock() },
  {
    keys: letter("I"),
    shown: "I",
    what: "Units: metric → aviation → imperial",
    group: "Page",
    act: (a) => a.cycleUnits(),
  },
  {
    keys: letter("Z"),
    shown: "Z",
    what: "Heights above the site → the sea → the ellipsoid",
    group: "Page",
    act: (a) => a.cycleDatum(),
  },
  {
    keys: letter("X"),
    shown: "X",
    what: "Places in degrees or MGRS",
    group: "Page",
    act: (a) => a.toggleCoordinates(),
  },
  { keys: [","], shown: ",", what: "Settings", group: "Page", act: (a) => a.toggleSheet("settings") },
  {
    keys: letter("L"),
    shown: "L",
    what: "Labels: name → height and speed → all",
    group: "Picture",
    act: (a) => a.cycleLabels(),
  },
  {
    keys: letter("T"),
    shown: "T",
    what: "Trails: off → selected → all",
    group: "Picture",
    act: (a) => a.cycleTrails(),
  },
  {
    keys: letter("P"),
    shown: "P",
    what: "Trails of tracks that are gone stay, or go",
    group: "Picture",
    act: (a) => a.togglePersistence(),
  },
  {
    keys: letter("C"),
    shown: "C",
    what: "Coverage: off → fused → each sensor",
    group: "Picture",
    act: (a) => a.cycleCover(),
  },
  {
    keys: letter("V"),
    shown: "V",
    what: "Coverage at any height, or at or below one",
    group: "Picture",
    act: (a) => a.cycleBelow(),
  },
  {
    keys: letter("Y"),
    shown: "Y",
    what: "Envelopes: of the opened advice → of all effectors → off",
    group: "Picture",
    act: (a) => a.cycleEnvelopes(),
  },
  { keys: letter("B"), shown: "B", what: "Dim the map", group: "Picture", act: (a) => a.toggleDim() },
  {
    keys: letter("F"),
    shown: "F",
    what: "Follow the selected tracks",
    group: "Tracks",
    act: (a) => a.toggleFollow(),
  },
  {
    keys: ["j"],
    shown: "J",
    what: "Next track, worst alert first",
    group: "Tracks",
    act: (a) => a.nextTrack(1),
  },
  { keys: ["J"], shown: "Shift J", what: "Previous track", group: "Tracks", act: (a) => a.nextTrack(-1) },
  {
    keys: letter("K"),
    shown: "K",
    what: "Acknowledge the worst alert that nobody has seen",
    group: "Tracks",
    act: (a) => a.acknowledgeFirst(),
  },
  {
    keys: letter("R"),
    shown: "R",
    what: "The most urgent advice to decide on, then the next; a person decides",
    group: "Tracks",
    act: (a) => a.nextAdvice(),
  },
  {
    keys: letter("G"),
    shown: "G",
    what: "Table of tracks",
    group: "Tracks",
    act: (a) => a.toggleSheet("tracks"),
  },
  { keys: letter("O"), shown: "O", what: "Filter", group: "Tracks", act: (a) => a.toggleSheet("filter") },
  {
    keys: letter("M"),
    shown: "M",
    what: "Measure: two clicks, each on a track or on the ground",
    group: "Map",
    act: (a) => a.toggleSheet("measure"),
  },
  {
    keys: ["h", "H", "Home"],
    shown: "H",
    what: "Back to the whole site",
    group: "Map",
    act: (a) => a.home(),
  },
  { keys: ["ArrowUp", "ArrowDown"], shown: "↑ ↓", what: "Move the map", group: "Map", act: arrow },
  {
    keys: ["ArrowLeft", "ArrowRight"],
    shown: "← →",
    what: "Move the map; step a replay by 1 s, with Shift by 10 s",
    group: "Map",
    act: arrow,
  },
  {
    keys: [...letter("W"), ...letter("A"), ...letter("S"), ...letter("D")],
    shown: "W A S D",
    what: "Move the map",
    group: "Map",
    act: (a, { key }) => move(a, key.toLowerCase()),
  },
  { keys: [...letter("E"), "+", "="], shown: "E +", what: "Zoom in", group: "Map", act: (a) => a.zoom(1) },
  { keys: [...letter("Q"), "-", "_"], shown: "Q −", what: "Zoom out", group: "Map", act: (a) => a.zoom(-1) },
  { keys: ["["], shown: "[", what: "Turn the map to the left", group: "Map", act: (a) => a.turn(TURN_DEG) },
  { keys: ["]"], shown: "]", what: "Turn the map to the right", group: "Map", act: (a) => a.turn(-TURN_DEG) },
  { keys: ["\\"], shown: "\\", what: "North up", group: "Map", act: (a) => a.northUp() },
  {
    keys: DIGITS,
    shown: "1…9",
    what: "Back to a saved view",
    group: "Map",
    act: (a, { key }) => a.recallView(key),
  },
  {
    keys: DIGITS.map((digit) => `Shift+Digit${digit}`),
    shown: "Shift 1…9",
    what: "Save this view",
    group: "Map",
    act: (a, { code }) => a.saveView(code.slice(-1)),
  },
  { keys: [" "], shown: "Space", what: "Play or pause", group: "Replay", act: (a) => a.playPause() },
];

const WAYS: Record<string, readonly [number, number]> = { w: [0, -1], s: [0, 1], a: [-1, 0], d: [1, 0] };

function move(actions: Actions, key: string): void {
  const [x, y] = WAYS[key] ?? [0, 0];
  actions.pan(PAN_PX * x, PAN_PX * y);
}

function arrow(actions: Actions, event: KeyboardEvent): void {
  const x = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
  const y = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  if (x === 0 || !actions.step(x * (event.shiftKey ? 10 : 1))) actions.pan(PAN_PX * x, PAN_PX * y);
}

/** Keys that mean something to the element that has the focus are left to it. */
function taken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (!target || event.key === "Escape") return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return takenByInput(target, event);
  if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) return true;
  return event.key === " " && target.closest("button, summary, a") !== null;
}

/** A slider needs its arrows, but not with Shift; a box to tick needs the space bar; all others are written in. */
function takenByInput(target: HTMLInputElement, event: KeyboardEvent): boolean {
  if (target.type === "range") {
    return !event.shiftKey && (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End");
  }
  if (target.type === "checkbox") return event.key === " ";
  if (target.type === "radio") return event.key === " " || event.key.startsWith("Arrow");
  return true;
}

export function keyFor(event: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): Key | undefined {
  const shifted = event.shiftKey ? `Shift+${event.code}` : "";
  return KEYS.find(({ keys }) => keys.includes(event.key)) ?? KEYS.find(({ keys }) => keys.includes(shifted));
}

export function listenToKeys(actions: Actions): void {
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || taken(event)) return;
    const key = keyFor(event);
    if (!key) return;
    event.preventDefault();
    key.act(actions, event);
  });
}
