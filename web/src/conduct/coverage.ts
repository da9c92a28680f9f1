/** The coverage layer: which one is shown, and combining it anew when a sensor comes or goes. */

import { loadChart } from "../coverage/chart";
import { combine, FUSED, Kind, LIMITS, shares } from "../coverage/scale";
import { working } from "../store";
import type { Page } from "./page";

export function coverage(page: Page) {
  const { store } = page;

  function cover(layer: string): void {
    const { charting } = store.state;
    store.set({ cover: layer, charting: charting === "failed" ? "no" : charting });
  }

  function below(metres: number | null): void {
    store.set({ below: metres });
  }

  return {
    cover,
    below,

    cycleCover(): void {
      const layers = ["", FUSED, ...(store.state.site?.sensors ?? []).map(({ name }) => name)];
      cover(layers[(layers.indexOf(store.state.cover) + 1) % layers.length] ?? "");
    },

    cycleBelow(): void {
      const limits: (number | null)[] = [null, ...LIMITS];
      if (store.state.cover) below(limits[(limits.indexOf(store.state.below) + 1) % limits.length] ?? null);
      else page.failed("Switch coverage on first (C).");
    },
  };
}

/** Keeps the layer on the map true to the store. `see` is called after every change; not in an animation frame. */
export class CoverageKeeper {
  /** What the coverage that is shown was made for. */
  private made = "";

  constructor(private readonly page: Page) {}

  see(): void {
    const { page } = this;
    const { chart, charting, cover, below, site } = page.store.state;
    if (!page.ready) return;
    if (cover && !chart && charting === "no") void this.load();
    const up = working(page.store.state);
    const wanted = cover && chart && site ? JSON.stringify([cover, below, [...up].sort()]) : "";
    if (wanted === this.made) return;
    this.made = wanted;
    if (!wanted || !chart || !site) {
      page.map.overlay.cover.show(null);
      return;
    }
    const kinds = combine(chart, cover, up, below);
    const beyond = chart.terrain || chart.hearOnly.has(cover) ? Kind.unknown : Kind.outside;
    const { cells, step } = chart;
    const { latitude, longitude } = site;
    page.map.overlay.cover.show({ latitude, longitude, cells, step, kinds, beyond });
    page.store.set({ coverShares: shares(kinds) });
  }

  private async load(): Promise<void> {
    const { page } = this;
    page.store.set({ charting: "loading" });
    try {
      const chart = await loadChart();
      this.made = "";
      page.store.set({ chart, charting: "no" });
      const { cover } = page.store.state;
      if (cover && cover !== FUSED && !chart.layers.has(cover)) {
        page.store.set({ cover: FUSED });
        page.failed(`There is no sensor ${cover}; all that watch are shown.`);
      }
    } catch (error) {
      page.store.set({ charting: "failed" });
      page.failed((error as Error).message);
    }
  }
}
