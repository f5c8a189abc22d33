/** The first episode that a name tells. `season` null: it does not say. */
const CODES = [
  /(?<![a-z0-9])s(?<season>\d{1,4})[ ._-]{0,3}e(?<episode>\d{1,4})/i,
  /(?<![a-z0-9])(?<season>\d{1,2})x(?<episode>\d{2,3})(?!\d)/i,
  /(?<![a-z0-9])(?:e|ep|episode)[ ._-]{0,2}(?<episode>\d{1,4})(?!\d)/i,
];
const SEASON = /(?<![a-z0-9])(?:s|season)[ ._-]{0,2}(?<season>\d{1,4})(?!\d)/i;

/**
 * Which episode a path is of, as a key that is the same for all its files: from the name, else from the folder that is named like it; a season that
 * the name does not tell from a folder. Null where it tells none.
 */
export function episodeOf(path: string): string | null {
  const parts = path.split('/').reverse();
  for (const part of parts) {
    const found = codeIn(part);
    if (!found) continue;
    const season = found.season ?? parts.flatMap((other) => SEASON.exec(other)?.groups?.season ?? []).at(0);
    return `${season === undefined ? '' : Number(season)}x${Number(found.episode)}`;
  }
  return null;
}

function codeIn(name: string): Partial<Record<string, string>> | null {
  for (const code of CODES) {
    const { groups } = code.exec(name) ?? {};
    if (groups) return groups;
  }
  return null;
}
