import { defaultCacheFolder } from './cache-folder.ts';
import {
  type Address,
  badConfig,
  checkExecutable,
  checkFolder,
  parseAddress,
  parseBytes,
  parseHostName,
  parseOrigins,
  type ReadVariable,
} from './config-values.ts';

import { torrentSettings } from './torrent/load-settings.ts';
import type { TorrentSettings } from './torrent/settings.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything `createCore` needs to know of its surroundings. Plain data, so that it can cross a MessagePort. */
export interface CoreConfig {
  /** Address to bind, without brackets for IPv6. */
  host: string;
  /** 0 … 65535; 0 takes a free port. */
  port: number;
  /** Embedded only: take a free port when `port` is taken. Standalone, that is an error. */
  portFallback: boolean;
  /** Absolute. Every run makes and removes a folder of its own in it. */
  cacheDir: string;
  /** Budget of the disk cache, bytes. */
  cacheBytes: number;
  logLevel: LogLevel;
  /** Origins (`scheme://host[:port]`) of web pages that may use the core, besides the app's and the core's own. */
  allowedOrigins: readonly string[];
  /** Address or name that receivers are told, where ours is hidden behind NAT; where it is one of ours, it is the one to listen at. */
  castHost: string | null;
  ffmpegBin: string | null;
  ffprobeBin: string | null;
  /** Folder of a packaged app's extra resources, where its ffmpeg lies. */
  resourcesDir: string | null;
  /**
   * How many times real time this machine encodes 1080p at 24 pictures a second with x264's `veryfast`, where the embedding program knows: then
   * nothing is measured, and no hardware is tried. Null: found out at first need.
   */
  encoderSpeed: number | null;
  torrent: TorrentSettings;
  /** The built entry of the torrent engine's thread; null when the core runs from its sources. */
  torrentEntry: string | null;
  /** Development: the page of Vite's dev server may use the core. */
  dev: boolean;
}

/** The documented address of the streaming server. */
export const DEFAULT_ADDRESS: Address = { host: '127.0.0.1', port: 6969 };

const DEFAULT_CACHE_BYTES = 4 * 1024 ** 3;

/**
 * The configuration from the environment (contract §5). `defaults` is what the embedding program wants where the
 * environment says nothing; an empty variable counts as unset. Throws `bad_config`, naming the variable, its value and
 * what it accepts.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>> = {},
  defaults: Partial<CoreConfig> = {},
): CoreConfig {
  const read: ReadVariable = (name, parse) => {
    const value = env[name]?.trim();
    return value === undefined || value === '' ? undefined : parse(name, value);
  };
  const address = read('RAFFI_SERVER_ADDR', parseAddress);
  return {
    host: address?.host ?? defaults.host ?? DEFAULT_ADDRESS.host,
    port: address?.port ?? defaults.port ?? DEFAULT_ADDRESS.port,
    portFallback: defaults.portFallback ?? false,
    cacheDir: read('RAFFI_CACHE_DIR', checkFolder) ?? defaults.cacheDir ?? defaultCacheFolder(env),
    cacheBytes: read('RAFFI_CACHE_BYTES', parseBytes) ?? defaults.cacheBytes ?? DEFAULT_CACHE_BYTES,
    logLevel: read('RAFFI_LOG', parseLevel) ?? defaults.logLevel ?? 'info',
    allowedOrigins: read('RAFFI_ALLOWED_ORIGINS', parseOrigins) ?? defaults.allowedOrigins ?? [],
    castHost: read('RAFFI_CAST_HOST', parseHostName) ?? defaults.castHost ?? null,
    ffmpegBin: read('RAFFI_FFMPEG_BIN', checkExecutable) ?? defaults.ffmpegBin ?? null,
    ffprobeBin: read('RAFFI_FFPROBE_BIN', checkExecutable) ?? defaults.ffprobeBin ?? null,
    resourcesDir: defaults.resourcesDir ?? null,
    encoderSpeed: defaults.encoderSpeed ?? null,
    torrent: torrentSettings(read, defaults.torrent),
    torrentEntry: defaults.torrentEntry ?? null,
    dev: defaults.dev ?? false,
  };
}

function parseLevel(name: string, value: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === value.toLowerCase());
  if (level === undefined) throw badConfig(name, value, `one of ${LOG_LEVELS.join(', ')}`);
  return level;
}
