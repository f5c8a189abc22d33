import type { IncomingHttpHeaders } from 'node:http';
import { RaffiError } from '../../errors.ts';
import { AttemptFailure, sourceChanged, statusFailure } from './failure.ts';

/** What an origin sends: a part of the file (206), or the whole of it because it ignores ranges (200). */
export interface OriginAnswer {
  kind: 'part' | 'whole';
  /** The body is `[start, end)` of the file; `end` is null where nothing tells it. */
  start: number;
  end: number | null;
  /** Bytes of the whole file; null where the origin does not say. */
  totalBytes: number | null;
}

export type Interpretation =
  | { kind: 'redirect'; location: string }
  | { kind: 'answer'; answer: OriginAnswer }
  | { kind: 'failure'; failure: AttemptFailure };

/** What a response's head means for a request of `[range.start, range.end)`, or of the whole file for null. Pure. */
export function interpret(
  range: { start: number; end: number } | null,
  status: number,
  headers: IncomingHttpHeaders,
): Interpretation {
  if (REDIRECTS.has(status) && headers.location) return { kind: 'redirect', location: headers.location };
  if (status === 416 && range) {
    const total = totalOf416(headers);
    // An empty file has no satisfiable range (RFC 9110 §15.5.17).
    if (total === 0 && range.start === 0) return answer({ kind: 'part', start: 0, end: 0, totalBytes: 0 });
    // What is asked for lies within the size that was told before: the file is shorter now.
    if (total !== null && total <= range.start) {
      return { kind: 'failure', failure: new AttemptFailure(sourceChanged(), 'never') };
    }
  }
  if (status !== 200 && status !== 206) return { kind: 'failure', failure: statusFailure(status, headers) };
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding && encoding !== 'identity')
    return broken(`sends the file compressed (${encoding.slice(0, 20)})`);
  return status === 200 ? whole(headers) : part(range, headers);
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The size that a refusal of a range tells (RFC 9110 §14.4). */
function totalOf416(headers: IncomingHttpHeaders): number | null {
  const total = /^bytes\s+\*\/(\d+)$/i.exec(headers['content-range']?.trim() ?? '')?.[1];
  return total === undefined ? null : Number(total);
}

function whole(headers: IncomingHttpHeaders): Interpretation {
  const length = headers['content-length'];
  const total = headers['transfer-encoding'] || length === undefined ? null : Number(length);
  if (total !== null && !Number.isSafeInteger(total)) return broken('tells a length that no file has');
  return answer({ kind: 'whole', start: 0, end: total, totalBytes: total });
}

function part(range: { start: number; end: number } | null, headers: IncomingHttpHeaders): Interpretation {
  if (!range) return broken('answers with a part of the file when asked for all of it');
  if (headers['content-type']?.toLowerCase().startsWith('multipart/')) {
    return broken('answers with several parts when asked for one');
  }
  const match = /^bytes\s+(\d+)-(\d+)\/(\d+|\*)$/i.exec(headers['content-range']?.trim() ?? '');
  if (!match) return broken('sends a part of the file without saying which');
  const start = Number(match[1]);
  const end = Number(match[2]) + 1;
  const total = match[3] === '*' ? null : Number(match[3]);
  // Beyond 2^53 offsets are no longer exact, and enough digits are `Infinity`.
  if (![start, end, total ?? 0].every(Number.isSafeInteger)) return broken('tells a length that no file has');
  if (start !== range.start || end <= start || (total !== null && end > total)) {
    return broken('sends another part of the file than it was asked for');
  }
  return answer({ kind: 'part', start, end, totalBytes: total });
}

function answer(value: OriginAnswer): Interpretation {
  return { kind: 'answer', answer: value };
}

function broken(what: string): Interpretation {
  const error = new RaffiError(
    'source_failed',
    `The server ${what}, so the film cannot be read. Use another source.`,
  );
  return { kind: 'failure', failure: new AttemptFailure(error, 'never') };
}
