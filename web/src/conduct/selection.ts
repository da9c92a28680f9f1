/** Which track is looked at, and whether the map follows it. */

import { importance } from "../overlay/labels";
import type { Page } from "./page";

/** One click on an alert shows the track and the site's surroundings at this zoom. */
const ALERT_ZOOM = 11;

export function selection(page: Page) {
  const { store, map } = page;
  const trackOf = (id: number | null) => (id === null ? undefined : map.overlay.picture.tracks.get(id));

  function select(id: number | null, zoom = false): void {
    if (id !== store.state.selected) {
      // A rule that is being written stays in sight: a click on the map may have meant it.
      const tab = id === null || store.state.draft ? store.state.tab : "track";
      store.set({ selected: id, details: null, follow: false, tab });
      page.send({ type: "select", id });
    }
    const track = trackOf(id);
    if (zoom && track) {
      const { latitude, longitude } = track.record;
      map.fly({ latitude, longitude, zoom: Math.max(ALERT_ZOOM, map.camera().zoom) });
    } else if (zoom) page.failed(`Track T${id} is no longer in the picture.`);
  }

  function keepFollowing(): void {
    const { follow, selected } = store.state;
    const track = trackOf(selected);
    if (follow && track) map.keepInSight(track.record.latitude, track.record.longitude);
  }

  return {
    select,
    keepFollowing,

    toggleFollow(): void {
      const { selected, follow } = store.state;
      if (selected === null) page.failed("Select a track to follow it.");
      else store.set({ follow: !follow });
      keepFollowing();
    },

    nextTrack(step: number): void {
      const { selected } = store.state;
      const records = [...map.overlay.picture.tracks.values()].map(({ record }) => record);
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
