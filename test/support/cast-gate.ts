import { test } from 'vitest';
import { lackingCastSender } from '../../build/setup/cast-sender.ts';
import { LAN_ADDRESS } from './lan-address.ts';

const lacking = LAN_ADDRESS === undefined ? ['a network'] : await lackingCastSender();

/** A test with another sender; where there is none it is skipped, and its name says what is lacking. */
export function testWithOtherSender(name: string, run: () => Promise<void>): void {
  if (lacking.length === 0) test(name, run);
  else test.skip(`${name}: skipped, ${lacking.join(' and ')} not there (npm run setup -- --tests)`, run);
}
