/** What the set-up found out or did about one thing it looks after. */
export interface Finding {
  thing: string;
  state: 'found' | 'installed' | 'missing';
  /** For a person: what was found and where, what was done, or what went wrong. */
  detail: string;
  /** Only when missing: the exact command that a person types to get it. */
  command?: string;
}

const MARKS = { found: 'ok', installed: 'new', missing: '!!' } as const;

/** One line per thing; a missing one is followed by the command to type. */
export function describe(finding: Finding): string {
  const line = `  ${MARKS[finding.state].padEnd(4)} ${finding.thing.padEnd(10)} ${finding.detail}`;
  return finding.command === undefined ? line : `${line}\n       type:      ${finding.command}`;
}
