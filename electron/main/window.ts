import { join } from 'node:path';
import { app, BrowserWindow, screen } from 'electron';
import { APP_ORIGIN } from './assets.ts';
import { isVisible, loadWindowState, saveWindowState } from './window-state.ts';

const DEFAULT_SIZE = { width: 1180, height: 720 };
const MIN_SIZE = { minWidth: 480, minHeight: 320 };
/** The page's own background, so that nothing flashes before it is drawn. */
const BACKGROUND = '#0b0c0f';

/** Opens the one window: sandboxed, isolated, showing our page and nothing else. Shown once it is drawn. */
export function openWindow(preload: string): BrowserWindow {
  const stateFile = join(app.getPath('userData'), 'window.json');
  const state = loadWindowState(stateFile);
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const bounds = state !== null && isVisible(state.bounds, areas) ? state.bounds : DEFAULT_SIZE;
  const window = new BrowserWindow({
    ...bounds,
    ...MIN_SIZE,
    show: false,
    title: 'Raffi',
    backgroundColor: BACKGROUND,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      // A film handed over by the command line or a file association plays at once: that was the gesture.
      autoplayPolicy: 'no-user-gesture-required',
      // A film goes on while the window is covered.
      backgroundThrottling: false,
    },
  });
  if (state?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    saveWindowState(stateFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  });
  void window.loadURL(`${APP_ORIGIN}/`);
  return window;
}
