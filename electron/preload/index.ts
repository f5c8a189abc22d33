import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CHANNELS } from '../ipc/channels.ts';
import type { CastTokenResult, IpcHealth, OpenResult, RaffiApi, Unsubscribe } from '../ipc/contract.ts';

/** The page's whole reach beyond the web: these functions and nothing else. Main validates what they send. */
const api: RaffiApi = {
  health: {
    get: () => ipcRenderer.invoke(CHANNELS.healthGet) as Promise<IpcHealth>,
    subscribe: (listener) =>
      subscribe(CHANNELS.healthEvent, listener, [CHANNELS.healthSubscribe], [CHANNELS.healthUnsubscribe]),
  },
  open: {
    pickFile: (options = {}) =>
      ipcRenderer.invoke(CHANNELS.openPickFile, options) as Promise<OpenResult | null>,
    fromDrop: (file, options = {}) => {
      const request = { path: webUtils.getPathForFile(file), name: file.name, options };
      return ipcRenderer.invoke(CHANNELS.openFile, request) as Promise<OpenResult>;
    },
    subscribe: (listener, options = {}) =>
      subscribe(CHANNELS.openEvent, listener, [CHANNELS.openSubscribe, options], [CHANNELS.openUnsubscribe]),
  },
  cast: {
    issueToken: async (request) => {
      const result = (await ipcRenderer.invoke(CHANNELS.castIssueToken, request)) as CastTokenResult;
      if (!result.ok) throw new Error(JSON.stringify(result.problem));
      return result.token;
    },
  },
};

contextBridge.exposeInMainWorld('raffi', api);

/** Subscriptions per event channel: main is told of the first and of the end of the last. */
const subscribers = new Map<string, number>();

type Announcement = [channel: string, ...payload: unknown[]];

function subscribe<T>(
  channel: string,
  listener: (value: T) => void,
  begin: Announcement,
  end: Announcement,
): Unsubscribe {
  const relay = (_event: unknown, value: T): void => listener(value);
  ipcRenderer.on(channel, relay);
  subscribers.set(channel, (subscribers.get(channel) ?? 0) + 1);
  ipcRenderer.send(...begin);
  let active = true;
  return () => {
    if (!active) return;
    active = false;
    ipcRenderer.off(channel, relay);
    const left = (subscribers.get(channel) ?? 1) - 1;
    subscribers.set(channel, left);
    if (left === 0) ipcRenderer.send(...end);
  };
}
