/** Asks what the rule that is being written would do: when the hand rests, and again while it stays open. */

import { ask, barred } from "../desk/act";
import { triable, type Preview } from "../desk/preview";
import type { Page } from "./page";

const REST_MS = 350;
const PERIOD_MS = 2000;

export class PreviewKeeper {
  private timer = 0;
  /** The rule that is asked about, as text; "": none. */
  private wanted = "";

  constructor(private readonly page: Page) {}

  /** Called after every change of the store. */
  see(): void {
    const { state } = this.page.store;
    const rule = barred(state) ? null : triable(state.draft);
    const wanted = rule ? JSON.stringify({ rule }) : "";
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    window.clearTimeout(this.timer);
    if (wanted) this.timer = window.setTimeout(() => void this.ask(wanted), REST_MS);
    const { preview } = state;
    this.page.store.set({ preview: wanted ? { answer: null, why: "", ...preview, stale: true } : null });
  }

  private async ask(wanted: string): Promise<void> {
    let found: { answer: Preview | null; why: string };
    try {
      found = { answer: await ask<Preview>("api/rules/preview", JSON.parse(wanted)), why: "" };
    } catch (error) {
      found = { answer: null, why: (error as Error).message };
    }
    if (this.wanted !== wanted) return; // it has been changed meanwhile
    this.page.store.set({ preview: { ...found, stale: false } });
    // What is refused stays refused until it is changed.
    if (!found.why) this.timer = window.setTimeout(() => void this.ask(wanted), PERIOD_MS);
  }
}
