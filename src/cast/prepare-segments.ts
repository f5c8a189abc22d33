import { setTimeout as delay } from 'node:timers/promises';
import { playlistLines } from '../adaptive/hls/attribute-list.ts';
import { RaffiError } from '../errors.ts';
import type { Delivery } from '../plan/types.ts';
import type { ArrivingAsset, MediaAsset, Session } from '../session/types.ts';

/** A first generation device gives up on a film that does not come at once, and then says no more than that it failed. */
const SEGMENTS = 3;
/** A torrent's first pieces, an encoder's first start: each try waits as long as a request does. */
const TRIES = 12;
const RETRY_MS = 250;

/**
 * Has the first segments from a place on made, as the device will ask for them.
 *
 * @throws what keeps them from being made; `wait_exceeded` when they take too long
 */
export async function prepareSegments(
  session: Session,
  delivery: Delivery,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  if (delivery === 'mpegts') {
    const { text } = await patiently(() => session.streamPlaylist({}, signal), signal);
    const names = segmentsAt(text, seconds).map((uri) => uri.split('/').at(-1) ?? '');
    for (const name of names) await make(() => session.transportSegment(name, signal), signal);
    return;
  }
  const master = await patiently(() => session.masterPlaylist(signal), signal);
  const playlists = [variantIn(master), ...soundsIn(master)].filter((uri) => uri !== undefined);
  await Promise.all(playlists.map((uri) => prepareRendition(session, uri, seconds, signal)));
}

async function prepareRendition(
  session: Session,
  playlistUri: string,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const assetAt = (uri: string) => {
    const [rendition = '', asset = ''] = new URL(uri, BASE).pathname.split('/').slice(-2);
    return session.renditionAsset(rendition, asset, signal);
  };
  const playlist = await make(() => assetAt(playlistUri), signal);
  for (const uri of segmentsAt(playlist, seconds)) await make(() => assetAt(uri), signal);
}

/** The address means nothing: our playlists name paths. */
const BASE = 'http://raffi.invalid';

/** A whole asset, its text; bytes are kept where the session keeps them. */
async function make(get: () => Promise<MediaAsset | ArrivingAsset>, signal: AbortSignal): Promise<string> {
  return patiently(async () => {
    const asset = await get();
    const isText = asset.contentType.includes('mpegurl');
    let text = '';
    const decoder = new TextDecoder();
    const take = (bytes: Uint8Array) => {
      if (isText) text += decoder.decode(bytes, { stream: true });
    };
    if ('pieces' in asset) for await (const bytes of asset.pieces(signal)) take(bytes);
    else {
      for (const bytes of asset.parts) take(bytes);
      for await (const parts of asset.rest ?? []) for (const bytes of parts) take(bytes);
    }
    return text;
  }, signal);
}

/** What takes longer than a request waits is asked for again, as a device would. */
async function patiently<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RaffiError) || error.code !== 'wait_exceeded' || attempt === TRIES) throw error;
      await delay(RETRY_MS, undefined, { signal });
    }
  }
}

function segmentsAt(playlist: string, seconds: number): string[] {
  const segments: { uri: string; endSeconds: number }[] = [];
  let endSeconds = 0;
  for (const line of playlistLines(playlist)) {
    if ('uri' in line) segments.push({ uri: line.uri, endSeconds });
    else if (line.tag === 'EXTINF') endSeconds += Number.parseFloat(line.value);
  }
  const first = segments.findIndex((segment) => segment.endSeconds > seconds);
  return segments
    .slice(first === -1 ? -1 : first)
    .slice(0, SEGMENTS)
    .map(({ uri }) => uri);
}

function variantIn(master: string): string | undefined {
  for (const line of playlistLines(master)) if ('uri' in line) return line.uri;
  return undefined;
}

function soundsIn(master: string): string[] {
  const uris: string[] = [];
  for (const line of playlistLines(master)) {
    if ('uri' in line || line.tag !== 'EXT-X-MEDIA' || !line.value.includes('DEFAULT=YES')) continue;
    const uri = /URI="([^"]+)"/.exec(line.value)?.[1];
    if (uri !== undefined) uris.push(uri);
  }
  return uris;
}
