import type { TorrentView } from '../../../src/torrent/status.ts';
import { byteSize } from '../player/time.ts';

/** A file of a torrent that can be chosen. */
export interface FileChoice {
  /** Its `fileIdx`. */
  key: number;
  label: string;
  hint: string;
}

/** What can be played of a torrent, in the order of its names: episodes come one after the other. */
export function fileChoices(torrent: TorrentView | undefined): FileChoice[] {
  const order = new Intl.Collator(undefined, { numeric: true });
  return (torrent?.files ?? [])
    .filter(({ playable }) => playable)
    .toSorted((a, b) => order.compare(a.path, b.path))
    .map(({ fileIdx, path, sizeBytes }) => ({
      key: fileIdx,
      label: path.split('/').at(-1) ?? path,
      hint: byteSize(sizeBytes),
    }));
}

/** What a film of a pack is called: as its file; null for the one film of a torrent, which is called as that is. */
export function nameInPack(
  files: readonly FileChoice[],
  torrent: Pick<TorrentView, 'fileIdx'> | undefined,
): string | null {
  return files.length < 2 ? null : (files.find(({ key }) => key === torrent?.fileIdx)?.label ?? null);
}

/** What is to be played after this file, as the core says; null: nothing. */
export function nextFile(
  files: readonly FileChoice[],
  torrent: Pick<TorrentView, 'nextFileIdx'> | undefined,
): FileChoice | null {
  return files.find(({ key }) => key === torrent?.nextFileIdx) ?? null;
}

/** A file's name as a person would call it. */
export function titleOfFile(label: string): string {
  return label.replace(/\.[a-z0-9]{2,4}$/i, '');
}
