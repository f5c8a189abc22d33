import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT } from '../../build/setup/project.ts';
import { realClip } from '../lab/media/index.ts';
import { mustFfmpeg } from '../lab/tools.ts';
import { deliveryOf } from './film-delivery.ts';
import { Rig } from './rig.ts';

const SCREENS = join(PROJECT, '.cache', 'screens');
const SIZE = { width: 640, height: 360 };
/** Places of the real clip with shade, grass in the sun, white flowers. */
const PLACES = [12, 24];
/** What SDR shows as white is 203 cd/m² in HDR (ITU-R BT.2408 §2.1). */
const WHITE = 'npl=203';

let rig: Rig;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raffi-tone-'));
  // The table's path is an argument within an argument: whatever stands in it must not end either.
  rig = await Rig.start({ cacheDir: join(folder, `it's a [folder]: x=1,y;z\\w`) });
  await mkdir(SCREENS, { recursive: true });
});
afterAll(async () => {
  await rig.stop();
  await rm(folder, { recursive: true, force: true });
});

const KINDS = {
  HDR10: { transfer: 'smpte2084', tags: [] },
  HLG: { transfer: 'arib-std-b67', tags: [] },
  'HDR10 that does not name its colours': {
    transfer: 'smpte2084',
    tags: ['-color_primaries', 'unknown', '-colorspace', 'unknown'],
  },
} as const;

describe.each(Object.entries(KINDS))('%s', (kind, { transfer, tags }) => {
  it.each(PLACES)('looks like the SDR it was made from: %d s', async (seconds) => {
    const still = join(folder, `${transfer}-${seconds}.png`);
    const [clip, shape] = [await realClip(), `scale=${SIZE.width}:${SIZE.height}`];
    await mustFfmpeg([
      '-v',
      'error',
      '-y',
      '-ss',
      String(seconds),
      '-i',
      clip,
      '-frames:v',
      '1',
      '-vf',
      shape,
      still,
    ]);
    const film = join(folder, `${transfer}-${seconds}.mkv`);
    await mustFfmpeg(['-v', 'error', '-y', '-i', still, ...toHdr(transfer), ...tags, film]);

    const shown = join(folder, 'shown.mp4');
    await writeFile(shown, await firstSegment(film));
    const [wanted, got] = await Promise.all([colours(still), colours(shown)]);
    const name = `tone-mapped-${kind.replaceAll(' ', '-').toLowerCase()}-${seconds}.png`;
    await mustFfmpeg([
      ...['-v', 'error', '-y', '-i', still, '-i', shown, '-frames:v', '1'],
      ...['-filter_complex', `[1]${AS_RGB}[b];[0][b]hstack`, join(SCREENS, name)],
    ]);
    const { luma, chroma, darker } = difference(wanted, got);
    if (process.env.TONE_PRINT) console.log(kind, seconds, { luma, chroma, darker });
    // Of 255. A little darker, for highlights to have room; of the same hue.
    expect(darker).toBeGreaterThan(0);
    expect(darker).toBeLessThan(8);
    expect(luma).toBeLessThan(9);
    expect(chroma).toBeLessThan(5);
  });
});

function toHdr(transfer: string): string[] {
  const coded =
    transfer === 'arib-std-b67'
      ? [HLG, 'scale=out_color_matrix=bt2020:out_range=tv']
      : [`zscale=transfer=${transfer}:matrix=bt2020nc:range=tv:${WHITE}`];
  const filters = [
    'scale=out_color_matrix=bt709:out_range=tv',
    'format=yuv444p10le',
    'setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv',
    `zscale=transfer=linear:${WHITE}`,
    'format=gbrpf32le',
    'zscale=primaries=bt2020',
    ...coded,
    'format=yuv420p10le',
    // Two seconds of one picture.
    'loop=47:1:0,setpts=N/24/TB',
  ];
  return [
    ...['-vf', filters.join(','), '-r', '24', '-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '12'],
    ...['-x265-params', 'log-level=error:keyint=48', '-color_trc', transfer],
    ...['-color_primaries', 'bt2020', '-colorspace', 'bt2020nc', '-color_range', 'tv'],
  ];
}

/**
 * Light of a display (1 is 203 cd/m²) as HLG for one of 1000 cd/m²: its system gamma is on luminance (ITU-R BT.2100 table 5), where zimg has it on each
 * colour.
 */
const HLG = (() => {
  const light = (plane: string) => `(0.203*max(${plane}(X,Y),0.000001))`;
  const luminance = `(0.2627*${light('r')}+0.678*${light('g')}+0.0593*${light('b')})`;
  const coded = (plane: string) => {
    const scene = `(${light(plane)}*pow(${luminance},-1/6))`;
    return `if(lte(${scene},1/12),sqrt(3*${scene}),0.17883277*log(12*${scene}-0.28466892)+0.55991073)`;
  };
  return `geq=r='${coded('r')}':g='${coded('g')}':b='${coded('b')}'`;
})();

/** The beginning of a film's picture, as a client gets it that knows no HDR. */
async function firstSegment(film: string): Promise<Buffer> {
  const { sessionId } = await rig.core.open({ kind: 'file', source: film });
  const { renditions } = await deliveryOf(rig, sessionId);
  const { map, segments } = renditions[0]?.playlist ?? { map: null, segments: [] };
  const parts = await Promise.all([map, segments[0]?.uri].map((uri) => rig.bytesInTime(uri ?? '')));
  await rig.close(sessionId);
  return Buffer.concat(parts);
}

const AS_RGB = 'scale=in_color_matrix=bt709:in_range=tv:flags=accurate_rnd+full_chroma_int,format=rgb24';

/** Pixels of the first picture: red, green, blue. */
async function colours(path: string): Promise<Buffer> {
  const filters = path.endsWith('.png') ? 'format=rgb24' : AS_RGB;
  return mustFfmpeg([
    '-v',
    'error',
    '-i',
    path,
    '-frames:v',
    '1',
    '-vf',
    filters,
    '-f',
    'rawvideo',
    'pipe:1',
  ]);
}

/** Means over all pixels, of 255: how far luma and chroma are off, and how much darker it is. */
function difference(wanted: Buffer, got: Buffer): { luma: number; chroma: number; darker: number } {
  const sums = { luma: 0, chroma: 0, darker: 0 };
  const pixels = wanted.length / 3;
  for (let at = 0; at < wanted.length; at += 3) {
    const [a, b] = [lumaAndChroma(wanted, at), lumaAndChroma(got, at)];
    sums.luma += Math.abs(a.luma - b.luma);
    sums.darker += a.luma - b.luma;
    sums.chroma += Math.hypot(a.blue - b.blue, a.red - b.red);
  }
  return { luma: sums.luma / pixels, chroma: sums.chroma / pixels, darker: sums.darker / pixels };
}

function lumaAndChroma(rgb: Buffer, at: number): { luma: number; blue: number; red: number } {
  const [red = 0, green = 0, blue = 0] = [rgb[at], rgb[at + 1], rgb[at + 2]];
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return { luma, blue: (blue - luma) / 1.8556, red: (red - luma) / 1.5748 };
}
