import { useEffect, useRef } from "preact/hooks";
import type { State } from "../store";
import { AdviceAnnouncer } from "./advice_announcer";
import { Announcer } from "./announcer";
import { AdviceBanner, FriendBanner, LogBanner, LossBanner, MissedBanner, ReplayBanner } from "./banner";
import type { Commands } from "./commands";
import { CoverLegend } from "./coverage";
import { FilterChip } from "./filter";
import { Header } from "./header";
import { Help } from "./help";
import { PostureDialog } from "./posture";
import { ReplayBar } from "./replay";
import { OpenSheet } from "./sheet";
import { Side } from "./side";
import { ReadOut, Tools } from "./tools";

interface Props {
  state: State;
  now: number;
  commands: Commands;
  /** The map's own element, which Preact must hold but never touch. */
  map: HTMLElement;
}

export function App({ state, now, commands, map }: Props) {
  return (
    <>
      <Header state={state} now={now} commands={commands} />
      <main class={`map-area ${state.status?.replay ? "in-replay" : ""}`}>
        <MapHolder map={map} />
        <div class="banners">
          <ReplayBanner state={state} now={now} />
          <LossBanner state={state} now={now} />
          <LogBanner state={state} />
          <FriendBanner state={state} commands={commands} />
          <MissedBanner state={state} now={now} commands={commands} />
          <AdviceBanner state={state} now={now} commands={commands} />
          <FilterChip state={state} commands={commands} />
        </div>
        <OpenSheet state={state} now={now} commands={commands} />
        {state.notice && (
          <p class="notice" role="status">
            {state.notice}
          </p>
        )}
        <div class="map-foot">
          <CoverLegend state={state} commands={commands} />
          <div class="map-foot-row">
            <Tools state={state} commands={commands} />
            <ReadOut state={state} />
          </div>
          <ReplayBar state={state} now={now} commands={commands} />
        </div>
      </main>
      <Side state={withoutHidden(state)} now={now} commands={commands} />
      <Announcer state={state} now={now} />
      <AdviceAnnouncer state={state} now={now} />
      {state.posturing && <PostureDialog state={state} commands={commands} />}
      {state.help && <Help close={() => commands.help(false)} />}
    </>
  );
}

function MapHolder({ map }: { map: HTMLElement }) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => holder.current?.append(map), [map]);
  return <div class="map-holder" ref={holder} />;
}

/** Closed alerts of tracks that the filter hides are hidden too; an open one never is. */
function withoutHidden(state: State): State {
  const { status, hidden } = state;
  if (!status || hidden.size === 0) return state;
  const alerts = status.alerts.filter((alert) => alert.state !== "closed" || !hidden.has(alert.track));
  return alerts.length === status.alerts.length ? state : { ...state, status: { ...status, alerts } };
}
