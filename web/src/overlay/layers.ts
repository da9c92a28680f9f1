/** The canvases of the overlay. */

import type { View } from "../map/view";

export type G = CanvasRenderingContext2D;

export function layer(container: HTMLElement, name: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.className = `overlay overlay-${name}`;
  canvas.setAttribute("aria-hidden", "true");
  container.append(canvas);
  return canvas;
}

/**
 * Hide a layer on which nothing is drawn. Chromium with accelerated canvases can leave the last symbols on the
 * screen when every further redraw only clears: a track that is gone would still be seen.
 */
export function show(canvas: HTMLCanvasElement, something: boolean): void {
  canvas.style.visibility = something ? "visible" : "hidden";
}

/** The layer's context, cleared and as large as the view. */
export function sized(canvas: HTMLCanvasElement, view: View): G {
  const ratio = window.devicePixelRatio;
  const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const g = canvas.getContext("2d");
  if (!g) throw new Error("This browser cannot draw on a canvas; use a current one.");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, view.width, view.height);
  return g;
}
