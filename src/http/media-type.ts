import path from 'node:path';
import type { SourceInfo } from '../source/byte-source.ts';

const BY_EXTENSION: Partial<Record<string, string>> = {
  '.aac': 'audio/aac',
  '.avi': 'video/x-msvideo',
  '.flac': 'audio/flac',
  '.m4a': 'audio/mp4',
  '.m4v': 'video/mp4',
  '.mka': 'audio/x-matroska',
  '.mkv': 'video/x-matroska',
  '.mov': 'video/quicktime',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.mpg': 'video/mpeg',
  '.ogg': 'audio/ogg',
  '.ogv': 'video/ogg',
  '.opus': 'audio/ogg',
  '.ts': 'video/mp2t',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
  '.wmv': 'video/x-ms-wmv',
};

/**
 * The type a source is served with: the origin's if that is audio or video, else the one of its name. Never what else an
 * origin claims: a page served as HTML from our address would be a script with our origin's rights.
 */
export function mediaType(info: Pick<SourceInfo, 'contentType' | 'name'>): string {
  if (info.contentType !== null && /^(?:video|audio)\/[a-z0-9.+-]+$/.test(info.contentType))
    return info.contentType;
  return BY_EXTENSION[path.extname(info.name).toLowerCase()] ?? 'application/octet-stream';
}
