import http from 'node:http';

export interface Ask {
  host: string;
  port: number;
  /** Of several addresses of its own, the one to ask from. */
  localAddress?: string | undefined;
  method?: string;
  path: string;
  /** As they are to be sent, names and values in turn: some clients send what no library does. */
  headers?: readonly string[];
  body?: string;
}

export interface Told {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Of JSON and playlists; of streams without an end, and of media, empty. */
  text: string;
  /** Of a problem document. */
  code: string | undefined;
}

const READ = /json|mpegurl|vtt/;

/** One request over a connection of its own, with exactly the given headers. Rejects where the connection is refused or reset. */
export function ask({ host, port, localAddress, method = 'GET', path, headers, body }: Ask): Promise<Told> {
  const named = (headers ?? []).filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const sent = [
    ...(named.includes('host') ? [] : ['Host', `${host}:${port}`]),
    ...(body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))]),
    ...(headers ?? []),
  ];
  return new Promise((resolve, reject) => {
    const options = { host, port, localAddress, method, path, headers: sent, agent: false, setHost: false };
    const request = http.request(options, async (response) => {
      let text = '';
      try {
        const isRead = READ.test(response.headers['content-type'] ?? '');
        if (isRead) for await (const chunk of response.setEncoding('utf8')) text += chunk;
      } catch (error) {
        reject(error);
      }
      const { code } = (text.startsWith('{') ? JSON.parse(text) : {}) as { code?: string };
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code });
      request.destroy();
    });
    request.once('error', reject).end(body);
  });
}
