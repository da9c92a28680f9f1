/** Where the map looks, and views that come back at a key. */

import { wrap } from "../geodesy";
import type { Camera } from "../map/view";
import { keep, recall } from "./memory";
import type { Page } from "./page";

const VIEWS = "views";

/** Views saved under 1 to 9. */
export function savedViews(): Record<string, Camera> {
  try {
    const stored: unknown = JSON.parse(recall(VIEWS) || "{}");
    const entries = Object.entries((stored ?? {}) as Record<string, Camera>);
    return Object.fromEntries(entries.filter(([key, view]) => /^[1-9]$/.test(key) && sound(view)));
  } catch {
    return {};
  }
}

function sound(view: Camera): boolean {
  return [view?.latitude, view?.longitude, view?.zoom].every((value) => Number.isFinite(value));
}

export function travel(page: Page) {
  const { store, map } = page;

  function turnTo(bearing: number): void {
    map.fly({ bearing: wrap(bearing) });
  }

  return {
    home(): void {
      const { site } = store.state;
      if (site) map.fly({ ...map.cameraFor(site), bearing: map.camera().bearing ?? 0 });
    },

    zoom(levels: number): void {
      map.zoomBy(levels);
    },

    pan(dx: number, dy: number): void {
      store.set({ follow: false });
      map.panBy(dx, dy);
    },

    turn(degrees: number): void {
      turnTo((map.camera().bearing ?? 0) + degrees);
    },

    northUp(): void {
      turnTo(0);
    },

    /** Bring the middle of the map to a place. */
    goTo(latitude: number, longitude: number): void {
      store.set({ follow: false });
      map.fly({ latitude, longitude });
    },

    saveView(key: string): void {
      keep(VIEWS, JSON.stringify({ ...savedViews(), [key]: map.camera() }));
      page.failed(`This view is saved: ${key} brings it back.`);
    },

    recallView(key: string): void {
      const view = savedViews()[key];
      if (view) map.fly(view);
      else page.failed(`No view is saved under ${key}; Shift with ${key} saves this one.`);
    },
  };
}
