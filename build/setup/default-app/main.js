/**
 * What Electron's own default app does for `electron <folder>`: takes the first argument that is no option, and runs the app
 * that its package.json describes. Packed into the substitute Electron, which comes without one.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const folder = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (folder === undefined) {
  console.log(`Electron ${process.versions.electron}. Usage: electron <folder of an app>`);
  app.exit(0);
} else {
  const root = resolve(folder);
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // Electron's default app sets the same mark: code tells by it that an argument is the app's folder.
  Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
  app.setName(manifest.productName ?? manifest.name);
  app.setVersion(manifest.version);
  app.setAppPath(root);
  await import(pathToFileURL(join(root, manifest.main)).href);
}
