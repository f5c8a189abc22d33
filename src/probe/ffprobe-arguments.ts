/**
 * The demuxers ffprobe and ffmpeg may use: containers and raw streams that hold a film or music. Left out are, above all, those that open
 * further URLs by themselves (HLS, DASH, concat, SDP, IMF …): a hostile "film" could make ffprobe ask any host that speaks HTTP.
 * Also left out: pictures and text, which are no films.
 */
export const DEMUXERS = [
  'matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,avi,mpegts,mpeg,mpegvideo,m4v,flv,live_flv,asf,asf_o,ogg,rm,mxf,mxf_opatom,gxf',
  'nut,nsv,nuv,wtv,dv,dvd,vob,pva,ivf,obu,av1,h264,hevc,vvc,vc1,cavsvideo,dirac,mp3,aac,ac3,ac4,eac3,dts,dtshd,truehd,mlp',
  'flac,wav,w64,aiff,caf,au,amr,ape,tta,wv,mpc,mpc8,tak,dsf,iff,oma,xwma,loas,latm',
].join(',');

/** How far ffprobe may look for what the container does not declare. */
export interface ProbeLimits {
  probeBytes: number;
  analyzeSeconds: number;
}

/**
 * For containers that declare their streams up front. Enough for the first keyframe of a film in 4K, and for the demuxer of fragmented
 * MP4, which reads a second of video before it turns to the audio. Without it, a bitmap subtitle track (whose size stands in
 * no header) makes ffprobe read 5 MB of every film.
 */
export const DECLARING: ProbeLimits = { probeBytes: 3_000_000, analyzeSeconds: 2 };

/** ffprobe's own limits: for transport streams and anything else whose streams show up as they come. */
export const UNDECLARED: ProbeLimits = { probeBytes: 5_000_000, analyzeSeconds: 5 };

const DECLARING_NAMES = /\.(mkv|mk3d|mka|webm|mp4|m4v|m4a|mov|3gp|3g2)$/i;
const DECLARING_TYPES = /^(video|audio)\/(mp4|x-m4v|x-m4a|quicktime|webm|x-matroska|matroska|3gpp2?)$/;

/** The limits to try first, from what the source calls itself. */
export function likelyLimits(source: { name: string; contentType: string | null }): ProbeLimits {
  const declares = DECLARING_NAMES.test(source.name) || DECLARING_TYPES.test(source.contentType ?? '');
  return declares ? DECLARING : UNDECLARED;
}

export const MAX_ALLOCATION_BYTES = 256 * 1024 * 1024;

/** ffprobe's arguments; all of them are known to 4.0 as well as to 7. */
export function ffprobeArguments(url: string, limits: ProbeLimits): string[] {
  return [
    ...['-hide_banner', '-v', 'error'],
    // No block of memory larger than that, whatever a hostile file claims: a day's sample table takes a fifth of it.
    ...['-max_alloc', String(MAX_ALLOCATION_BYTES)],
    ...['-protocol_whitelist', 'http,tcp', '-format_whitelist', DEMUXERS],
    // Our loopback server answers in windows: asking on at once is a "reconnect" to libavformat; a second failure is final.
    ...['-reconnect', '1', '-reconnect_delay_max', '0'],
    // Without it a fragmented MP4 is walked through, fragment by fragment, to its end: a round trip to the origin for each.
    ...['-fflags', '+ignidx'],
    ...['-probesize', String(limits.probeBytes)],
    ...['-analyzeduration', String(limits.analyzeSeconds * 1_000_000)],
    ...['-print_format', 'json', '-show_format', '-show_streams', '-show_chapters'],
    ...['-i', url],
  ];
}
