import { isPlayable } from './choose-file.ts';
import type { FileProgress } from './file-progress.ts';
import { nextFile } from './next-file.ts';
import type { SwarmReport } from './protocol.ts';
import type { Torrent } from './torrent.ts';

/** Files that a view lists at most: of a torrent with more, those that can be played come first. */
const MAX_LISTED_FILES = 1000;

/** JSON of `GET /torrents/:infoHash/status`: the documented members first, then ours. Speeds in bytes per second. */
export interface TorrentStatus extends Pick<SwarmReport, 'trackers' | 'dht'> {
  stage: 'missing' | 'metadata' | 'downloading' | 'ready' | 'error';
  /** Whether its beginning can be read without waiting for peers. */
  ready: boolean;
  error?: string;
  peers: number;
  piecesComplete: number;
  piecesTotal: number;
  /** 0 … 1 of the whole torrent. */
  progress: number;
  /** Verified bytes that are here. */
  downUsefulBytes: number;
  seeds: number;
  knownPeers: number;
  downloadSpeed: number;
  uploadSpeed: number;
  uploadedBytes: number;
  /** Seconds until all of it would be here at this speed; null when nothing comes. */
  etaSeconds: number | null;
  /** How much is here of what a viewer needs now, within seconds, and within a minute, and of the rest of the file; null while nobody reads of it. */
  bands: FileProgress['bands'] | null;
  /** Seconds until the next second of film can be played at this speed: 0 when it is here; null when nothing comes, or nobody plays. */
  nextPlayableSeconds: number | null;
  /** The last trouble with a tracker or the DHT. */
  trouble?: string;
}

/** A torrent as its session's view shows it. */
export interface TorrentView {
  infoHash: string;
  name: string | null;
  /** Which file plays; null while that is not known. */
  fileIdx: number | null;
  /** Which file comes after it: the next episode. Null behind the last, of a torrent of one film, and while none plays. */
  nextFileIdx: number | null;
  files: { fileIdx: number; path: string; sizeBytes: number; playable: boolean }[];
  /** Whether all of that file is fetched, or no more of it than plays. */
  downloadAll: boolean;
  status: TorrentStatus;
}

export const MISSING_STATUS: TorrentStatus = {
  stage: 'missing',
  ready: false,
  peers: 0,
  piecesComplete: 0,
  piecesTotal: 0,
  progress: 0,
  downUsefulBytes: 0,
  seeds: 0,
  knownPeers: 0,
  downloadSpeed: 0,
  uploadSpeed: 0,
  uploadedBytes: 0,
  etaSeconds: null,
  trackers: [],
  dht: null,
  bands: null,
  nextPlayableSeconds: null,
};

/** @param progress of the file that is asked about; else of whatever was read last */
export function torrentStatus(torrent: Torrent, progress = torrent.progress): TorrentStatus {
  const { layout, swarm, failure, piecesComplete, keptBytes } = torrent;
  const ready = failure === undefined && piecesComplete > 0;
  const downloadSpeed = swarm?.downloadSpeed ?? 0;
  const leftBytes = layout ? layout.sizeBytes - keptBytes : null;
  return {
    stage: stageOf(torrent, ready),
    ready,
    ...(failure ? { error: failure.message } : {}),
    peers: swarm?.peers ?? 0,
    piecesComplete,
    piecesTotal: layout?.pieceCount ?? 0,
    progress: layout ? keptBytes / layout.sizeBytes : 0,
    downUsefulBytes: keptBytes,
    seeds: swarm?.seeds ?? 0,
    knownPeers: swarm?.known ?? 0,
    downloadSpeed,
    uploadSpeed: swarm?.uploadSpeed ?? 0,
    uploadedBytes: swarm?.uploadedBytes ?? 0,
    trackers: swarm?.trackers ?? [],
    dht: swarm?.dht ?? null,
    etaSeconds: secondsFor(leftBytes, downloadSpeed),
    bands: progress?.bands ?? null,
    nextPlayableSeconds: secondsFor(progress?.lackingBytes ?? null, downloadSpeed),
    ...(swarm?.trouble ? { trouble: swarm.trouble } : {}),
  };
}

export function torrentView(
  torrent: Torrent,
  {
    fileIdx,
    downloadsAll,
    progress,
  }: { fileIdx: number | undefined; downloadsAll: boolean; progress: FileProgress | undefined },
): TorrentView {
  const { spec, layout } = torrent;
  const files = (layout?.files ?? []).map((file, index) => ({
    fileIdx: index,
    path: file.path,
    sizeBytes: file.sizeBytes,
    playable: isPlayable(file),
    isPadding: file.isPadding,
  }));
  const listed = files.filter((file) => !file.isPadding);
  const shown =
    listed.length <= MAX_LISTED_FILES
      ? listed
      : listed.toSorted((a, b) => Number(b.playable) - Number(a.playable)).slice(0, MAX_LISTED_FILES);
  return {
    infoHash: spec.infoHash,
    name: layout?.name ?? spec.name,
    fileIdx: fileIdx ?? null,
    nextFileIdx: layout && fileIdx !== undefined ? nextFile(layout.files, fileIdx) : null,
    downloadAll: downloadsAll,
    files: shown.map(({ isPadding: _, ...file }) => file),
    status: torrentStatus(torrent, progress),
  };
}

/** Null when so much never comes, or nobody knows how much it is. */
function secondsFor(bytes: number | null, speed: number): number | null {
  if (bytes === null || bytes === 0) return bytes;
  return speed > 0 ? bytes / speed : null;
}

function stageOf({ layout, failure }: Torrent, ready: boolean): TorrentStatus['stage'] {
  if (failure) return 'error';
  if (!layout) return 'metadata';
  return ready ? 'ready' : 'downloading';
}
