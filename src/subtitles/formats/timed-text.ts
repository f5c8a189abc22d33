import { boxes } from '../../probe/container-index/mp4/boxes.ts';
import { MAX_CUE_CHARS } from '../cue.ts';
import { PLAIN, runsToCueText, type StyledRun } from '../webvtt/markup.ts';

/** Bytes of a style record: from and to which character, font, face, size, colour. */
const RECORD_BYTES = 12;
const MAX_RECORDS = 200;

/**
 * The text of a sample of 3GPP timed text (`tx3g`, TS 26.245 §5.17) or of QuickTime's `text` as WebVTT cue text; empty where it shows nothing,
 * which is how a gap is written.
 */
export function timedText(sample: Uint8Array): string {
  const view = new DataView(sample.buffer, sample.byteOffset, sample.byteLength);
  const length = sample.length >= 2 ? Math.min(view.getUint16(0), sample.length - 2) : 0;
  const characters = [...decode(sample.subarray(2, 2 + length))];
  if (characters.length === 0 || characters.length > MAX_CUE_CHARS) return '';
  const runs: StyledRun[] = [];
  let at = 0;
  for (const { from, to, ...look } of styleRecords(sample, view, 2 + length)) {
    if (from < at || to <= from) continue;
    runs.push({ ...PLAIN, text: characters.slice(at, from).join('') });
    runs.push({ ...look, text: characters.slice(from, to).join('') });
    at = to;
  }
  runs.push({ ...PLAIN, text: characters.slice(at).join('') });
  return runsToCueText(runs);
}

/** UTF-16 with its mark, else UTF-8 (§5.17). */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}

function* styleRecords(sample: Uint8Array, view: DataView, start: number) {
  for (const box of boxes(sample, start, sample.length)) {
    if (box.type !== 'styl' || box.end - box.dataStart < 2) continue;
    const room = Math.floor((box.end - box.dataStart - 2) / RECORD_BYTES);
    const count = Math.min(view.getUint16(box.dataStart), room, MAX_RECORDS);
    for (let i = 0; i < count; i++) {
      const at = box.dataStart + 2 + i * RECORD_BYTES;
      const face = view.getUint8(at + 6);
      yield {
        from: view.getUint16(at),
        to: view.getUint16(at + 2),
        bold: (face & 1) !== 0,
        italic: (face & 2) !== 0,
        underline: (face & 4) !== 0,
      };
    }
  }
}
