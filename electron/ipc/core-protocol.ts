import { z } from 'zod';
import { CastCommandSchema, CastSnapshotSchema } from './cast.ts';
import { CastTokenRequestSchema, OpenOptionsSchema } from './contract.ts';
import { ProblemSchema } from './problem.ts';

/** What main and the core process say to each other over the utility process's MessagePort. Both sides check what they receive. */

export const SessionRequestSchema = OpenOptionsSchema.extend({
  source: z.string().min(1),
  kind: z.enum(['http', 'torrent', 'file']),
  startTime: z.number().nonnegative().exactOptional(),
  fileIdx: z.number().int().nonnegative().exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  trackers: z.array(z.string()).exactOptional(),
  downloadAll: z.boolean().exactOptional(),
  /** A `.torrent` file of at most 8 MiB, in base64. */
  metainfo: z.string().max(12_000_000).exactOptional(),
  id: z.uuid().exactOptional(),
  audioIndex: z.number().int().nonnegative().exactOptional(),
});
export type CoreSessionRequest = z.infer<typeof SessionRequestSchema>;

const SetbackSchema = z.strictObject({
  track: z.enum(['video', 'audio']),
  position: z.number().int().nonnegative(),
  problem: z.enum(['no_frames', 'silent', 'decode_error']),
});

/** A session as it must be made again after a crash. */
export const SessionSnapshotSchema = SessionRequestSchema.extend({
  id: z.uuid(),
  /** Of a film that is cast. */
  forReceiver: z.boolean().exactOptional(),
  setbacks: z.array(SetbackSchema).exactOptional(),
});
export type SessionSnapshot = z.infer<typeof SessionSnapshotSchema>;

/** What the embedding program wants where the environment says nothing; see `CoreConfig`. */
export const CoreDefaultsSchema = z.strictObject({
  cacheDir: z.string().min(1),
  /** Folder of the packaged app's ffmpeg and ffprobe; null when it runs from its sources. */
  resourcesDir: z.string().min(1).nullable(),
});
export type CoreDefaults = z.infer<typeof CoreDefaultsSchema>;

const RequestIdSchema = z.number().int();

/** Main → core. */
export const ToCoreSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    defaults: CoreDefaultsSchema,
    /** After a crash: the port whose URLs the page still holds. Null: as configured. */
    port: z.number().int().min(1).max(65_535).nullable(),
    sessions: z.array(SessionSnapshotSchema),
  }),
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('health'), requestId: RequestIdSchema }),
  z.strictObject({ type: z.literal('open'), requestId: RequestIdSchema, request: SessionRequestSchema }),
  z.strictObject({
    type: z.literal('issueCastToken'),
    requestId: RequestIdSchema,
    request: CastTokenRequestSchema,
  }),
  z.strictObject({ type: z.literal('cast'), requestId: RequestIdSchema, command: CastCommandSchema }),
  /** From now on `cast` snapshots are wanted, or none any more. */
  z.strictObject({ type: z.literal('watchCast'), wanted: z.boolean() }),
]);
export type ToCore = z.infer<typeof ToCoreSchema>;

const BinarySchema = z.union([
  z.object({ path: z.string(), version: z.string(), warning: z.string().exactOptional() }),
  z.object({ missing: z.string() }),
]);
export const CoreHealthSchema = z.object({
  ok: z.boolean(),
  version: z.string(),
  sessions: z.number().int().nonnegative(),
  ffmpeg: z.object({
    ffmpeg: BinarySchema,
    ffprobe: BinarySchema,
    encoder: z.object({
      used: z.string(),
      realTime: z.number().nullable(),
      refused: z.array(z.object({ encoder: z.string(), reason: z.string() })),
    }),
  }),
});
export type CoreHealth = z.infer<typeof CoreHealthSchema>;

/** Core → main. */
export const FromCoreSchema = z.discriminatedUnion('type', [
  /** Listening, and the sessions of the last run are open again. */
  z.strictObject({ type: z.literal('started'), baseUrl: z.url() }),
  /** The start failed for a reason that trying again does not cure (a bad configuration). */
  z.strictObject({ type: z.literal('refused'), problem: ProblemSchema }),
  z.strictObject({ type: z.literal('health'), health: CoreHealthSchema }),
  z.strictObject({ type: z.literal('sessions'), sessions: z.array(SessionSnapshotSchema) }),
  z.strictObject({ type: z.literal('cast'), snapshot: CastSnapshotSchema }),
  z.strictObject({ type: z.literal('answer'), requestId: RequestIdSchema, value: z.unknown() }),
  z.strictObject({ type: z.literal('problem'), requestId: RequestIdSchema, problem: ProblemSchema }),
]);
export type FromCore = z.infer<typeof FromCoreSchema>;

/** The answer to `open`. */
export const OpenedSchema = z.object({ sessionId: z.uuid() });

/** The answer to `issueCastToken`. */
export const CastTokenSchema = z.object({
  token: z.string(),
  expiresAt: z.string(),
  streamUrl: z.string(),
  sessionUrl: z.string(),
  masterUrl: z.string(),
});
