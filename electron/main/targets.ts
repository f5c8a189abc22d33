import { basename, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CoreSessionRequest } from '../ipc/core-protocol.ts';

/** Something a person handed over from outside the window: what to open, and what to call it. */
export interface Target {
  source: string;
  kind: CoreSessionRequest['kind'];
  name: string;
}

/** Something handed over that may not or cannot be opened; `refused` says why, for a person. */
export interface RefusedTarget {
  refused: string;
  name: string;
}

export type HandedOver = Target | RefusedTarget;

/**
 * What the command line asks to open. Options are skipped (Chromium adds its own anywhere) until `--`; run from the sources, the
 * first plain argument is the app's folder. Relative paths mean `cwd`.
 */
export function targetsOf(
  argv: readonly string[],
  options: { packaged: boolean; cwd: string },
): HandedOver[] {
  const end = argv.indexOf('--');
  const head = argv.slice(1, end === -1 ? undefined : end).filter((argument) => !argument.startsWith('-'));
  const tail = end === -1 ? [] : argv.slice(end + 1);
  const plain = options.packaged ? head : head.slice(1);
  return [...plain, ...tail]
    .map((argument) => targetOf(argument, options.cwd))
    .filter((target) => target !== null);
}

/** A link or path as a target; null for a scheme that is not ours to open. Never throws, whatever the text. */
export function targetOf(text: string, cwd: string): HandedOver | null {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return text === '' ? null : fileTarget(resolve(cwd, text));
    case 'file':
      return URL.canParse(text) ? fileUrlTarget(new URL(text)) : null;
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

/** A file of this computer only: Windows would log in at the host of `file://host/share` with the person's own credentials. */
function fileUrlTarget(url: URL): HandedOver {
  const name = nameOfUrl(url);
  if (url.host !== '') {
    return {
      name,
      refused: `This link names a file of another computer (${url.host}). Connect to its shared folder first, then open the film from there.`,
    };
  }
  const path = pathOf(url);
  if (path !== null) return fileTarget(path);
  return { name, refused: 'This link names no file that can exist. Open the film by its path instead.' };
}

/** Null for a slash, a NUL or a broken byte that is percent-encoded; on Windows, for a path without a drive. */
function pathOf(url: URL): string | null {
  try {
    const path = fileURLToPath(url);
    return path.includes('\0') ? null : path;
  } catch {
    return null;
  }
}

/** `raffi://open?source=<link>`: any web page can make one, so it may name links only, never a local file. */
function linkTarget(text: string, cwd: string): HandedOver | null {
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
