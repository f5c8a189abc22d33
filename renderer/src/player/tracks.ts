import type { AudioStream } from '../../../src/probe/media-info.ts';
import type { SessionView } from '../../../src/session/types.ts';

/** One entry of the audio menu. */
export interface AudioChoice {
  /** Position among the film's audio streams: what `POST /sessions/:id/audio` takes. */
  index: number;
  /** What it is: language, or the title where the file tells none. */
  label: string;
  /** What tells it from its siblings: title, channels, codec. */
  hint: string;
}

/**
 * Names for the menu out of what the file says. Languages are ISO 639 codes of two or three letters; `Intl.DisplayNames`
 * knows both (639-2/B codes such as `ger` by their alias).
 */
export function audioChoices(streams: readonly AudioStream[], locale = 'en'): AudioChoice[] {
  return streams.map((stream) => {
    const language = languageName(stream.language, locale);
    const title = stream.title?.trim() || null;
    const label = language ?? title ?? `Track ${stream.position + 1}`;
    const more = title !== null && title !== label ? [title] : [];
    return {
      index: stream.position,
      label,
      hint: [...more, channelName(stream.channels, stream.channelLayout), codecName(stream.codec)]
        .filter((part) => part !== '')
        .join(' · '),
    };
  });
}

/** The tracks that can be chosen: all of them where the core can encode, else those that reach the player as they are. */
export function playableAudio(
  view: Pick<SessionView, 'media' | 'decisions'> | null,
  canEncode: boolean,
): AudioChoice[] {
  const decisions = canEncode ? [] : (view?.decisions?.cmaf.audio ?? []);
  const refused = new Set(decisions.filter(({ action }) => action === 'transcode').map((d) => d.position));
  return audioChoices(view?.media?.audio ?? []).filter(({ index }) => !refused.has(index));
}

/** A language's name in the reader's language; null when the code is absent, unknown or `und`. */
export function languageName(code: string | null, locale: string): string | null {
  if (code === null || code === '' || code === 'und' || code === 'mul' || code === 'zxx') return null;
  try {
    // `fallback: 'none'` answers undefined, not the code, for what ICU does not know.
    const name = new Intl.DisplayNames([locale], { type: 'language', fallback: 'none' }).of(
      Intl.getCanonicalLocales(code)[0] ?? code,
    );
    return name === undefined ? code : name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
  } catch {
    return code; // Not even a well-formed tag: show what the file says.
  }
}

/** A channel count as printed on a box; the layout tells 5.1 from six channels of another kind. */
export function channelName(channels: number, layout: string | null): string {
  const named = layout?.replace(/\(.*\)$/, '');
  if (named !== undefined && /^\d\.\d(\.\d)?$/.test(named)) return named;
  const common: Record<number, string> = { 0: '', 1: 'Mono', 2: 'Stereo', 6: '5.1', 8: '7.1' };
  return common[channels] ?? `${channels} channels`;
}

/** A codec's name as printed on a box. */
export function codecName(codec: string): string {
  const names: Record<string, string> = {
    aac: 'AAC',
    ac3: 'Dolby Digital',
    eac3: 'Dolby Digital Plus',
    truehd: 'Dolby TrueHD',
    dts: 'DTS',
    mp3: 'MP3',
    opus: 'Opus',
    vorbis: 'Vorbis',
    flac: 'FLAC',
    alac: 'ALAC',
    h264: 'H.264',
    hevc: 'HEVC',
    vp8: 'VP8',
    vp9: 'VP9',
    av1: 'AV1',
    mpeg2video: 'MPEG-2',
    mpeg4: 'MPEG-4 Visual',
    hdmv_pgs_subtitle: 'PGS',
    dvd_subtitle: 'VobSub',
    dvb_subtitle: 'DVB',
    xsub: 'XSUB',
  };
  return names[codec] ?? codec.toUpperCase();
}
