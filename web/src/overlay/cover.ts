/** The coverage layer: asks the worker for a picture of each new view, and shows the last one until it comes. */

import { inks } from "../coverage/ink";
import type { Grid } from "../coverage/paint";
import type { Order } from "../coverage/painter";
import type { View } from "../map/view";
import type { Palette } from "../palette";

export class Cover {
  /** Pictures painted, for the tests. */
  painted = 0;
  private worker: Worker | null = null;
  private shown = false;
  private bitmap: ImageBitmap | null = null;
  private of: View | null = null;
  private asked: View | null = null;
  private outdated = true;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly viewNow: () => View,
    private palette: Palette,
  ) {
    canvas.style.visibility = "hidden";
  }

  /** Show these cells, or nothing. */
  show(grid: Grid | null): void {
    this.shown = grid !== null;
    if (!grid) {
      this.canvas.style.visibility = "hidden";
      this.bitmap?.close();
      this.bitmap = this.of = null;
      return;
    }
    this.order({ grid });
    this.outdated = true;
    this.ask(this.viewNow());
  }

  restyle(palette: Palette): void {
    this.palette = palette;
    if (!this.worker) return;
    this.order({ tiles: inks(palette) });
    this.outdated = true;
    if (this.shown) this.ask(this.viewNow());
  }

  /** The view has moved: the picture there is moves along, and a new one is asked for. */
  draw(view: View): void {
    if (!this.shown) return;
    this.put(view);
    if (!this.of || !same(this.of, view)) this.ask(view);
  }

  private order(order: Order): void {
    if (!this.worker) {
      this.worker = new Worker(new URL("../coverage/painter.ts", import.meta.url), { type: "module" });
      this.worker.addEventListener("message", (event: MessageEvent<ImageBitmap>) => this.came(event.data));
      this.worker.postMessage({ tiles: inks(this.palette) } satisfies Order);
    }
    this.worker.postMessage(order);
  }

  /** One picture at a time; the next is of the view as it then is. */
  private ask(view: View): void {
    if (this.asked || view.width === 0 || view.height === 0) return;
    this.asked = view;
    this.outdated = false;
    const { cx, cy, scale } = view;
    const [width, height] = reach(view);
    this.order({ window: { cx, cy, scale, width, height, ratio: window.devicePixelRatio } });
  }

  private came(bitmap: ImageBitmap): void {
    this.bitmap?.close();
    [this.bitmap, this.of, this.asked] = [bitmap, this.asked, null];
    this.painted += 1;
    const view = this.viewNow();
    if (this.shown && !this.outdated) this.put(view);
    if (this.shown && (this.outdated || !this.of || !same(this.of, view))) this.ask(view);
  }

  private put(view: View): void {
    const { canvas, bitmap, of } = this;
    if (!bitmap || !of) return;
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const g = canvas.getContext("2d");
    if (!g) return;
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, view.width, view.height);
    const grown = view.scale / of.scale;
    g.imageSmoothingEnabled = grown !== 1;
    const [wide, high] = reach(of).map((pixels) => pixels * grown) as [number, number];
    g.translate(view.px(of.cx, of.cy), view.py(of.cx, of.cy));
    g.rotate((-view.bearing * Math.PI) / 180);
    g.drawImage(bitmap, -wide / 2, -high / 2, wide, high);
    canvas.style.visibility = "visible";
  }
}

function same(a: View, b: View): boolean {
  const parts = ["cx", "cy", "scale", "width", "height"] as const;
  return parts.every((part) => a[part] === b[part]) && (a.bearing === 0) === (b.bearing === 0);
}

/** Width and height of a picture, north up, that covers the view; a turned one needs its diagonal. */
function reach(view: View): [number, number] {
  if (view.bearing === 0) return [view.width, view.height];
  const diagonal = Math.ceil(Math.hypot(view.width, view.height));
  return [diagonal, diagonal];
}
