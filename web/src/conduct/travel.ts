/** Where the map looks. */

import type { Page } from "./page";

export function travel(page: Page) {
  const { store, map } = page;
  return {
    home(): void {
      const { site } = store.state;
      if (site) map.fly(map.cameraFor(site));
    },

    zoom(levels: number): void {
      map.zoomBy(levels);
    },

    pan(dx: number, dy: number): void {
      store.set({ follow: false });
      map.panBy(dx, dy);
    },
  };
}
