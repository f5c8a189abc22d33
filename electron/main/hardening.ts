import { app, session } from 'electron';
import { APP_ORIGIN } from './assets.ts';

/** What a film player's page asks for by right; every other permission is refused. */
const PERMISSIONS = new Set(['fullscreen']);

/** For every page that ever comes to be: no way out of our origin, no new windows, no permissions beyond the player's. */
export function harden(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

/** Must run when the app is ready: sessions do not exist before. */
export function hardenSession(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((contents, permission, answer) => {
    answer(isOurs(contents.getURL()) && PERMISSIONS.has(permission));
  });
  defaultSession.setPermissionCheckHandler(
    (_contents, permission, origin) => isOurs(origin) && PERMISSIONS.has(permission),
  );
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.on('will-download', (event) => event.preventDefault());
}

function isOurs(url: string): boolean {
  return url === APP_ORIGIN || url.startsWith(`${APP_ORIGIN}/`);
}
