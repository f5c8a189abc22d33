import { request } from 'node:http';

export interface RpcAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface RpcRequest {
  url: string;
  headers?: Record<string, string>;
  /** Absent: GET. */
  body?: string;
}

/** How long a daemon of the lab may take for one answer, on a busy machine too. */
const ANSWER_MS = 10_000;

/** One HTTP request on a connection of its own: nothing is kept alive, so nothing is left when a swarm ends. */
export function rpc(wish: RpcRequest): Promise<RpcAnswer> {
  return new Promise((resolve, reject) => {
    const method = wish.body === undefined ? 'GET' : 'POST';
    const signal = AbortSignal.timeout(ANSWER_MS);
    const outgoing = request(
      wish.url,
      { method, agent: false, signal, headers: wish.headers ?? {} },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    outgoing.once('error', reject);
    outgoing.end(wish.body);
  });
}

/** The answer, or null while nobody listens there yet. Other failures are errors. */
export async function rpcOnceUp(wish: RpcRequest): Promise<RpcAnswer | null> {
  try {
    return await rpc(wish);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return null;
    throw error;
  }
}
