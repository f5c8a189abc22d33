import { connect } from 'node:net';

const BUFFER_BYTES = 1024 * 1024;
const END_OF_HEAD = '\r\n\r\n';
/** What a chunked answer ends with (RFC 9112 §7.1): without it, it was cut. */
const LAST_CHUNK = '0\r\n\r\n';

/**
 * Reads an HTTP answer to its end into one reused buffer, and counts. Node's own client takes longer to hand out 4 MB than the core takes
 * to send them; a player does not, so neither may the measure.
 *
 * @returns Bytes of the body, of a chunked one with its framing. Rejects unless the answer is 200 and came to its end.
 */
export function drain(url: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    let head = '';
    /** Bytes that Content-Length tells; of a chunked answer unknown. */
    let expected = -1;
    let received = 0;
    let tail = '';
    const done = () => {
      socket.destroy();
      resolve(received);
    };
    const takeBody = (bytes: Uint8Array) => {
      received += bytes.length;
      if (expected === Number.POSITIVE_INFINITY) {
        tail = (tail + Buffer.from(bytes.subarray(-LAST_CHUNK.length)).toString('latin1')).slice(
          -LAST_CHUNK.length,
        );
        if (tail === LAST_CHUNK) done();
      } else if (received >= expected) done();
    };
    const take = (bytes: Uint8Array) => {
      if (expected >= 0) {
        takeBody(bytes);
        return;
      }
      head += Buffer.from(bytes).toString('latin1');
      const end = head.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const answer = /^HTTP\/1\.1 200 [\s\S]*\r\n(?:content-length: (\d+)|transfer-encoding: chunked)/i.exec(
        head.slice(0, end),
      );
      if (!answer) {
        socket.destroy(new Error(`${url.pathname}: ${head.slice(0, 200)}`));
        return;
      }
      expected = answer[1] === undefined ? Number.POSITIVE_INFINITY : Number(answer[1]);
      takeBody(Buffer.from(head.slice(end + END_OF_HEAD.length), 'latin1'));
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
