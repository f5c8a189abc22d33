import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { CastAnswer, CastCommand } from '../ipc/cast.ts';
import { CHANNELS, type SubscriptionChannels } from '../ipc/channels.ts';
import type { CastResult, CastToken, IpcHealth, OpenResult, RaffiApi, Unsubscribe } from '../ipc/contract.ts';

/** The page's whole reach beyond the web: these functions and nothing else. Main validates what they send. */
const api: RaffiApi = {
  health: {
    get: () => ipcRenderer.invoke(CHANNELS.healthGet) as Promise<IpcHealth>,
    subscribe: (listener) => subscribe(CHANNELS.health, listener),
  },
  open: {
    pickFile: (options = {}) =>
      ipcRenderer.invoke(CHANNELS.openPickFile, options) as Promise<OpenResult | null>,
    fromDrop: (file, options = {}) => {
      const request = { path: webUtils.getPathForFile(file), name: file.name, options };
      return ipcRenderer.invoke(CHANNELS.openFile, request) as Promise<OpenResult>;
    },
    subscribe: (listener, options = {}) => subscribe(CHANNELS.open, listener, options),
  },
  cast: {
    issueToken: (request) => ask<CastToken>(CHANNELS.castIssueToken, request),
    devices: () => tell({ do: 'devices' }),
    subscribe: (listener) => subscribe(CHANNELS.cast, listener),
    addDevice: (address) => tell({ do: 'addDevice', address }),
    load: (request) => tell({ do: 'load', request }),
    play: () => tell({ do: 'play' }),
    pause: () => tell({ do: 'pause' }),
    seek: (seconds) => tell({ do: 'seek', seconds }),
    setVolume: (level, isMuted) =>
      tell({ do: 'setVolume', level, ...(isMuted === undefined ? {} : { isMuted }) }),
    setTracks: (tracks) => tell({ do: 'setTracks', tracks }),
    stop: () => tell({ do: 'stop' }),
    check: (sessionId) => tell({ do: 'check', sessionId }),
  },
};

contextBridge.exposeInMainWorld('raffi', api);

/** Subscriptions per event channel: main is told of the first and of the end of the last. */
const subscribers = new Map<string, number>();

function subscribe<T>(
  { subscribe: begin, unsubscribe: end, event }: SubscriptionChannels,
  listener: (value: T) => void,
  payload?: unknown,
): Unsubscribe {
  const relay = (_event: unknown, value: T): void => listener(value);
  ipcRenderer.on(event, relay);
  subscribers.set(event, (subscribers.get(event) ?? 0) + 1);
  ipcRenderer.send(begin, payload);
  let active = true;
  return () => {
    if (!active) return;
    active = false;
    ipcRenderer.off(event, relay);
    const left = (subscribers.get(event) ?? 1) - 1;
    subscribers.set(event, left);
    if (left === 0) ipcRenderer.send(end);
  };
}

/** A command to the remote control. */
function tell<Do extends CastCommand['do']>(command: CastCommand & { do: Do }): Promise<CastAnswer<Do>> {
  return ask<CastAnswer<Do>>(CHANNELS.castCommand, command);
}

async function ask<T>(channel: string, payload: unknown): Promise<T> {
  const result = (await ipcRenderer.invoke(channel, payload)) as CastResult<T>;
  if (!result.ok) throw new Error(JSON.stringify(result.problem));
  return result.value;
}
