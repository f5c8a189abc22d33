import { problem, RaffiError, toRaffiError } from '../errors.ts';
import type { CastAccess } from './access.ts';
import type { CastCheck } from './types.ts';

/** A film that is being examined answers within 10 s (contract §2). */
const TIMEOUT_MS = 15_000;

/**
 * Fetches what would be cast as a device would: at this computer's address in the network, with a token of its own. A firewall that lets this computer
 * in and keeps others out cannot be told from here.
 *
 * @throws `session_not_found`, or the signal's reason
 */
export async function checkReach(
  access: CastAccess,
  sessionId: string,
  signal?: AbortSignal,
): Promise<CastCheck> {
  let url: string | null = null;
  let token: string | undefined;
  try {
    const issued = await access.issue(sessionId);
    token = issued.token;
    const { origin, pathname } = new URL(issued.sessionUrl);
    url = origin + pathname;
    await fetchOnce(issued.sessionUrl, url, signal);
    return { ok: true, url, problem: null };
  } catch (thrown) {
    signal?.throwIfAborted();
    const error = toRaffiError(thrown);
    if (error.code === 'session_not_found') throw error;
    return { ok: false, url, problem: problem(error) };
  } finally {
    if (token !== undefined) access.revoke(token);
  }
}

async function fetchOnce(address: string, shown: string, signal: AbortSignal | undefined): Promise<void> {
  const late = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = await fetch(address, { signal: signal ? AbortSignal.any([signal, late]) : late });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${answer.status}`);
  } catch (cause) {
    throw new RaffiError(
      'cast_address_unreachable',
      `Raffi cannot be reached at ${shown}. Allow it in this computer’s firewall; behind NAT, set RAFFI_CAST_HOST to the address that devices reach.`,
      { cause },
    );
  }
}
