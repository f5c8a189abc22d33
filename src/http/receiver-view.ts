import type { Problem } from '../errors.ts';
import type { SessionView } from '../session/types.ts';

/**
 * What of a session a device of the network is shown (contract, "LAN guard": not where the film comes from; of a torrent that is its hash, and
 * its files and trackers are nobody's business either). A member that is new has to be decided on here.
 */
const SHOWN: Record<keyof SessionView, boolean> = {
  id: true,
  source: false,
  kind: true,
  createdAt: true,
  startTime: true,
  durationSeconds: true,
  audioIndex: true,
  availableStreams: true,
  chapters: true,
  isTorrent: true,
  torrentInfoHash: false,
  torrent: false,
  name: true,
  live: true,
  stage: true,
  media: true,
  decisions: true,
  subtitles: true,
  damage: true,
  error: true,
};

/** A person at a receiver can do nothing about a link or a file; and a text for who can would name it. */
const DETAIL = 'Raffi says more on the computer that casts.';

export function viewForReceiver(view: SessionView): SessionView {
  const shown = Object.entries(view).filter(([name]) => SHOWN[name as keyof SessionView]);
  const error = view.error && { error: { ...view.error, detail: DETAIL } };
  return { ...(Object.fromEntries(shown) as unknown as SessionView), ...error };
}

/** A problem of a film, without what names its source; where it is waited for something, with the stage. */
export function problemForReceiver({ type, title, status, code, stage, progress }: Problem): Problem {
  const waiting = stage === undefined ? {} : { stage, progress };
  return { type, title, status, detail: DETAIL, code, ...waiting };
}
