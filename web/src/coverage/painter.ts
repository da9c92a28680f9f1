/** The worker that paints coverage, so that no animation frame waits for it. */

import { paint, type Grid, type Window } from "./paint";

export type Order = { grid: Grid } | { tiles: Uint32Array } | { window: Window };

let grid: Grid | null = null;
let tiles: Uint32Array | null = null;

self.addEventListener("message", (event: MessageEvent<Order>) => {
  const order = event.data;
  if ("grid" in order) grid = order.grid;
  else if ("tiles" in order) tiles = order.tiles;
  else if (grid && tiles) {
    const { window } = order;
    const width = Math.round(window.width * window.ratio);
    const image = new ImageData(paint(grid, window, tiles), width);
    void createImageBitmap(image).then((bitmap) => self.postMessage(bitmap, { transfer: [bitmap] }));
  }
});
