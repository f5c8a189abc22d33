/** A light reader of HLS: what a receiver needs of our playlists, and of those of servers that we pass on. */
export interface Variant {
  uri: string;
  /** Of the audio rendition that plays with it; null where the sound is in the variant's own segments. */
  audioUri: string | null;
}

export interface MediaSegment {
  uri: string;
  endSeconds: number;
}

export interface MediaPlaylist {
  initUri: string | null;
  segments: MediaSegment[];
}

export function isMaster(text: string): boolean {
  return text.includes('#EXT-X-STREAM-INF');
}

/** The first variant, and its default sound. */
export function firstVariant(text: string, base: string): Variant {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.startsWith('#EXT-X-STREAM-INF'));
  const group = attribute(lines[at] ?? '', 'AUDIO');
  const renditions = lines.filter(
    (line) => line.startsWith('#EXT-X-MEDIA:') && attribute(line, 'GROUP-ID') === group,
  );
  const rendition = renditions.find((line) => line.includes('DEFAULT=YES')) ?? renditions[0];
  const audioUri = rendition ? attribute(rendition, 'URI') : null;
  return {
    uri: new URL(lines[at + 1] ?? '', base).href,
    audioUri: audioUri === null ? null : new URL(audioUri, base).href,
  };
}

export function mediaPlaylist(text: string, base: string): MediaPlaylist {
  const segments: MediaSegment[] = [];
  let endSeconds = 0;
  let durationSeconds = 0;
  let initUri: string | null = null;
  for (const line of text.split('\n')) {
    if (line.startsWith('#EXTINF:')) durationSeconds = Number.parseFloat(line.slice(8));
    const map = line.startsWith('#EXT-X-MAP:') ? attribute(line, 'URI') : null;
    if (map !== null) initUri = new URL(map, base).href;
    if (line === '' || line.startsWith('#')) continue;
    endSeconds += durationSeconds;
    segments.push({ uri: new URL(line, base).href, endSeconds });
  }
  return { initUri, segments };
}

function attribute(line: string, name: string): string | null {
  return new RegExp(`[:,]${name}="([^"]*)"`).exec(line)?.[1] ?? null;
}
