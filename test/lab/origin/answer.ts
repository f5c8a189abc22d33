import { contentTypeOf, type Entity } from './content.ts';
import type { Faults } from './faults.ts';
import type { ByteRange } from './log.ts';

/** The head of an answer and the file's bytes that follow it. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** What was asked for, resolved; what is sent may differ by a fault. */
  asked: ByteRange;
  body: ByteRange;
}

/** The answer to a request for an entity, per RFC 9110 §14, bent by the faults. Several ranges at once are answered 200. */
export function answerFor(
  entity: Entity,
  request: { path: string; range: string | undefined; ifRange: string | undefined },
  faults: Faults,
): Answer {
  const size = entity.sizeBytes;
  const whole = { start: 0, end: size };
  const headers: Record<string, string> = { 'content-type': contentTypeOf(request.path) };
  if (!faults.noValidators) {
    headers.etag = entity.etag;
    headers['last-modified'] = entity.lastModified.toUTCString();
  }
  if (!faults.ignoreRange) headers['accept-ranges'] = 'bytes';

  const stale = request.ifRange !== undefined && request.ifRange !== entity.etag;
  const range = request.range === undefined || stale ? null : parseRange(request.range, size);
  const asked = range === null || range === 'unsatisfiable' ? whole : range;
  if (range === null || faults.ignoreRange)
    return finish({ status: 200, headers, asked, body: whole }, size, faults);
  if (range === 'unsatisfiable') {
    const body = { start: 0, end: 0 };
    headers['content-range'] = `bytes */${size}`;
    return finish({ status: 416, headers, asked: body, body }, size, faults);
  }
  const start = Math.min(Math.max(0, range.start + (faults.shiftRange ?? 0)), range.end - 1);
  return finish({ status: 206, headers, asked, body: { start, end: range.end } }, size, faults);
}

/** A `Range` header against a size: null when it is to be ignored (bad syntax, other unit, several ranges). */
export function parseRange(header: string, size: number): ByteRange | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (!match) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size };
  }
  if (last !== '' && Number(last) < Number(first)) return null;
  if (Number(first) >= size) return 'unsatisfiable';
  return { start: Number(first), end: last === '' ? size : Math.min(Number(last) + 1, size) };
}

function finish(answer: Answer, size: number, faults: Faults): Answer {
  const { headers, body } = answer;
  if (answer.status === 206 && faults.contentRange !== 'missing') {
    const lie = typeof faults.contentRange === 'object' ? faults.contentRange : {};
    const shift = lie.startBy ?? 0;
    const total = faults.contentRange === 'unknown-total' ? '*' : size + (lie.totalBy ?? 0);
    headers['content-range'] = `bytes ${body.start + shift}-${body.end - 1 + shift}/${total}`;
  }
  if (faults.contentLength !== 'missing') {
    const lie = faults.contentLength?.lieBy ?? 0;
    headers['content-length'] = String(Math.max(0, body.end - body.start + lie));
  }
  for (const [name, value] of Object.entries(faults.headers ?? {})) {
    if (value === null) delete headers[name.toLowerCase()];
    else headers[name.toLowerCase()] = value;
  }
  return answer;
}
