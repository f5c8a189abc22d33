import { packageApp } from '../packaging/package-app.ts';
import { findElectron } from './electron.ts';
import { ensureBuild } from './project.ts';
import { setUp } from './set-up.ts';

// `npm run dist`: installers for this system. `npm run dist:dir`: the unpacked app, which needs no network.
const complete = await setUp({ electron: true, tests: false });
const electron = findElectron();
if (!complete || electron === null) {
  console.log('Something is missing: do what is said above, then try again.');
  process.exitCode = 1;
} else {
  await ensureBuild();
  const made = await packageApp({ electron, directory: process.argv.includes('--dir') });
  console.log(made.length === 0 ? 'The app lies in dist/.' : made.join('\n'));
}
