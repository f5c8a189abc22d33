import { basename, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CoreSessionRequest } from '../ipc/core-protocol.ts';

/** Something a person handed over from outside the window: what to open, and what to call it. */
export interface Target {
  source: string;
  kind: CoreSessionRequest['kind'];
  name: string;
}

/**
 * What the command line asks to open. Options are skipped (Chromium adds its own anywhere) until `--`; run from the sources, the
 * first plain argument is the app's folder. Relative paths mean `cwd`.
 */
export function targetsOf(argv: readonly string[], options: { packaged: boolean; cwd: string }): Target[] {
  const end = argv.indexOf('--');
  const head = argv.slice(1, end === -1 ? undefined : end).filter((argument) => !argument.startsWith('-'));
  const tail = end === -1 ? [] : argv.slice(end + 1);
  const plain = options.packaged ? head : head.slice(1);
  return [...plain, ...tail]
    .map((argument) => targetOf(argument, options.cwd))
    .filter((target) => target !== null);
}

/** A link or path as a target; null for a scheme that is not ours to open. */
export function targetOf(text: string, cwd: string): Target | null {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return text === '' ? null : fileTarget(resolve(cwd, text));
    case 'file':
      return URL.canParse(text) ? fileTarget(fileURLToPath(text)) : null;
    case 'http':
    case 'https':
      return URL.canParse(text) ? { source: text, kind: 'http', name: nameOfUrl(new URL(text)) } : null;
    case 'magnet':
      return { source: text, kind: 'torrent', name: nameOfMagnet(text) };
    case 'raffi':
      return linkTarget(text, cwd);
    default:
      // An unknown scheme may be a file's name with a colon in it.
      return isAbsolute(text) ? fileTarget(text) : null;
  }
}

/** A local file; a `.torrent` describes a film instead of being one. */
export function fileTarget(path: string): Target {
  return { source: path, kind: /\.torrent$/i.test(path) ? 'torrent' : 'file', name: basename(path) };
}

/** `raffi://open?source=<link>`: any web page can make one, so it may name links only, never a local file. */
function linkTarget(text: string, cwd: string): Target | null {
  const inner = URL.canParse(text) ? new URL(text).searchParams.get('source') : null;
  return inner !== null && /^(https?|magnet):/i.test(inner) ? targetOf(inner, cwd) : null;
}

function nameOfUrl(url: URL): string {
  const last = url.pathname.split('/').findLast((part) => part !== '');
  if (last === undefined) return url.hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function nameOfMagnet(text: string): string {
  return new URLSearchParams(text.slice(text.indexOf('?') + 1)).get('dn') ?? 'Torrent';
}
