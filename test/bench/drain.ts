import { connect } from 'node:net';

const BUFFER_BYTES = 1024 * 1024;
const END_OF_HEAD = '\r\n\r\n';

/**
 * Reads an HTTP answer to its end into one reused buffer, and counts. Node's own client takes longer to hand out 4 MB than the core takes
 * to send them; a player does not, so neither may the measure.
 *
 * @returns Bytes of the body. Rejects unless the answer is 200 with a Content-Length.
 */
export function drain(url: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    let head = '';
    let expected = -1;
    let received = 0;
    const take = (bytes: Uint8Array) => {
      if (expected < 0) {
        head += Buffer.from(bytes).toString('latin1');
        const end = head.indexOf(END_OF_HEAD);
        if (end < 0) return;
        const length = /^HTTP\/1\.1 200 [\s\S]*\r\ncontent-length: (\d+)/i.exec(head.slice(0, end))?.[1];
        if (length === undefined) {
          socket.destroy(new Error(`${url.pathname}: ${head.slice(0, 200)}`));
          return;
        }
        expected = Number(length);
        received = head.length - end - END_OF_HEAD.length;
      } else received += bytes.length;
      if (received < expected) return;
      socket.destroy();
      resolve(received);
    };
    const buffer = new Uint8Array(BUFFER_BYTES);
    const socket = connect({
      host: url.hostname,
      port: Number(url.port),
      onread: {
        buffer,
        callback: (count) => {
          take(buffer.subarray(0, count));
          return true;
        },
      },
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`${url.pathname}: the answer broke off`)));
    socket.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n\r\n`,
    );
  });
}
