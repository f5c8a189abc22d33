import type { Page } from 'playwright-core';
import type { LabReceiver } from '../lab/receiver/index.ts';

/** What a person does in the window with a film and a television, and what is seen there. */
export function televisionOf(parties: () => { page: Page; tv: LabReceiver }) {
  const page = () => parties().page;
  const tv = () => parties().tv;
  const dialog = () => page().getByRole('dialog', { name: 'Play on a TV' });
  const remote = () => page().getByRole('region', { name: 'Remote control' });
  const button = (name: string | RegExp) => page().getByRole('button', { name });
  const video = () =>
    page().evaluate(() => {
      const element = document.querySelector('video');
      if (element === null) throw new Error('There is no player');
      return { seconds: element.currentTime, isPaused: element.paused, readyState: element.readyState };
    });
  const pauseHere = async () => {
    if (!(await video()).isPaused) await page().keyboard.press('k');
    await page().waitForFunction(() => document.querySelector('video')?.paused === true);
    return (await video()).seconds;
  };
  const shown = () =>
    page().evaluate(
      () => document.querySelector<HTMLInputElement>('input[aria-label=Seek]')?.valueAsNumber ?? -1,
    );
  const untilReady = () =>
    page().waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2);
  const loads = () =>
    tv()
      .all('message')
      .filter(({ payload }) => payload.type === 'LOAD');
  const pick = async () => {
    await page().keyboard.press('c');
    await dialog().getByRole('button', { name: tv().name }).click();
    await remote().waitFor();
  };
  const untilOnTv = () => remote().getByRole('button', { name: 'Pause' }).and(enabled()).waitFor();
  const enabled = () => page().locator(':enabled');
  return { dialog, remote, button, enabled, video, shown, loads, pauseHere, untilReady, pick, untilOnTv };
}

/** Where the film is on a television now, seconds. */
export function placeOf(tv: LabReceiver): number {
  const last = tv.all('status').at(-1);
  if (last === undefined) return -1;
  const passed = last.playerState === 'PLAYING' ? (Date.now() - last.atMs) / 1000 : 0;
  return last.currentTime + passed;
}
