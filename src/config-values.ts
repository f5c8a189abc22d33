import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { RaffiError } from './errors.ts';

/** A bindable address: the host without IPv6 brackets, a port of 0 … 65535. */
export interface Address {
  host: string;
  port: number;
}

/** Reads a variable of the environment by a parser that throws `bad_config`; undefined when it says nothing. */
export type ReadVariable = <T>(name: string, parse: (name: string, value: string) => T) => T | undefined;

const MIN_CACHE_BYTES = 16 * 1024 ** 2;
const UNITS = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;
const HOST_LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i;

/** The error that stops a start: which variable, what it holds, what it may hold. */
export function badConfig(name: string, value: string, accepts: string): RaffiError {
  return new RaffiError(
    'bad_config',
    `${name} is ${JSON.stringify(value)}, but it accepts ${accepts}. Correct it or unset it, then start again.`,
    { data: { variable: name } },
  );
}

/** `host:port`, `[::1]:6969`; port 0 is allowed. */
export function parseAddress(name: string, value: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value);
  const [, v6, plain, digits] = match ?? [];
  const host = v6 ?? plain;
  const port = Number(digits);
  const valid =
    host !== undefined && port <= 65_535 && (v6 === undefined ? isHostName(host) : net.isIPv6(host));
  if (!valid) {
    throw badConfig(name, value, 'host:port such as 127.0.0.1:6969 or [::1]:6969 (port 0 takes a free one)');
  }
  return { host, port };
}

/** Bytes, plain or with a binary suffix: `1073741824`, `512M`, `20G`. */
export function parseBytes(name: string, value: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(value);
  const unit = match?.[2]?.toUpperCase() as keyof typeof UNITS | undefined;
  const bytes = unit === undefined ? Number.NaN : Math.floor(Number(match?.[1]) * UNITS[unit]);
  if (!(bytes >= MIN_CACHE_BYTES && bytes <= Number.MAX_SAFE_INTEGER)) {
    throw badConfig(
      name,
      value,
      'a number of bytes, at least 16M, plain or with the suffix K, M, G or T (such as 20G)',
    );
  }
  return bytes;
}

/**
 * A comma list of web origins. A path, a query or a wildcard is refused, since a browser never sends one in `Origin` and
 * the entry would silently allow nothing; so is the opaque `null`, which any sandboxed frame can claim.
 */
export function parseOrigins(name: string, value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@*\s]+)\/?$/i.exec(entry);
      if (match === null || !URL.canParse(entry)) {
        throw badConfig(name, entry, 'a comma list of origins such as https://player.example,app://mine');
      }
      const url = new URL(entry);
      // URL gives the origin "null" to schemes it does not know, though browsers send `app://name` for them.
      return url.origin === 'null' ? `${match[1]}://${match[2]}`.toLowerCase() : url.origin;
    });
}

/** A host name or address without scheme and port. */
export function parseHostName(name: string, value: string): string {
  const bare = value.replace(/^\[(.*)\]$/, '$1');
  if (!isHostName(value) && !net.isIPv6(bare)) {
    throw badConfig(
      name,
      value,
      'a host name or an IP address without scheme and port, such as 192.168.1.20',
    );
  }
  return bare;
}

/** The absolute path of a folder that exists and can be written, or can be made. */
export function checkFolder(name: string, value: string): string {
  const folder = path.resolve(value);
  let existing = folder;
  while (!fs.existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing);
  try {
    if (!fs.statSync(existing).isDirectory()) throw new Error('not a folder');
    fs.accessSync(existing, fs.constants.W_OK);
  } catch {
    throw badConfig(name, value, 'the path of a folder that this user may write to');
  }
  return folder;
}

/** The absolute path of a file that can be run. */
export function checkExecutable(name: string, value: string): string {
  const file = path.resolve(value);
  try {
    if (!fs.statSync(file).isFile()) throw new Error('not a file');
    fs.accessSync(file, fs.constants.X_OK);
  } catch {
    throw badConfig(name, value, 'the path of an executable file that exists');
  }
  return file;
}

/** The absolute path of a file that can be read. */
export function checkReadable(name: string, value: string): string {
  const file = path.resolve(value);
  try {
    if (!fs.statSync(file).isFile()) throw new Error('not a file');
    fs.accessSync(file, fs.constants.R_OK);
  } catch {
    throw badConfig(name, value, 'the path of a file that exists and can be read');
  }
  return file;
}

function isHostName(text: string): boolean {
  if (net.isIPv4(text)) return true;
  const labels = text.split('.');
  // All digits and dots, yet no address: a mistyped address, not a name.
  return text.length <= 253 && !/^[\d.]+$/.test(text) && labels.every((label) => HOST_LABEL.test(label));
}
