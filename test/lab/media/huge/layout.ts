import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';

/** A film of 20 GB and two hours, nearly all of it holes: real frames lie only in a few groups of pictures. */
export const GOP_SECONDS = 2;
export const GOP_FRAMES = 48;
export const GOPS = 3600;
export const FILM_SECONDS = GOPS * GOP_SECONDS;
const TOTAL_BYTES = 20_000_000_000;
/** AAC: 1024 samples at 48 kHz. */
export const AUDIO_FRAME_SAMPLES = 1024;
export const AUDIO_RATE = 48_000;
export const AUDIO_FRAMES = Math.floor((FILM_SECONDS * AUDIO_RATE) / AUDIO_FRAME_SAMPLES);

/** Whether a group of pictures has real frames: the first and the last three, and three at each tenth of the film. */
export function isReal(gop: number): boolean {
  return gop % (GOPS / 10) < 3 || gop >= GOPS - 3;
}

/** Where a group's bytes begin, from the first group's on. Groups differ in size, as real ones do. */
export function gopOffset(gop: number): number {
  const even = TOTAL_BYTES / GOPS;
  // A whole number of waves over the film, so that the last offset is the total.
  const wave = Math.sin((gop / GOPS) * Math.PI * 2 * 90) * even * 3;
  return Math.round(gop * even + wave * Math.min(1, gop / 20, (GOPS - gop) / 20));
}

/** The audio frames that begin in a group's time, half-open. */
export function audioFramesOf(gop: number): { from: number; to: number } {
  const first = (second: number) => Math.ceil((second * AUDIO_RATE) / AUDIO_FRAME_SAMPLES);
  const to = gop === GOPS - 1 ? AUDIO_FRAMES : first((gop + 1) * GOP_SECONDS);
  return { from: first(gop * GOP_SECONDS), to };
}

/** One frame of the template, to be repeated. */
export interface TemplateFrame {
  data: Uint8Array;
  /** Place in presentation order within its group. */
  rank: number;
}

export interface Template {
  /** Groups of pictures in decode order. Group g of the film is group g modulo their number. */
  gops: TemplateFrame[][];
  audio: Uint8Array[];
}

/** The frames of a small film with closed groups of two seconds at 24 fps. */
export async function readTemplate(path: string): Promise<Template> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const [video, sound] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
    if (video === null || sound === null) throw new Error('The template needs picture and sound');
    const gops: { data: Uint8Array; time: number }[][] = [];
    for await (const packet of new EncodedPacketSink(video).packets()) {
      if (packet.type === 'key') gops.push([]);
      gops.at(-1)?.push({ data: packet.data, time: packet.timestamp });
    }
    const audio: Uint8Array[] = [];
    for await (const packet of new EncodedPacketSink(sound).packets()) audio.push(packet.data);
    return { gops: gops.map(ranked), audio };
  } finally {
    input.dispose();
  }
}

/** The template's frames of one group of the film. */
export function templateGop(template: Template, gop: number): TemplateFrame[] {
  return template.gops[gop % template.gops.length] ?? [];
}

/** The template's data of one audio frame of the film. */
export function templateAudio(template: Template, frame: number): Uint8Array {
  return template.audio[frame % template.audio.length] ?? new Uint8Array();
}

function ranked(frames: { data: Uint8Array; time: number }[]): TemplateFrame[] {
  const times = frames.map((frame) => frame.time).sort((a, b) => a - b);
  return frames.map(({ data, time }) => ({ data, rank: times.indexOf(time) }));
}
