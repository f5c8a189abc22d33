import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What is known of this machine's encoders. */
export interface EncoderKnowledge {
  /** ffmpeg's name of the one to use. */
  encoder: string;
  /** How many times real time it encodes 1080p at 24 pictures a second. */
  realTime: number;
  refused: readonly { encoder: string; reason: string }[];
}

const schema = z.object({
  key: z.string(),
  encoder: z.string().max(64),
  realTime: z.number().positive().max(10_000),
  refused: z.array(z.object({ encoder: z.string().max(64), reason: z.string().max(1000) })).max(32),
});

const FILE = 'encoders.json';

/** A key of whatever the knowledge depends on. */
export function knowledgeKey(facts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** What an earlier run of the core has found out; null where there is none, or it is damaged, or of another machine, driver or ffmpeg. */
export async function readKnowledge(folder: string, key: string): Promise<EncoderKnowledge | null> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
    if (!parsed.success || parsed.data.key !== key) return null;
    const { key: _, ...knowledge } = parsed.data;
    return knowledge;
  } catch {
    return null;
  }
}

/** Whole or not at all. A folder that cannot be written to only costs the next run its time. */
export async function writeKnowledge(
  folder: string,
  key: string,
  knowledge: EncoderKnowledge,
): Promise<void> {
  const temporary = join(folder, `${FILE}.${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, JSON.stringify({ key, ...knowledge }));
    await rename(temporary, join(folder, FILE));
  } catch {
    await rm(temporary, { force: true }).catch(() => {});
  }
}
