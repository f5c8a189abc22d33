import { setUp } from './set-up.ts';

// `npm run setup`, and before the tests with `--tests`.
const complete = await setUp({ electron: true, tests: process.argv.includes('--tests') });
if (!complete) {
  console.log('Something is missing: do what is said above, then try again.');
  process.exitCode = 1;
}
