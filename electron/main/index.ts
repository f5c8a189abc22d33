import { join } from 'node:path';
import { app, type BrowserWindow } from 'electron';
import { z } from 'zod';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { filmCacheFolder } from './folders.ts';
import { harden, hardenSession } from './hardening.ts';
import { handleIpc } from './ipc.ts';
import { setMenu } from './menu.ts';
import { Opener } from './opener.ts';
import { spawnCoreProcess } from './supervisor/core-process.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import { type HandedOver, targetOf, targetsOf } from './targets.ts';
import { openWindow } from './window.ts';

/** What a second start hands to the first: its own arguments, understood in its own folder. */
const HandOverSchema = z.object({
  targets: z.array(
    z.union([
      z.object({ source: z.string(), kind: z.enum(['http', 'torrent', 'file']), name: z.string() }),
      z.object({ refused: z.string(), name: z.string() }),
    ]),
  ),
});

// Chromium does not tell apart "run from the sources" when a substitute Electron runs them: the default app's mark does.
const packaged = app.isPackaged && process.defaultApp !== true;
const targets = targetsOf(process.argv, { packaged, cwd: process.cwd() });

if (app.requestSingleInstanceLock({ targets })) run();
else app.quit();

function run(): void {
  const output = import.meta.dirname;
  const supervisor = new Supervisor({
    spawn: (events) => spawnCoreProcess(join(output, 'core.js'), events),
    defaults: {
      cacheDir: filmCacheFolder(app.getPath('sessionData')),
      resourcesDir: packaged ? join(process.resourcesPath, 'bin') : null,
    },
  });
  const opener = new Opener((request) => supervisor.open(request));
  let window: BrowserWindow | null = null;

  const show = (): void => {
    if (window === null) {
      window = openWindow(join(output, '../preload/index.cjs'));
      window.on('closed', () => {
        window = null;
      });
      return;
    }
    if (window.isMinimized()) window.restore();
    window.focus();
  };
  const handOver = (handed: readonly HandedOver[]): void => {
    opener.handOver(handed);
    if (app.isReady()) show();
  };

  registerAppScheme();
  harden();
  // Elsewhere the package itself declares the links it opens.
  if (packaged && process.platform === 'win32') {
    for (const scheme of ['raffi', 'magnet']) app.setAsDefaultProtocolClient(scheme);
  }
  handleIpc({ supervisor, opener, window: () => window });
  opener.handOver(targets);

  app.on('second-instance', (_event, _argv, _cwd, data) => {
    const handed = HandOverSchema.safeParse(data);
    handOver(handed.success ? handed.data.targets : []);
  });
  // macOS hands files and links over by events, not by arguments.
  const handOverOne = (event: { preventDefault(): void }, text: string): void => {
    event.preventDefault();
    const target = targetOf(text, process.cwd());
    handOver(target === null ? [] : [target]);
  };
  app.on('open-file', handOverOne);
  app.on('open-url', handOverOne);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', show);
  stopCoreAtQuit(supervisor);

  void app.whenReady().then(() => {
    // The core starts beside the window, not after it.
    supervisor.start();
    hardenSession();
    setMenu();
    serveApp(join(output, '../renderer'));
    show();
  });
}

/** The app ends once its core has ended: its ffmpegs and temporary files are gone by then. */
function stopCoreAtQuit(supervisor: Supervisor): void {
  let stopped = false;
  app.on('will-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void supervisor.stop().finally(() => {
      stopped = true;
      // Not in this same turn, as it would be when no core runs: Electron ignores a quit while it is still asking about the last one.
      setImmediate(() => app.quit());
    });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
}
