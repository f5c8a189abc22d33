import { RaffiError } from '../errors.ts';

/** Why ffprobe could not read a source, from its last words and the source's first bytes. */
export function ffprobeFailure(stderr: string, head: Uint8Array): RaffiError {
  const words = lastWords(stderr);
  if (/moov atom not found|EBML header parsing failed|invalid STSD|error reading header/i.test(words)) {
    return new RaffiError(
      'media_damaged',
      `The file is damaged or not complete (${words}). Download it again, or try another copy.`,
    );
  }
  if (words === '' || /Invalid data found|not on whitelist|End of file|Invalid argument/i.test(words)) {
    return notMedia(head);
  }
  return new RaffiError('probe_failed', `The film could not be examined: ${words}`);
}

/** For bytes that no demuxer knows. */
export function notMedia(head: Uint8Array): RaffiError {
  const start = new TextDecoder('latin1').decode(head.subarray(0, 512)).trimStart().toLowerCase();
  return new RaffiError('not_media', remedy(start));
}

/**
 * ffprobe's last line that tells something, without our private URL, memory addresses, and the lines that the loopback server's windows
 * cause.
 */
export function lastWords(stderr: string): string {
  const lines = stderr
    .split('\n')
    .filter((line) => !line.includes('Stream ends prematurely'))
    .map((line) =>
      line
        .replace(/https?:\/\/127\.0\.0\.1\S*?(?=:? |:?$)/g, 'source')
        .replace(/^\[[^\]]* @ [^\]]*\]\s*/, '')
        .trim(),
    )
    .filter(Boolean);
  return lines.slice(-2).join('; ').slice(-300);
}

function remedy(start: string): string {
  if (start === '') return 'The file is empty. Check the link, or try another copy.';
  if (/^(<!doctype|<html|<head|<body|<script)/.test(start)) {
    return 'This is a web page, not a film. Open the link to the film file itself.';
  }
  if (start.startsWith('#extm3u')) return 'This is a playlist, not a film. Open the film file it names.';
  return 'This is not a film or music file that Raffi knows. Check the link, or try another copy.';
}
