import type { AudioStream, VideoStream } from '../probe/media-info.ts';
import type { Client } from './client.ts';
import { isCovered, parseCodecString } from './codec-match.ts';
import { audioTraits, chroma, codecName, videoTraits } from './codec-names.ts';

/** Why a client cannot show this video as it is, as one sentence; null when it can. */
export function videoObstacle(stream: VideoStream, client: Client): string | null {
  const name = codecName(stream.codec);
  if (stream.hdr === 'dolby-vision' && !hasPlainBaseLayer(stream) && !playsDolbyVision(client)) {
    return 'This kind of Dolby Vision has wrong colours on players that do not know it.';
  }
  if (stream.hdr !== null && !client.hdr) {
    return 'The picture is HDR, which this client cannot show in the right colours.';
  }
  if (stream.height > client.maxHeight) {
    return `The picture is ${stream.height} lines high; this client shows at most ${client.maxHeight}.`;
  }
  const traits = videoTraits(stream);
  if (isCovered(traits, client.video)) return null;
  const family = client.video.filter((s) => parseCodecString(s)?.codec === stream.codec);
  if (family.length === 0) return `${name} video is not playable by this client.`;
  if (isCovered({ ...traits, level: null }, family)) {
    return `${name} at this level (${levelName(stream)}) is beyond what this client plays.`;
  }
  return `${describe(stream)} is not playable by this client.`;
}

/** The same for a sound track. */
export function audioObstacle(stream: AudioStream, client: Client): string | null {
  const name = codecName(stream.codec);
  if (!isCovered(audioTraits(stream), client.audio)) {
    const profile = stream.codec === 'aac' && stream.profile !== null ? ` (${stream.profile})` : '';
    return `${name}${profile} is not playable by this client.`;
  }
  if (stream.channels > client.maxChannels) {
    return `The track has ${stream.channels} channels; this client plays at most ${client.maxChannels}.`;
  }
  return null;
}

/**
 * Profiles 8.x carry a base layer that is plain HDR10, HLG or SDR and says so in its colour tags; profile 5 does not, and comes out green
 * and violet.
 */
function hasPlainBaseLayer(stream: VideoStream): boolean {
  return ['smpte2084', 'arib-std-b67', 'bt709', 'bt2020-10'].includes(stream.colorTransfer ?? '');
}

function playsDolbyVision(client: Client): boolean {
  return client.video.some((codecString) => parseCodecString(codecString)?.codec === 'dolby-vision');
}

function describe(stream: VideoStream): string {
  const depth = stream.bitDepth > 8 ? ` ${stream.bitDepth}-bit` : '';
  const sampling = chroma(stream);
  const colour = sampling === null || sampling === '4:2:0' ? '' : ` ${sampling}`;
  const profile =
    depth === '' && colour === '' && stream.profile !== null ? ` with profile ${stream.profile}` : '';
  return `${codecName(stream.codec)}${depth}${colour} video${profile}`;
}

function levelName(stream: VideoStream): string {
  if (stream.level === null) return 'unknown';
  if (stream.codec === 'av1') return `${2 + (stream.level >> 2)}.${stream.level & 3}`;
  return (stream.level / (stream.codec === 'hevc' ? 30 : 10)).toFixed(1);
}
