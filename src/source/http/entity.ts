import type { IncomingHttpHeaders } from 'node:http';
import { AttemptFailure, sourceChanged } from './failure.ts';

/**
 * Remembers which version of the file the first answer came from, and fails when a later answer comes from another. Compared on
 * every answer instead of sending `If-Range`: it detects the same changes (a 206 carries the validators of its 200, RFC 9110 §15.3.7) and
 * does not depend on origins that get that header wrong.
 */
export class EntityCheck {
  #host: string | undefined;
  #totalBytes: number | null = null;
  #etag: string | null = null;
  #modified: string | null = null;

  /** Throws an `AttemptFailure` with `source_changed`. `host` is the one that answered, after redirects. */
  check(host: string, headers: IncomingHttpHeaders, totalBytes: number | null): void {
    const etag = strongTag(headers.etag);
    const modified = headers['last-modified'] ?? null;
    if (this.#host === undefined) {
      this.#host = host;
      this.#totalBytes = totalBytes;
      this.#etag = etag;
      this.#modified = modified;
      return;
    }
    const otherLength = differ(this.#totalBytes, totalBytes);
    // Mirrors behind one redirecting URL have tags and times of their own: across hosts only the length tells.
    const otherVersion =
      host === this.#host &&
      (this.#etag !== null && etag !== null ? this.#etag !== etag : differ(this.#modified, modified));
    if (otherLength || otherVersion) {
      throw new AttemptFailure(sourceChanged(), 'never');
    }
    this.#totalBytes ??= totalBytes;
  }
}

function differ<T>(known: T | null, now: T | null): boolean {
  return known !== null && now !== null && known !== now;
}

/** Weak tags say "equivalent", not "the same bytes" (RFC 9110 §8.8.1), and some servers make them anew for each answer. */
function strongTag(tag: string | undefined): string | null {
  return tag && !tag.startsWith('W/') ? tag : null;
}
