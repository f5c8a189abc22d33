import { basename } from 'node:path';
import {
  app,
  type BrowserWindow,
  dialog,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  ipcMain,
} from 'electron';
import type { z } from 'zod';
import type { CastSnapshot } from '../../src/cast/types.ts';
import { problem, RaffiError, toRaffiError } from '../../src/errors.ts';
import { CastCommandSchema } from '../ipc/cast.ts';
import { CHANNELS } from '../ipc/channels.ts';
import {
  type CastResult,
  CastTokenRequestSchema,
  type IpcHealth,
  OpenFileSchema,
  OpenOptionsSchema,
  type OpenResult,
} from '../ipc/contract.ts';
import { APP_ORIGIN } from './assets.ts';
import type { Opener } from './opener.ts';
import { offerSubscription } from './subscriptions.ts';
import { CastLink } from './supervisor/cast-link.ts';
import type { CoreStatus, Supervisor } from './supervisor/supervisor.ts';
import { fileTarget } from './targets.ts';

/** Extensions offered first in the file dialog; "all files" is always there. */
const FILM_EXTENSIONS = [
  'mkv',
  'mp4',
  'm4v',
  'webm',
  'mov',
  'avi',
  'ts',
  'm2ts',
  'mka',
  'm4a',
  'mp3',
  'flac',
  'opus',
  'torrent',
];

interface Parties {
  supervisor: Supervisor;
  opener: Opener;
  window: () => BrowserWindow | null;
}

/** Answers the page. Every sender is checked, every payload validated. */
export function handleIpc({ supervisor, opener, window }: Parties): void {
  ipcMain.handle(CHANNELS.healthGet, async (event) => {
    assertPage(event);
    return healthOf(await supervisor.refresh());
  });
  ipcMain.handle(CHANNELS.openPickFile, async (event, payload: unknown) => {
    assertPage(event);
    const options = parse(OpenOptionsSchema, payload);
    const path = await pickFile(window());
    return path === null ? null : opener.open(fileTarget(path), options);
  });
  ipcMain.handle(CHANNELS.openFile, async (event, payload: unknown): Promise<OpenResult> => {
    assertPage(event);
    const { path, name, options } = parse(OpenFileSchema, payload);
    if (path !== '') return opener.open(fileTarget(path), options);
    const refusal = new RaffiError(
      'source_refused',
      'This is not a file on this computer. Save it first, then drop the saved file.',
    );
    return { ok: false, name: basename(name), problem: problem(refusal) };
  });
  handleCast(supervisor);
  offerSubscription<IpcHealth>(CHANNELS.health, assertPage, (push) => {
    const tell = (status: CoreStatus): void => push(healthOf(status));
    tell(supervisor.status);
    return supervisor.subscribe(tell);
  });
  offerSubscription<OpenResult>(CHANNELS.open, assertPage, (push, payload) =>
    opener.subscribe(parse(OpenOptionsSchema, payload), push),
  );
}

function handleCast(supervisor: Supervisor): void {
  const cast = new CastLink(supervisor);
  const answer = <T>(channel: string, run: (payload: unknown) => Promise<T>): void => {
    ipcMain.handle(channel, async (event, payload: unknown): Promise<CastResult<T>> => {
      assertPage(event);
      try {
        return { ok: true, value: await run(payload) };
      } catch (error) {
        return { ok: false, problem: problem(toRaffiError(error)) };
      }
    });
  };
  answer(CHANNELS.castIssueToken, async (payload) =>
    supervisor.issueCastToken(parse(CastTokenRequestSchema, payload)),
  );
  answer(CHANNELS.castCommand, async (payload) => cast.run(parse(CastCommandSchema, payload)));
  offerSubscription<CastSnapshot>(CHANNELS.cast, assertPage, (push) => cast.subscribe(push));
}

/** Only our own page's top frame may speak: a frame that got in from elsewhere may not. */
function assertPage({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): void {
  const ours =
    senderFrame !== null && senderFrame.parent === null && senderFrame.url.startsWith(`${APP_ORIGIN}/`);
  if (!ours) throw new Error('An unknown page tried to use the app.');
}

function parse<T extends z.ZodType>(schema: T, payload: unknown): z.infer<T> {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  throw new RaffiError(
    'bad_request',
    `The window sent what the app does not understand: ${result.error.issues[0]?.message ?? ''}`,
  );
}

async function pickFile(window: BrowserWindow | null): Promise<string | null> {
  const options: Electron.OpenDialogOptions = {
    title: 'Open a film',
    properties: ['openFile'],
    filters: [
      { name: 'Films and music', extensions: FILM_EXTENSIONS },
      { name: 'All files', extensions: ['*'] },
    ],
  };
  const { filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return filePaths[0] ?? null;
}

function healthOf({ state, baseUrl, reason, health, sessions }: CoreStatus): IpcHealth {
  return { state, baseUrl, reason, version: app.getVersion(), ffmpeg: health?.ffmpeg ?? null, sessions };
}
