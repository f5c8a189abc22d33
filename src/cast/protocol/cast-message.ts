/**
 * A message of CASTV2 (`cast_channel.proto` of Chromium's Open Screen library): a protobuf of seven fields, whose payload is JSON in every namespace
 * that a sender needs. Written by hand: a protobuf library would be many times its size.
 */
export interface CastMessage {
  sourceId: string;
  destinationId: string;
  namespace: string;
  /** JSON, as a rule. Of a binary message (device authentication) empty. */
  payload: string;
}

export function encodeCastMessage({ sourceId, destinationId, namespace, payload }: CastMessage): Uint8Array {
  return Buffer.concat([
    varintField(FIELD.protocolVersion, CASTV2_1_0),
    textField(FIELD.sourceId, sourceId),
    textField(FIELD.destinationId, destinationId),
    textField(FIELD.namespace, namespace),
    varintField(FIELD.payloadType, PAYLOAD_IS_TEXT),
    textField(FIELD.payloadUtf8, payload),
  ]);
}

/** The inverse. Fields that nobody knows are passed over, as protobuf asks. @throws `RangeError` for what is no such message. */
export function decodeCastMessage(bytes: Uint8Array): CastMessage {
  const texts = new Map<number, string>();
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    const field = tag.value >>> 3;
    switch (tag.value & 7) {
      case WIRE.varint:
        at = readVarint(bytes, tag.end).end;
        break;
      case WIRE.bytes: {
        const length = readVarint(bytes, tag.end);
        at = within(bytes, length.end + length.value);
        if (TEXT_FIELDS.has(field)) texts.set(field, TEXT.decode(bytes.subarray(length.end, at)));
        break;
      }
      case WIRE.fixed64:
        at = within(bytes, tag.end + 8);
        break;
      case WIRE.fixed32:
        at = within(bytes, tag.end + 4);
        break;
      default:
        throw new RangeError('A cast message has a field of an unknown kind.');
    }
  }
  const required = (field: number) => {
    const text = texts.get(field);
    if (text === undefined) throw new RangeError(`A cast message lacks its field ${field}.`);
    return text;
  };
  return {
    sourceId: required(FIELD.sourceId),
    destinationId: required(FIELD.destinationId),
    namespace: required(FIELD.namespace),
    payload: texts.get(FIELD.payloadUtf8) ?? '',
  };
}

const FIELD = {
  protocolVersion: 1,
  sourceId: 2,
  destinationId: 3,
  namespace: 4,
  payloadType: 5,
  payloadUtf8: 6,
} as const;
const TEXT_FIELDS: ReadonlySet<number> = new Set([
  FIELD.sourceId,
  FIELD.destinationId,
  FIELD.namespace,
  FIELD.payloadUtf8,
]);
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const CASTV2_1_0 = 0;
const PAYLOAD_IS_TEXT = 0;
/** What is no UTF-8 becomes U+FFFD: then it is not JSON, or a name that nobody has. */
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });
/** Of 64 bits; the rest of a longer one would be lost without a word. */
const MAX_VARINT_BYTES = 10;

function varintField(field: number, value: number): Uint8Array {
  return Buffer.concat([varint((field << 3) | WIRE.varint), varint(value)]);
}

function textField(field: number, text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([varint((field << 3) | WIRE.bytes), varint(bytes.length), bytes]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

/** Values beyond 32 bits count as the largest of them: no length is that long, and no other number here is looked at. */
function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let index = 0; index < MAX_VARINT_BYTES; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) throw new RangeError('A cast message ends in the middle of a number.');
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value: Math.min(value, 0xffff_ffff), end: start + index + 1 };
  }
  throw new RangeError('A cast message has a number that is too long.');
}

function within(bytes: Uint8Array, end: number): number {
  if (end <= bytes.length) return end;
  throw new RangeError('A cast message ends in the middle of a field.');
}
