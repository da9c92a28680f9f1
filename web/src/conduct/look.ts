/** How the picture is shown. */

import type { Filter } from "../filter";
import { NO_FILTER } from "../filter";
import { UNITS } from "../format";
import { DATUMS, type Look, type Sheet } from "../look";
import type { LabelLevel } from "../overlay/labels";
import { TRAIL_MODES } from "../overlay/trails";
import { THEMES, type Theme } from "../palette";
import { keep } from "./memory";
import type { Page } from "./page";

/** What the browser remembers from one visit to the next. */
const KEPT = ["theme", "units", "datum", "coordinates", "symbols"] as const;

function after<T>(list: readonly T[], now: T): T {
  return list[(list.indexOf(now) + 1) % list.length] as T;
}

export function look(page: Page) {
  const { store } = page;

  function set(change: Partial<Look>): void {
    for (const name of KEPT) if (change[name] !== undefined) keep(name, change[name]);
    store.set(change);
  }

  function open(sheet: Sheet | ""): void {
    store.set({ sheet });
  }

  return {
    look: set,

    cycleLabels(): void {
      set({ labels: ((store.state.labels % 3) + 1) as LabelLevel });
    },

    cycleTrails(): void {
      set({ trails: after(TRAIL_MODES, store.state.trails) });
    },

    cycleTheme(): void {
      set({ theme: after<Theme>(THEMES, store.state.theme) });
    },

    cycleUnits(): void {
      set({ units: after(UNITS, store.state.units) });
    },

    cycleDatum(): void {
      set({ datum: after(DATUMS, store.state.datum) });
    },

    toggleCoordinates(): void {
      set({ coordinates: store.state.coordinates === "mgrs" ? "degrees" : "mgrs" });
    },

    toggleClock(): void {
      set({ utc: !store.state.utc });
    },

    toggleDim(): void {
      set({ dim: !store.state.dim });
    },

    togglePersistence(): void {
      const persistence = !store.state.persistence;
      set(persistence ? { persistence, trails: "all" } : { persistence });
    },

    filter(change: Partial<Filter>): void {
      store.set({ filter: { ...store.state.filter, ...change } });
    },

    clearFilter(): void {
      store.set({ filter: NO_FILTER });
    },

    sheet: open,

    toggleSheet(sheet: Sheet): void {
      open(store.state.sheet === sheet ? "" : sheet);
    },

    help(open = !store.state.help): void {
      store.set({ help: open });
    },
  };
}
