import { type EbmlElement, endOf, ID, readElement } from '../ebml.ts';
import { type IndexedFile, readRange } from '../file.ts';
import { type SegmentHead, takeIn, walkTopLevel } from './segment-head.ts';

/** An element with bytes that begin at its header. */
export interface Loaded {
  bytes: Uint8Array;
  element: EbmlElement;
  offset: number;
}

/** How far a chain of elements is followed before a film's head counts as broken. */
const MAX_STEPS = 4;
const CHUNK_BYTES = 64 * 1024;
/** Tracks with many ASS headers reach half a megabyte; a claim beyond this is no claim to allocate by. */
const MAX_HEAD_ELEMENT_BYTES = 16 * 1024 * 1024;
/** A day of film with a cue per frame and track would need less. */
const MAX_CUES_BYTES = 32 * 1024 * 1024;
/** When all that follows the Cues is this small it is read with them, since Tags with exact durations lie there. */
const TAIL_BYTES = 2 * 1024 * 1024;
const CUES_CHUNK_BYTES = 128 * 1024;

/** The element at `offset`, whole; null when another id is there, its size is absurd, or the file ends inside it. */
export async function loadElement(
  file: IndexedFile,
  offset: number,
  id: number,
  guessBytes: number,
  maxBytes: number,
): Promise<Loaded | null> {
  if (offset >= file.sizeBytes) return null;
  const inHead = readElement(file.head, offset);
  const headEnd = typeof inHead === 'string' ? null : endOf(inHead);
  const isInHead = headEnd !== null && headEnd <= file.head.length;
  const first = isInHead ? file.head.subarray(offset) : await readRange(file, offset, offset + guessBytes);
  const element = readElement(first, 0);
  if (typeof element === 'string' || element.id !== id) return null;
  const end = endOf(element);
  if (end === null || end > maxBytes || offset + end > file.sizeBytes) return null;
  if (end <= first.length) return { bytes: first, element, offset };
  return { bytes: await readRange(file, offset, offset + end), element, offset };
}

/** Reads on until the tracks and the first cluster are known, if the head's bytes did not reach that far. */
export async function completeHead(file: IndexedFile, head: SegmentHead): Promise<void> {
  for (const id of [ID.Info, ID.Tracks]) {
    const offset = head.positions.get(id);
    if (offset === undefined || (id === ID.Info ? head.info : head.tracks)) continue;
    const loaded = await loadElement(file, offset, id, CHUNK_BYTES, MAX_HEAD_ELEMENT_BYTES);
    if (loaded) walkTopLevel(head, loaded.bytes, offset, 0);
  }
  // Only a film without a SeekHead gets here still lacking something.
  for (let step = 0; step < MAX_STEPS && head.tracks === null && head.firstCluster === null; step++) {
    const offset = await afterElement(file, head.stoppedAt);
    if (offset === null) return;
    walkTopLevel(head, await readRange(file, offset, offset + CHUNK_BYTES), offset, 0);
  }
}

/** The first cluster when neither head nor cues tell it: behind whatever large elements precede it. */
export async function findFirstCluster(file: IndexedFile, head: SegmentHead): Promise<number | null> {
  for (let step = 0; step < MAX_STEPS && head.firstCluster === null; step++) {
    const offset = await afterElement(file, head.stoppedAt);
    if (offset === null) break;
    walkTopLevel(head, await readRange(file, offset, offset + CHUNK_BYTES), offset, 0);
  }
  return head.firstCluster;
}

/**
 * The Cues, wherever they are, in one read when they are near the end: then with all that follows them, Tags among it. Else with a second
 * read for the rest.
 */
export async function loadCues(file: IndexedFile, head: SegmentHead): Promise<Loaded | null> {
  if (!head.positions.has(ID.Cues)) await followSeekHeads(file, head);
  const offset = head.positions.get(ID.Cues);
  if (offset === undefined) return null;
  const follower = Math.min(
    file.sizeBytes,
    ...[...head.positions].filter(([id, at]) => id !== ID.Tags && at > offset).map(([, at]) => at),
  );
  const guess = follower - offset <= TAIL_BYTES ? follower - offset : CUES_CHUNK_BYTES;
  const loaded = await loadElement(file, offset, ID.Cues, guess, MAX_CUES_BYTES);
  if (!loaded) return null;
  for (const at of elementsBehind(loaded)) takeIn(head, loaded.bytes, at);
  return loaded;
}

function* elementsBehind(loaded: Loaded): Generator<EbmlElement> {
  let position = endOf(loaded.element) ?? loaded.bytes.length;
  while (position < loaded.bytes.length) {
    const element = readElement(loaded.bytes, position);
    if (typeof element === 'string') return;
    const next = endOf(element);
    if (next === null || next > loaded.bytes.length) return;
    yield element;
    position = next;
  }
}

/** Some muxers keep the Cues' position in a second SeekHead at the end. */
async function followSeekHeads(file: IndexedFile, head: SegmentHead): Promise<void> {
  for (const offset of head.seekHeads.slice(0, 2)) {
    const loaded = await loadElement(file, offset, ID.SeekHead, CHUNK_BYTES, MAX_HEAD_ELEMENT_BYTES);
    if (loaded) takeIn(head, loaded.bytes, loaded.element);
  }
}

async function afterElement(file: IndexedFile, offset: number): Promise<number | null> {
  if (offset >= file.sizeBytes) return null;
  const element = readElement(await readRange(file, offset, offset + CHUNK_BYTES), 0);
  if (typeof element === 'string' || element.id === ID.Cluster || element.size === null) return null;
  const next = offset + (endOf(element) ?? 0);
  return next < file.sizeBytes ? next : null;
}
