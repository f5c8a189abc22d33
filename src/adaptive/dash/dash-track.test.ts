import { afterAll, expect, test } from 'vitest';
import { HttpResources } from '../../source/http-resources.ts';
import { DashDocument } from './dash-document.ts';
import { DashTrack } from './dash-track.ts';

const url = new URL('https://origin.example/film.mpd');
const resources = new HttpResources({ url });
afterAll(() => resources.close());

/** The first representation of a document, as a track. */
function trackOf(periods: string): DashTrack {
  const text = `<MPD type="static">${periods}</MPD>`;
  const bytes = new TextEncoder().encode(text);
  const manifest = { url, bytes, contentType: null, sizeBytes: null, clockSeconds: null };
  const document = new DashDocument(manifest, resources);
  const [wanted] = document.known.periods[0]?.representations ?? [];
  if (!wanted) throw new Error('The document describes nothing');
  return new DashTrack(document, resources, wanted);
}

/** Periods of so many seconds, cut into segments of one second. */
function periodsOf(...lengths: number[]): string {
  const set = `<AdaptationSet mimeType="video/mp4"><SegmentTemplate duration="1" media="$Number$"/><Representation id="v"/></AdaptationSet>`;
  return lengths.map((seconds) => `<Period duration="PT${seconds}S">${set}</Period>`).join('');
}

test('goes through all periods, each a break', async () => {
  const { segments } = await trackOf(periodsOf(2, 1)).load(new AbortController().signal);
  expect(segments.map(({ isDiscontinuity }) => isDiscontinuity)).toEqual([false, false, true]);
});

test('more segments in all periods together than any film has are refused', async () => {
  const loading = trackOf(periodsOf(40_000, 40_000)).load(new AbortController().signal);
  await expect(loading).rejects.toMatchObject({ code: 'media_damaged' });
});
