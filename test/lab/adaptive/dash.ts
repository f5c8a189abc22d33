import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FilmName, film } from '../media/index.ts';
import { mustFfmpeg } from '../tools.ts';

/** The ways in which an MPD tells where its segments are. */
export type DashKind = 'template-duration' | 'template-timeline' | 'list' | 'segment-base';

const SEGMENT_SECONDS = 4;

/** Makes a static presentation of a named film in a folder of its own, without encoding. @returns the name of the MPD */
export async function makeDash(folder: string, kind: DashKind, name: FilmName): Promise<string> {
  await mkdir(folder, { recursive: true });
  const source = await film(name);
  if (kind === 'segment-base') {
    await makeSegmentBase(folder, source);
  } else {
    const ways = {
      'template-duration': ['-use_template', '1', '-use_timeline', '0'],
      'template-timeline': ['-use_template', '1', '-use_timeline', '1'],
      list: ['-use_template', '0', '-single_file', '1'],
    };
    await mustFfmpeg([
      ...['-v', 'error', '-y', '-i', source, '-map', '0:v:0', '-map', '0:a', '-c', 'copy', '-f', 'dash'],
      ...['-seg_duration', String(SEGMENT_SECONDS), ...ways[kind], join(folder, 'film.mpd')],
    ]);
  }
  return 'film.mpd';
}

/** One file for each track, with an index of its own; ffmpeg makes the files, the MPD is written here. */
async function makeSegmentBase(folder: string, source: string): Promise<void> {
  const tracks = await Promise.all(
    (['v', 'a'] as const).map(async (kind) => {
      const file = join(folder, `${kind}.mp4`);
      await mustFfmpeg([
        ...[
          '-v',
          'error',
          '-y',
          '-i',
          source,
          '-map',
          `0:${kind}:0`,
          '-c',
          'copy',
          '-frag_duration',
          '4000000',
        ],
        ...['-movflags', '+frag_keyframe+global_sidx+default_base_moof+empty_moov', file],
      ]);
      const bytes = await readFile(file);
      const at = bytes.indexOf('sidx') - 4;
      return { kind, start: at, end: at + bytes.readUInt32BE(at) - 1 };
    }),
  );
  const sets = tracks.map(({ kind, start, end }) => {
    const described =
      kind === 'v' ? 'mimeType="video/mp4" codecs="avc1.64001f"' : 'mimeType="audio/mp4" codecs="mp4a.40.2"';
    return `<AdaptationSet><Representation id="${kind}" bandwidth="500000" ${described}>
      <BaseURL>${kind}.mp4</BaseURL>
      <SegmentBase indexRange="${start}-${end}"><Initialization range="0-${start - 1}"/></SegmentBase>
    </Representation></AdaptationSet>`;
  });
  await writeFile(
    join(folder, 'film.mpd'),
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT20S"
      profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period>${sets.join('')}</Period></MPD>`,
  );
}
