/** How the picture is shown: labels, trails, theme, clock. */

import type { LabelLevel } from "../overlay/labels";
import { TRAIL_MODES } from "../overlay/trails";
import { keep } from "./memory";
import type { Page } from "./page";

export function look(page: Page) {
  const { store } = page;
  return {
    cycleLabels(): void {
      store.set({ labels: ((store.state.labels % 3) + 1) as LabelLevel });
    },

    cycleTrails(): void {
      const next = (TRAIL_MODES.indexOf(store.state.trails) + 1) % TRAIL_MODES.length;
      store.set({ trails: TRAIL_MODES[next] ?? "off" });
    },

    toggleTheme(): void {
      const theme = store.state.theme === "dark" ? "night" : "dark";
      keep("theme", theme);
      store.set({ theme });
    },

    toggleClock(): void {
      store.set({ utc: !store.state.utc });
    },

    help(open = !store.state.help): void {
      store.set({ help: open });
    },
  };
}
