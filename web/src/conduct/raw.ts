/** Reports of one sensor as they come: asked for once a second while they are shown. */

import type { Plot } from "../messages";
import type { Page } from "./page";

const PERIOD_MS = 1000;

export class PlotKeeper {
  private timer = 0;
  private shown = "";

  constructor(private readonly page: Page) {}

  /** Called after every change of the store. */
  see(): void {
    const { plots, site } = this.page.store.state;
    const known = site?.sensors.some(({ name }) => name === plots) ? plots : "";
    if (!this.page.ready || known === this.shown) return;
    this.shown = known;
    window.clearTimeout(this.timer);
    if (known === "") this.page.map.overlay.setPlots(null);
    else void this.ask(known);
  }

  private async ask(name: string): Promise<void> {
    try {
      const answer = await fetch(`api/plots/${encodeURIComponent(name)}`);
      if (!answer.ok) throw new Error(`The server refused the plots of ${name} (${answer.status}).`);
      const { t_s: t, plots } = (await answer.json()) as { t_s: number; plots: Plot[] };
      const sensor = this.page.store.state.site?.sensors.find((one) => one.name === name);
      if (sensor && this.shown === name) this.page.map.overlay.setPlots({ sensor, t, plots });
    } catch (error) {
      if (this.shown === name) this.page.map.overlay.setPlots(null);
      if (this.page.store.state.connection.state === "open") this.page.failed((error as Error).message);
    }
    if (this.shown === name) this.timer = window.setTimeout(() => void this.ask(name), PERIOD_MS);
  }
}
