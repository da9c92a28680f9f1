/** The basemap drawn by MapLibre GL. It holds nothing that moves, so it redraws only when the view does. */

import "maplibre-gl/dist/maplibre-gl.css";
import { Map as GlMap, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { readPalette, type Palette } from "../palette";
import { MAX_ZOOM, MIN_ZOOM, View, type Basemap, type Camera } from "./view";
import { graticule, type World } from "./world";

function style(world: World, palette: Palette): StyleSpecification {
  const lines = (data: GeoJSON.Geometry) => ({ type: "geojson" as const, data, tolerance: 0.3 });
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: world.land, tolerance: 0.3 },
      borders: lines(world.borders),
      coast: lines(world.coast),
      grid10: lines(graticule(10)),
      grid1: lines(graticule(1)),
    },
    layers: [
      { id: "water", type: "background", paint: { "background-color": palette.water } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": palette.land } },
      {
        id: "grid10",
        type: "line",
        source: "grid10",
        maxzoom: 6,
        paint: { "line-color": palette.grid, "line-width": 1 },
      },
      {
        id: "grid1",
        type: "line",
        source: "grid1",
        minzoom: 6,
        paint: { "line-color": palette.grid, "line-width": 1 },
      },
      { id: "coast", type: "line", source: "coast", paint: { "line-color": palette.coast, "line-width": 1 } },
      {
        id: "borders",
        type: "line",
        source: "borders",
        paint: { "line-color": palette.border, "line-width": 1.3, "line-dasharray": [4, 2.5] },
      },
    ],
  };
}

export function webglAvailable(): boolean {
  const gl = document.createElement("canvas").getContext("webgl2");
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return gl !== null;
}

export class GlBasemap implements Basemap {
  readonly kind = "webgl";
  private readonly map: GlMap;

  constructor(
    container: HTMLElement,
    private readonly world: World,
    camera: Camera,
  ) {
    setWorkerUrl(workerUrl);
    this.map = new GlMap({
      container,
      style: style(world, readPalette()),
      center: [camera.longitude, camera.latitude],
      zoom: camera.zoom,
      bearing: camera.bearing ?? 0,
      minZoom: MIN_ZOOM,
      maxZoom: MAX_ZOOM,
      attributionControl: false,
      dragRotate: false,
      boxZoom: false, // Shift with a drag selects tracks
      pitchWithRotate: false,
      touchPitch: false,
      keyboard: false, // keys.ts has them, for both basemaps
      fadeDuration: 0,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.getCanvas().tabIndex = -1;
  }

  view(): View {
    const { lat, lng } = this.map.getCenter();
    const { clientWidth, clientHeight } = this.map.getContainer();
    return new View(lat, lng, this.map.getZoom(), clientWidth, clientHeight, this.map.getBearing());
  }

  jump(camera: Camera): void {
    const { longitude, latitude, zoom, bearing } = camera;
    this.map.jumpTo({ center: [longitude, latitude], zoom, ...(bearing === undefined ? {} : { bearing }) });
  }

  fly(camera: Camera): void {
    const { longitude, latitude, zoom, bearing } = camera;
    const turn = bearing === undefined ? {} : { bearing };
    this.map.easeTo({ center: [longitude, latitude], zoom, ...turn, duration: 600 });
  }

  panBy(dx: number, dy: number): void {
    this.map.panBy([dx, dy], { duration: 200 });
  }

  zoomBy(levels: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + levels, duration: 200 });
  }

  repaint(): void {
    this.map.setStyle(style(this.world, readPalette()), { diff: true });
  }

  onView(listener: () => void): void {
    this.map.on("move", listener);
    this.map.on("resize", listener);
  }

  /** Called if the graphics driver gives up for good, so that the page can go on without it. */
  onLost(listener: () => void): void {
    this.map.on("webglcontextlost", listener);
  }

  remove(): void {
    this.map.remove();
  }
}
