/** What the set-up found out or did about one thing it looks after. */
export interface Finding {
  thing: string;
  /** `skipped`: missing too, but what needs it can be left out. */
  state: 'found' | 'installed' | 'missing' | 'skipped';
  /** For a person: what was found and where, what was done, or what went wrong. */
  detail: string;
  /** Only when missing or skipped: the exact command that a person types to get it. */
  command?: string;
}

const MARKS = { found: 'ok', installed: 'new', missing: '!!', skipped: '--' } as const;

/** One line per thing; one that is not there is followed by the command to type. */
export function describe(finding: Finding): string {
  const line = `  ${MARKS[finding.state].padEnd(4)} ${finding.thing.padEnd(10)} ${finding.detail}`;
  return finding.command === undefined ? line : `${line}\n       type:      ${finding.command}`;
}
