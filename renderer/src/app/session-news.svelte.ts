import type {
  SeekTiming,
  SessionEvent,
  SessionView,
  StageReport,
  SubtitleTrack,
} from '../../../src/session/types.ts';
import type { SourceStats } from '../../../src/source/byte-source.ts';
import type { TorrentStatus } from '../../../src/torrent/status.ts';

/** How many seeks are worth showing. */
const SEEKS = 6;

/** What the core has told of a session: the last answer, kept up to date by the events since. */
export class SessionNews {
  view: SessionView | null = $state.raw(null);
  stage: StageReport | null = $state.raw(null);
  /** The latest first. */
  seeks: SeekTiming[] = $state.raw([]);
  source: SourceStats | null = $state.raw(null);
  /** How its torrent does, where it comes from one. */
  swarm: TorrentStatus | null = $state.raw(null);

  answered(view: SessionView): void {
    this.view = view;
    this.stage = view.stage;
  }

  /** Of `error` events nothing is kept. */
  heard({ type, data }: SessionEvent): void {
    if (type === 'stage') this.stage = data;
    else if (type === 'seek') this.seeks = [data, ...this.seeks].slice(0, SEEKS);
    else if (type === 'buffer') this.source = data;
    else if (type === 'torrent') this.swarm = data;
    else if (type === 'decisions') this.#amend({ decisions: data });
    else if (type === 'damage') this.#amend({ damage: data });
  }

  /** More of them than the last answer told: they were added, or found. */
  subtitlesAre(subtitles: SubtitleTrack[]): void {
    this.#amend({ subtitles });
  }

  /** Whether all of the torrent's file is fetched from now on. */
  downloadsAll(downloadAll: boolean): void {
    const torrent = this.view?.torrent;
    if (torrent !== undefined) this.#amend({ torrent: { ...torrent, downloadAll } });
  }

  #amend(changed: Partial<SessionView>): void {
    if (this.view !== null) this.view = { ...this.view, ...changed };
  }
}
