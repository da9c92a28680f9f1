/** The measure tool: two clicks are two ends, each on a track or on the ground. */

import type { Place } from "../geodesy";
import type { MeasureEnd } from "../measure";
import type { Page } from "./page";

const MOST = 12;

export function measuring(page: Page) {
  const { store } = page;

  return {
    /** One click of the tool. An end on a track moves with it. */
    measure(place: Place, track: number | null): void {
      const end: MeasureEnd = track === null ? place : { track };
      const { measures } = store.state;
      const open = measures.at(-1);
      if (open?.length === 1) store.set({ measures: [...measures.slice(0, -1), [...open, end]] });
      else store.set({ measures: [...measures.slice(1 - MOST), [end]] });
    },

    /** From the site to the selected track, in one go. */
    measureSelected(): void {
      const { selected, site, measures } = store.state;
      if (selected === null || !site) page.failed("Select a track first, or click two places on the map.");
      else store.set({ measures: [...measures.slice(1 - MOST), [site, { track: selected }]] });
    },

    unmeasure(index: number): void {
      store.set({ measures: store.state.measures.filter((_, i) => i !== index) });
    },

    clearMeasures(): void {
      store.set({ measures: [] });
    },
  };
}
