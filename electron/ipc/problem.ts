import { z } from 'zod';
import { ERROR_CODES } from '../../src/errors.ts';

export const ProblemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.enum(ERROR_CODES),
});
/** RFC 9457 problem: `detail` tells a person what to do next, `code` is of the closed set of `src/errors.ts`. */
export type IpcProblem = z.infer<typeof ProblemSchema>;
