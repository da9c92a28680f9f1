/** The play-head of a replay. */

import type { ReplayCommand } from "../messages";
import { dataTime, type Loop } from "../store";
import type { Page } from "./page";

export function replaying(page: Page) {
  const { store } = page;

  function replay(command: ReplayCommand): void {
    if (!page.send({ type: "replay", ...command })) page.failed("Not connected to the server.");
  }

  function now(): number | null {
    return dataTime(store.state, performance.now());
  }

  return {
    replay,

    playPause(): void {
      const state = store.state.status?.replay;
      if (state) replay({ action: state.playing ? "pause" : "play" });
    },

    /** false where nothing is replayed. */
    step(seconds: number): boolean {
      const t = now();
      const state = store.state.status?.replay;
      if (!state || t === null) return false;
      replay({ action: "seek", t_s: Math.min(state.t_end_s, Math.max(state.t_begin_s, t + seconds)) });
      return true;
    },

    /** Begin the part that is played again and again, then end it, then play on as usual. */
    cycleLoop(): void {
      const t = now();
      const { loop } = store.state;
      if (t === null) return;
      let next: Loop | null = null;
      if (!loop) next = { a: t, b: null };
      else if (loop.b === null && t > loop.a + 1) next = { a: loop.a, b: t };
      store.set({ loop: next });
      if (next?.b) replay({ action: "seek", t_s: next.a });
    },

    toggleElapsed(): void {
      store.set({ elapsed: !store.state.elapsed });
    },

    /** Pause, so that the address leads to this very moment, and copy it where the browser allows. */
    linkMoment(): void {
      replay({ action: "pause" });
      store.set({ linking: performance.now() });
    },
  };
}

/** Brings the play-head back to A when it has passed B. */
export class LoopKeeper {
  private sentAt = 0;

  constructor(private readonly page: Page) {}

  see(): void {
    const { loop, status } = this.page.store.state;
    const t = dataTime(this.page.store.state, performance.now());
    if (!loop?.b || !status?.replay?.playing || t === null || t < loop.b) return;
    if (performance.now() - this.sentAt < 1500) return; // the seek is on its way
    this.sentAt = performance.now();
    this.page.send({ type: "replay", action: "seek", t_s: loop.a });
  }
}
