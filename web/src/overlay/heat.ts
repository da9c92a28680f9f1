/** Where tracks have been since the page was opened: how long each cell had something in it. */

import type { View } from "../map/view";
import type { Palette } from "../palette";
import type { G } from "./layers";
import type { AirPicture } from "./picture";

/** Cells per side of the world: about 600 m at the equator, 500 m at 34°. */
const CELLS = 2 ** 16;
const MOST_CELLS = 50_000;
const STEPS = ["ramp-1", "ramp-2", "ramp-3", "ramp-4", "ramp-5"] as const;

export class Heat {
  private readonly cells = new Map<number, number>();
  private most = 0;
  private t = 0;

  /** Count where every shown track is, once a second of data time; a moment that comes back counts anew. */
  add({ t, tracks }: AirPicture): void {
    if (Math.abs(t - this.t) < 1) return;
    this.t = t;
    for (const { x, y, hidden } of tracks.values()) {
      if (hidden) continue;
      const key = Math.floor(x * CELLS) * CELLS + Math.floor(y * CELLS);
      const count = (this.cells.get(key) ?? 0) + 1;
      if (count > 1 || this.cells.size < MOST_CELLS) this.cells.set(key, count);
      this.most = Math.max(this.most, count);
    }
  }

  /** Brighter by the logarithm of the time: one long stay must not hide all the rest. */
  draw(g: G, view: View, palette: Palette): void {
    const side = view.scale / CELLS;
    const size = Math.max(side, 2) + 0.5;
    g.globalAlpha = 0.55;
    for (const [key, count] of this.cells) {
      const [x, y] = [(Math.floor(key / CELLS) + 0.5) / CELLS, ((key % CELLS) + 0.5) / CELLS];
      const [px, py] = [view.px(x, y), view.py(x, y)];
      if (!view.contains(px, py, size)) continue;
      const step = Math.floor((STEPS.length * Math.log(count)) / Math.log(this.most + 1));
      g.fillStyle = palette[STEPS[step] ?? "ramp-5"];
      g.fillRect(px - size / 2, py - size / 2, size, size);
    }
    g.globalAlpha = 1;
  }
}
