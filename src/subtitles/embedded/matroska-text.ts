import type { MatroskaTrack } from '../../remux/matroska/tracks.ts';
import type { Cue } from '../cue.ts';
import { assBlockText, parseAssStyles } from '../formats/ass.ts';
import { subripText } from '../formats/subrip.ts';
import { toCueText } from '../webvtt/markup.ts';
import { checkedSettings } from '../webvtt/parse-webvtt.ts';

/** What a block of a track says. */
export type BlockText = (frame: Uint8Array) => Pick<Cue, 'text' | 'settings'>;

const utf8 = new TextDecoder();

/**
 * How the blocks of a track are read (RFC 9559, matroska.org/technical/subtitles): all of them are UTF-8, whatever the file was that they come
 * from. Null for what is no text, or a kind nobody writes.
 */
export function blockTextOf({ codecId, codecPrivate }: MatroskaTrack): BlockText | null {
  switch (codecId) {
    case 'S_TEXT/UTF8':
    case 'S_TEXT/ASCII':
      return (frame) => subripText(textOf(frame));
    case 'S_TEXT/ASS':
    case 'S_TEXT/SSA':
    case 'S_ASS':
    case 'S_SSA': {
      const styles = parseAssStyles(codecPrivate ? textOf(codecPrivate) : '');
      return (frame) => assBlockText(textOf(frame), styles);
    }
    case 'S_TEXT/WEBVTT':
      return (frame) => ({ text: toCueText(textOf(frame), 'webvtt'), settings: '' });
    case 'D_WEBVTT/SUBTITLES':
    case 'D_WEBVTT/CAPTIONS':
      return (frame) => webmText(textOf(frame));
    default:
      return null;
  }
}

/** WebM's own way (webmproject.org, "WebVTT in WebM"): a line of identifier, a line of settings, the text. */
function webmText(frame: string): Pick<Cue, 'text' | 'settings'> {
  const [, settings = '', ...lines] = frame.split('\n');
  return { text: toCueText(lines.join('\n'), 'webvtt'), settings: checkedSettings(settings) };
}

/** Longer than any line, and than the styles of any track. */
const MAX_TEXT_BYTES = 1024 * 1024;

function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes.subarray(0, MAX_TEXT_BYTES)).replace(/\0+$/, '');
}
