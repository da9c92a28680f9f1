/** The play-head of a replay. */

import type { ReplayCommand } from "../messages";
import { dataTime } from "../store";
import type { Page } from "./page";

export function replaying(page: Page) {
  const { store } = page;

  function replay(command: ReplayCommand): void {
    if (!page.send({ type: "replay", ...command })) page.failed("Not connected to the server.");
  }

  return {
    replay,

    playPause(): void {
      const state = store.state.status?.replay;
      if (state) replay({ action: state.playing ? "pause" : "play" });
    },

    step(seconds: number): void {
      const t = dataTime(store.state, performance.now());
      if (store.state.status?.replay && t !== null) replay({ action: "seek", t_s: t + seconds });
    },
  };
}
