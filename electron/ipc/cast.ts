import { z } from 'zod';
import type { CastCheck, CastDevice, CastLoad, CastSnapshot, CastStatus } from '../../src/cast/types.ts';
import { ProblemSchema } from './problem.ts';

/**
 * What crosses between page, main and core about casting: the commands, their answers, and the snapshots that are pushed. Texts are
 * bounded: names come from whoever announces a device in the network.
 */

const TextSchema = z.string().max(500);
/** A host name (253 characters at most) and a port. */
const AddressSchema = z.string().min(1).max(300);
/** Film time. */
const SecondsSchema = z.number().nonnegative().max(1e7);
const LevelSchema = z.number().min(0).max(1);
const PositionSchema = z.number().int().min(0).max(10_000);

const CastDeviceSchema = z.strictObject({
  id: TextSchema,
  name: TextSchema,
  model: TextSchema.nullable(),
  host: TextSchema,
  port: z.number().int().min(1).max(65_535),
  hasVideo: z.boolean(),
  isManual: z.boolean(),
}) satisfies z.ZodType<CastDevice>;

const CastStatusSchema = z.strictObject({
  state: z.enum([
    'idle',
    'connecting',
    'preparing',
    'loading',
    'buffering',
    'playing',
    'paused',
    'ended',
    'reconnecting',
    'failed',
  ]),
  device: CastDeviceSchema.nullable(),
  sessionId: z.uuid().nullable(),
  title: z.string().nullable(),
  positionSeconds: SecondsSchema,
  durationSeconds: SecondsSchema.nullable(),
  atMs: z.number(),
  volume: LevelSchema,
  isMuted: z.boolean(),
  audioIndex: PositionSchema,
  subtitleIndex: PositionSchema.nullable(),
  problem: ProblemSchema.nullable(),
}) satisfies z.ZodType<CastStatus>;

export const CastSnapshotSchema = z.strictObject({
  devices: z.array(CastDeviceSchema).max(1000).readonly(),
  status: CastStatusSchema,
}) satisfies z.ZodType<CastSnapshot>;

const CastCheckSchema = z.strictObject({
  ok: z.boolean(),
  url: z.string().nullable(),
  problem: ProblemSchema.nullable(),
}) satisfies z.ZodType<CastCheck>;

const CastLoadSchema = z.strictObject({
  deviceId: TextSchema,
  sessionId: z.uuid(),
  startSeconds: SecondsSchema,
  audioIndex: PositionSchema.exactOptional(),
  subtitleIndex: PositionSchema.nullable().exactOptional(),
}) satisfies z.ZodType<CastLoad>;

/** What the remote control can be told; see `CastRemote`. */
export const CastCommandSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('devices') }),
  z.strictObject({ do: z.literal('addDevice'), address: AddressSchema }),
  z.strictObject({ do: z.literal('load'), request: CastLoadSchema }),
  z.strictObject({ do: z.literal('join'), deviceId: TextSchema }),
  z.strictObject({ do: z.literal('play') }),
  z.strictObject({ do: z.literal('pause') }),
  z.strictObject({ do: z.literal('seek'), seconds: SecondsSchema }),
  z.strictObject({
    do: z.literal('setVolume'),
    level: LevelSchema,
    isMuted: z.boolean().exactOptional(),
  }),
  z.strictObject({
    do: z.literal('setTracks'),
    tracks: z.strictObject({
      audioIndex: PositionSchema.exactOptional(),
      subtitleIndex: PositionSchema.nullable().exactOptional(),
    }),
  }),
  z.strictObject({ do: z.literal('stop') }),
  z.strictObject({ do: z.literal('check'), sessionId: z.uuid() }),
]);
export type CastCommand = z.infer<typeof CastCommandSchema>;

/** What the core answers to each. */
export const CAST_ANSWERS = {
  devices: z.array(CastDeviceSchema).readonly(),
  addDevice: CastDeviceSchema,
  load: z.undefined(),
  join: z.undefined(),
  play: z.undefined(),
  pause: z.undefined(),
  seek: z.undefined(),
  setVolume: z.undefined(),
  setTracks: z.undefined(),
  stop: z.strictObject({ positionSeconds: SecondsSchema }),
  check: CastCheckSchema,
} satisfies Record<CastCommand['do'], z.ZodType>;
export type CastAnswer<Do extends CastCommand['do']> = z.infer<(typeof CAST_ANSWERS)[Do]>;
