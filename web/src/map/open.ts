/** Choose the basemap: MapLibre where there is WebGL, else the canvas. `?gl=off` in the address forces the canvas. */

import { CanvasBasemap } from "./canvas";
import type { Basemap, Camera } from "./view";
import type { World } from "./world";

/** `replace` is called with the canvas basemap if the graphics driver gives up later. */
export async function openBasemap(
  container: HTMLElement,
  world: World,
  camera: Camera,
  replace: (basemap: Basemap) => void,
): Promise<Basemap> {
  const refused = new URLSearchParams(location.search).get("gl") === "off";
  if (refused) return new CanvasBasemap(container, world, camera);
  const { GlBasemap, webglAvailable } = await import("./maplibre");
  if (!webglAvailable()) return new CanvasBasemap(container, world, camera);
  const basemap = new GlBasemap(container, world, camera);
  basemap.onLost(() => {
    const { latitude, longitude, zoom, bearing } = basemap.view();
    basemap.remove();
    replace(new CanvasBasemap(container, world, { latitude, longitude, zoom, bearing }));
  });
  return basemap;
}
