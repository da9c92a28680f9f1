/** The part of the page's state that a link can carry: view, labels, trails, selection, theme, coverage. */

import { LIMITS } from "./coverage/scale";
import type { Camera } from "./map/view";
import type { LabelLevel } from "./overlay/labels";
import { TRAIL_MODES } from "./overlay/trails";
import type { State } from "./store";

export type Linked = Partial<Pick<State, "labels" | "trails" | "selected" | "theme" | "cover" | "below">> & {
  camera?: Camera;
};

export function readHash(hash: string): Linked {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const linked: Linked = {};
  const [latitude = NaN, longitude = NaN, zoom = NaN] = (given.get("map") ?? "").split(",").map(Number);
  if (Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180 && zoom >= 0 && zoom <= 22) {
    linked.camera = { latitude, longitude, zoom };
  }
  const labels = Number(given.get("labels"));
  if (labels === 1 || labels === 2 || labels === 3) linked.labels = labels satisfies LabelLevel;
  const trails = TRAIL_MODES.find((mode) => mode === given.get("trails"));
  if (trails) linked.trails = trails;
  const track = given.get("track");
  if (track && /^\d{1,10}$/.test(track)) linked.selected = Number(track);
  if (given.get("theme") === "night") linked.theme = "night";
  const cover = given.get("cover");
  if (cover && cover.length <= 64) linked.cover = cover;
  const below = LIMITS.find((limit) => String(limit) === given.get("below"));
  if (below) linked.below = below;
  return linked;
}

export function writeHash(state: State, camera: Camera): string {
  const { latitude, longitude, zoom } = camera;
  const parts = [`map=${latitude.toFixed(4)},${longitude.toFixed(4)},${zoom.toFixed(2)}`];
  parts.push(`labels=${state.labels}`, `trails=${state.trails}`);
  if (state.selected !== null) parts.push(`track=${state.selected}`);
  if (state.theme !== "dark") parts.push(`theme=${state.theme}`);
  if (state.cover) parts.push(`cover=${encodeURIComponent(state.cover)}`);
  if (state.below !== null) parts.push(`below=${state.below}`);
  return `#${parts.join("&")}`;
}
