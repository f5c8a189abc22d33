/**
 * A playlist whose every URI carries one more query parameter: those on lines of their own, and the `URI` of any tag's attribute list
 * (RFC 8216bis §4.2). Addresses elsewhere stay as they are: what the query holds may be no business of that server.
 */
export function withQuery(playlist: string, name: string, value: string): string {
  const parameter = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  return playlist
    .split('\n')
    .map((line) => {
      if (line === '') return line;
      return line.startsWith('#') ? tagWith(line, parameter) : uriWith(line, parameter);
    })
    .join('\n');
}

/** Attributes are taken one by one, for a title may hold what looks like one. */
function tagWith(tag: string, parameter: string): string {
  return tag.replace(/([A-Z0-9-]+)=(?:"([^"]*)"|[^",]*)/g, (attribute, name: string, text?: string) =>
    name === 'URI' && text !== undefined ? `URI="${uriWith(text, parameter)}"` : attribute,
  );
}

function uriWith(uri: string, parameter: string): string {
  if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(uri)) return uri;
  const [path = '', fragment] = uri.split('#', 2);
  const joined = `${path}${path.includes('?') ? '&' : '?'}${parameter}`;
  return fragment === undefined ? joined : `${joined}#${fragment}`;
}
