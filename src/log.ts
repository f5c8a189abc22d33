import pino from 'pino';
import type { LogLevel } from './config.ts';

export type Log = pino.Logger;

/**
 * The core's log: JSON lines on stderr (stdout belongs to the command line). Queries of URLs, credentials, headers and
 * tokens never reach it: a source's URL may carry a person's key.
 */
export function createLog(level: LogLevel, destination?: pino.DestinationStream): Log {
  return pino(
    {
      name: 'raffi',
      level,
      redact: { paths: SECRET_PATHS, censor: '[redacted]' },
      serializers: { err: (thrown) => describeError(thrown), error: (thrown) => describeError(thrown) },
      formatters: {
        log: (entry) => ({ ...entry, ...redactMember(entry, 'url'), ...redactMember(entry, 'source') }),
      },
      hooks: {
        logMethod(args, method) {
          method.apply(
            this,
            args.map((arg: unknown) => (typeof arg === 'string' ? redactUrls(arg) : arg)) as typeof args,
          );
        },
      },
    },
    // Synchronous: the last lines before a crash are the ones that matter.
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
}

/** A URL without credentials, query and fragment, fit for a log or an error's text. A local path keeps only its last part. */
export function redactUrl(text: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return text.split(/[\\/]/).at(-1)?.split(/[?#]/)[0] ?? '';
  if (scheme === 'magnet') return 'magnet:…';
  if (!URL.canParse(text)) return `${scheme}:…`;
  const url = new URL(text);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** A text with every URL in it redacted. */
export function redactUrls(text: string): string {
  return text
    .replace(/\b(?:https?:\/\/|magnet:)[^\s"'<>]+/gi, (url) => redactUrl(url))
    .replace(/([?&]cast_token=)[^&\s"']+/gi, '$1[redacted]');
}

/** A chain of causes may be circular. */
const MAX_CAUSES = 5;
const SECRET_NAMES = ['headers', 'token', 'castToken', 'authorization', 'cookie', 'query'];
const SECRET_PATHS = SECRET_NAMES.flatMap((name) => [name, `*.${name}`]);

function redactMember(entry: Record<string, unknown>, name: string): Record<string, string> {
  const value = entry[name];
  return typeof value === 'string' ? { [name]: redactUrl(value) } : {};
}

function describeError(thrown: unknown, depth = 0): unknown {
  if (!(thrown instanceof Error)) return typeof thrown === 'string' ? redactUrls(thrown) : thrown;
  const code = 'code' in thrown ? thrown.code : undefined;
  return {
    name: thrown.name,
    ...(code === undefined ? {} : { code }),
    message: redactUrls(thrown.message),
    stack: redactUrls(thrown.stack ?? ''),
    ...(thrown.cause === undefined || depth >= MAX_CAUSES
      ? {}
      : { cause: describeError(thrown.cause, depth + 1) }),
  };
}
