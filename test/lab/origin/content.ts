import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';

/** A file that exists only as its written parts; every other byte is zero. For films far larger than the disk. */
export interface SparseFile {
  sizeBytes: number;
  parts: { offset: number; bytes: Uint8Array }[];
}

/** What the origin can serve: a path on disk, bytes in memory, or a sparse file. */
export type OriginFile = string | Uint8Array | SparseFile;

/** An opened entity. `read` fills the whole buffer from `offset`; the caller stays within `sizeBytes`. */
export interface Entity {
  sizeBytes: number;
  etag: string;
  lastModified: Date;
  read(buffer: Uint8Array, offset: number): Promise<void>;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  '.mkv': 'video/x-matroska',
  '.mka': 'audio/x-matroska',
  '.webm': 'video/webm',
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.m4a': 'audio/mp4',
  '.mov': 'video/quicktime',
  '.ts': 'video/mp2t',
  '.m4s': 'video/iso.segment',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mpd': 'application/dash+xml',
  '.avi': 'video/x-msvideo',
  '.mp3': 'audio/mpeg',
  '.html': 'text/html; charset=utf-8',
  '.vtt': 'text/vtt',
  '.srt': 'application/x-subrip',
};

/** The media type that a well configured server names for a path. */
export function contentTypeOf(path: string): string {
  return TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
}

/** Opens a file for one request. Rejects with the file system's error when a path does not exist. */
export async function openEntity(file: OriginFile): Promise<Entity> {
  if (typeof file === 'string') return openDiskFile(file);
  if (file instanceof Uint8Array)
    return memoryEntity({ sizeBytes: file.length, parts: [{ offset: 0, bytes: file }] });
  return memoryEntity(file);
}

async function openDiskFile(path: string): Promise<Entity> {
  const facts = await stat(path);
  if (!facts.isFile()) throw Object.assign(new Error('Not a file'), { code: 'ENOENT' });
  const handle = await open(path, 'r');
  return {
    sizeBytes: facts.size,
    etag: `"${facts.size.toString(16)}-${Math.round(facts.mtimeMs).toString(16)}"`,
    lastModified: facts.mtime,
    async read(buffer, offset) {
      let done = 0;
      while (done < buffer.length) {
        const { bytesRead } = await handle.read(buffer, done, buffer.length - done, offset + done);
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was served`);
        done += bytesRead;
      }
    },
    close: () => handle.close(),
  };
}

const etags = new WeakMap<object, string>();

function memoryEntity(file: SparseFile): Entity {
  const key = file.parts[0]?.bytes ?? file;
  let etag = etags.get(key);
  if (etag === undefined) {
    const hash = createHash('sha1').update(String(file.sizeBytes));
    for (const part of file.parts) hash.update(String(part.offset)).update(part.bytes);
    etag = `"${hash.digest('hex').slice(0, 16)}"`;
    etags.set(key, etag);
  }
  return {
    sizeBytes: file.sizeBytes,
    etag,
    lastModified: new Date(Date.UTC(2024, 0, 1)),
    async read(buffer, offset) {
      buffer.fill(0);
      for (const part of file.parts) {
        const from = Math.max(offset, part.offset);
        const to = Math.min(offset + buffer.length, part.offset + part.bytes.length);
        if (from < to) buffer.set(part.bytes.subarray(from - part.offset, to - part.offset), from - offset);
      }
    },
    async close() {},
  };
}
