import { MIMEType } from 'node:util';
import { RaffiError } from '../../errors.ts';
import { MAX_METAINFO_BYTES } from '../../torrent/metainfo.ts';

/** One file, one field, and room for what a form adds of its own. */
const MAX_PARTS = 8;

export interface TorrentForm {
  torrentFile: Uint8Array;
  /** The field `options`: JSON. */
  options: string | undefined;
}

/**
 * Reads a form (`multipart/form-data`, RFC 7578) that holds one `.torrent` file in a field of any name, and may hold the rest of the request in the
 * field `options`. Its size is bounded already. Node's own parser is synchronous and keeps all of it in memory, so the number of parts is bounded first.
 *
 * @throws `bad_request` for any other form, `body_too_large` for a file that no `.torrent` file is as large as
 */
export async function parseTorrentForm(body: Buffer, contentType: string): Promise<TorrentForm> {
  const boundary = boundaryOf(contentType);
  const isBounded = boundary !== null && countParts(body, boundary) <= MAX_PARTS;
  const form = isBounded ? await formOf(body, boundary) : null;
  if (form === null) throw badForm();
  const files: File[] = [];
  let options: string | undefined;
  for (const [name, value] of form) {
    if (typeof value !== 'string') files.push(value);
    else if (name === 'options' && options === undefined) options = value;
    else throw badForm();
  }
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) throw badForm();
  if (file.size > MAX_METAINFO_BYTES) {
    throw new RaffiError(
      'body_too_large',
      'A .torrent file is at most 8 MiB large. Check which file was sent.',
    );
  }
  return { torrentFile: new Uint8Array(await file.arrayBuffer()), options };
}

/** Null for what is not a whole form. */
async function formOf(body: Buffer, boundary: string) {
  try {
    // Written anew: what was counted by and what is parsed by must be one and the same.
    const type = new MIMEType('multipart/form-data');
    type.params.set('boundary', boundary);
    return await new Response(body as Uint8Array<ArrayBuffer>, {
      headers: { 'Content-Type': String(type) },
    }).formData();
  } catch {
    return null;
  }
}

function boundaryOf(contentType: string): string | null {
  try {
    const { essence, params } = new MIMEType(contentType);
    return essence === 'multipart/form-data' ? params.get('boundary') || null : null;
  } catch {
    return null;
  }
}

/** As far as need be counted: what is more than a form may have is enough. */
function countParts(body: Buffer, boundary: string): number {
  const delimiter = `--${boundary}`;
  let count = 0;
  for (let at = body.indexOf(delimiter); at !== -1; at = body.indexOf(delimiter, at + 1)) {
    count += 1;
    // The last one ends the form.
    if (count - 1 > MAX_PARTS) break;
  }
  return count - 1;
}

function badForm(): RaffiError {
  return new RaffiError(
    'bad_request',
    'The form is not one that Raffi reads. Send one .torrent file in it and, where there is more to say, one field "options" of JSON.',
  );
}
