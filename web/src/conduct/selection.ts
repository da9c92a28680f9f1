/** Which tracks are looked at, and whether the map follows. */

import { importance } from "../overlay/labels";
import type { Page } from "./page";

/** One click on an alert shows the track and the site's surroundings at this zoom. */
const ALERT_ZOOM = 11;

export function selection(page: Page) {
  const { store, map } = page;
  const trackOf = (id: number | null) => (id === null ? undefined : map.overlay.picture.tracks.get(id));

  function select(id: number | null, zoom = false): void {
    // A rule that is being written stays in sight: a click on the map may have meant it.
    if (id !== null && !store.state.draft && store.state.tab !== "track") store.set({ tab: "track" });
    if (id !== store.state.selected) {
      store.set({ selected: id, details: null, follow: false });
      page.send({ type: "select", id });
    }
    if (store.state.marked.size > 0) store.set({ marked: new Set() });
    const track = trackOf(id);
    if (zoom && track) {
      const { latitude, longitude } = track.record;
      map.fly({ latitude, longitude, zoom: Math.max(ALERT_ZOOM, map.camera().zoom) });
    } else if (zoom) page.failed(`Track T${id} is no longer in the picture.`);
  }

  /** Choose these beside the selected one. The first becomes the selected one where there is none. */
  function mark(ids: readonly number[]): void {
    const { selected } = store.state;
    const marked = new Set(store.state.marked);
    const [first, ...rest] = selected === null ? ids : [selected, ...ids];
    if (first === undefined) return;
    if (selected === null) select(first);
    for (const id of rest) if (id !== first) marked.add(id);
    store.set({ marked });
  }

  /** Add a track to the group, or take it out. */
  function toggleMark(id: number): void {
    const { selected, marked } = store.state;
    if (selected === null || (!marked.has(id) && id !== selected)) return mark([id]);
    const rest = new Set(marked);
    if (id !== selected) rest.delete(id);
    else {
      const [next = null] = rest;
      if (next !== null) rest.delete(next);
      select(next);
    }
    store.set({ marked: rest });
  }

  function keepFollowing(): void {
    const { follow, selected, marked } = store.state;
    const chosen = [selected, ...marked].flatMap((id) => trackOf(id) ?? []);
    if (!follow || chosen.length === 0) return;
    const middle = (pick: "latitude" | "longitude") =>
      chosen.reduce((sum, { record }) => sum + record[pick], 0) / chosen.length;
    map.keepInSight(middle("latitude"), middle("longitude"));
  }

  return {
    select,
    mark,
    toggleMark,
    keepFollowing,

    toggleFollow(): void {
      const { selected, follow } = store.state;
      if (selected === null) page.failed("Select a track to follow it.");
      else store.set({ follow: !follow });
      keepFollowing();
    },

    nextTrack(step: number): void {
      const { selected } = store.state;
      const shown = [...map.overlay.picture.tracks.values()].filter(({ hidden }) => !hidden);
      const records = shown.map(({ record }) => record);
      records.sort((a, b) => importance(b, false) - importance(a, false) || a.id - b.id);
      if (records.length === 0) return;
      const at = records.findIndex(({ id }) => id === selected);
      const next = records[at < 0 ? 0 : (at + step + records.length) % records.length];
      if (!next) return;
      select(next.id);
      map.keepInSight(next.latitude, next.longitude);
    },
  };
}
