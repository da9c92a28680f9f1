/** What is heard: the tones of alerts, their settings, and whether the browser allows any. */

import { closingNow, newlyFriends } from "../desk/advice";
import { Chime, type Tune } from "../desk/chime";
import { dueSound, readSettings, silence, type Heard, type SoundSettings } from "../desk/watch";
import type { SeverityName } from "../messages";
import { dataTime, lossOf } from "../store";
import { keep, recall } from "./memory";
import type { Page } from "./page";

const BEAT_MS = 500;

/** Keeps watch over the alerts and lets them be heard. */
export class SoundKeeper {
  readonly chime: Chime;
  private readonly heard: Heard = new Map();
  private readonly closing = new Set<string>();
  private readonly friends = new Set<string>();
  private lost = false;

  constructor(private readonly page: Page) {
    this.chime = new Chime(() => page.store.set({ soundAllowed: this.chime.allowed }));
  }

  start(): void {
    this.page.store.set({ sound: readSettings(recall("sound")) });
    void this.chime.allow(); // a screen on a wall may have been given leave beforehand
    const allow = () => this.chime.allowed || void this.chime.allow();
    window.addEventListener("pointerdown", allow, true);
    window.addEventListener("keydown", allow, true);
    window.setInterval(() => this.listen(), BEAT_MS);
  }

  play(tune: Tune): boolean {
    return this.chime.play(tune, this.page.store.state.sound.volume);
  }

  private listen(): void {
    const { status, sound } = this.page.store.state;
    if (!status || status.replay || !this.chime.allowed) return; // what was not heard sounds once it may
    const alarm = dueSound(status.alerts, this.heard, performance.now());
    const due = newlyFriends(status.advice, this.friends).length > 0 ? "critical" : alarm;
    if (due && !silence(sound, due, new Date())) this.play(due);
    const t = dataTime(this.page.store.state, performance.now()) ?? status.t_s;
    const closes = !due && closingNow(status.advice, t, this.closing).length > 0; // one thing at a time
    if (closes && !silence(sound, "critical", new Date())) this.play("closing");
    const kind = lossOf(this.page.store.state, performance.now()).kind;
    const lost = kind === "server" || kind === "feeds";
    if (lost && !this.lost && !silence(sound, "critical", new Date())) this.play("lost");
    this.lost = lost;
  }
}

export function sounding(page: Page, keeper: SoundKeeper) {
  const { store } = page;

  function setSound(change: Partial<SoundSettings>): void {
    const sound = { ...store.state.sound, ...change };
    keep("sound", JSON.stringify(sound));
    store.set({ sound });
  }

  return {
    setSound,

    /** Silent for so many minutes; 0: audible again. */
    mute(minutes: number): void {
      setSound({ mutedUntil: minutes === 0 ? 0 : Date.now() + minutes * 60_000 });
    },

    async allowSound(): Promise<void> {
      if (!(await keeper.chime.allow())) page.failed("The browser still forbids sound for this page.");
    },

    async trySound(severity: SeverityName): Promise<void> {
      if (!(await keeper.chime.allow()) || !keeper.play(severity)) {
        page.failed("The browser forbids sound for this page.");
      }
    },
  };
}
