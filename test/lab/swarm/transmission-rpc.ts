import { rpc, rpcOnceUp } from './rpc.ts';

/** The daemon's RPC (its `rpc-spec.txt`). */
export interface TransmissionRpc {
  /** Whether the daemon answers by now. */
  isUp(): Promise<boolean>;
  call(method: string, args: object): Promise<Record<string, unknown>>;
}

const ID_HEADER = 'x-transmission-session-id';

export function transmissionRpc(url: string): TransmissionRpc {
  let sessionId = '';
  return {
    async isUp() {
      // Refused with 409 and the id that every call has to carry: its guard against foreign web pages.
      const answer = await rpcOnceUp({ url });
      sessionId = String(answer?.headers[ID_HEADER] ?? '');
      return sessionId !== '';
    },
    async call(method, args) {
      const body = JSON.stringify({ method, arguments: args });
      const answer = await rpc({ url, body, headers: { [ID_HEADER]: sessionId } });
      const { result, arguments: values } = JSON.parse(answer.body.toString()) as {
        result: string;
        arguments: Record<string, unknown>;
      };
      if (result !== 'success') throw new Error(`transmission, ${method}: ${result}`);
      return values;
    },
  };
}
