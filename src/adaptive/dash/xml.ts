import { DOMParser, type Element } from '@xmldom/xmldom';
import { damaged } from '../limits.ts';

/** An element of an MPD, as far as it is read. */
export interface XmlElement {
  name: string;
  attributes: ReadonlyMap<string, string>;
  children: readonly XmlElement[];
  text: string;
}

/** Far deeper than an MPD; recursion must not follow a hostile one to the end of the stack. */
const MAX_DEPTH = 20;
const MAX_ELEMENTS = 200_000;

/**
 * The root element of an XML text, names without their prefixes. The parser expands no entities of a document's own, and so no bomb.
 *
 * @throws `media_damaged`
 */
export function parseXml(text: string): XmlElement {
  let root: Element | null;
  try {
    root = new DOMParser({ onError: stopOnError }).parseFromString(text, 'application/xml').documentElement;
  } catch {
    throw damaged('is no valid XML');
  }
  if (root === null) throw damaged('is no valid XML');
  return toElement(root, 0, { left: MAX_ELEMENTS });
}

/** Children of one name. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** A number attribute ≥ 0; null when it is absent or none. */
export function numberOf(element: XmlElement | undefined, name: string): number | null {
  const value = Number(element?.attributes.get(name)?.trim() || Number.NaN);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

/** An XML Schema duration in seconds (`P1DT2H3M4.5S`); null for anything else. Years and months have no fixed length: none are known. */
export function durationOf(text: string | undefined): number | null {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d*)?)S)?)?$/.exec(text?.trim() ?? '');
  if (!match) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** A moment in seconds since 1970; null for what is none. Without a zone it is UTC (ISO/IEC 23009-1 §5.3.1.2). */
export function momentOf(text: string | undefined): number | null {
  const moment = text?.trim() ?? '';
  const value = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(moment) ? moment : `${moment}Z`);
  return Number.isNaN(value) ? null : value / 1000;
}

function stopOnError(level: string): void {
  if (level !== 'warning') throw new Error('Not well-formed');
}

function toElement(element: Element, depth: number, budget: { left: number }): XmlElement {
  budget.left -= 1;
  if (depth > MAX_DEPTH || budget.left < 0) throw damaged('is larger than any');
  const attributes = new Map<string, string>();
  for (let index = 0; index < element.attributes.length; index += 1) {
    const attribute = element.attributes.item(index);
    if (attribute) attributes.set(attribute.localName ?? attribute.name, attribute.value);
  }
  const children: XmlElement[] = [];
  let text = '';
  for (let node = element.firstChild; node; node = node.nextSibling) {
    if (node.nodeType === node.ELEMENT_NODE) children.push(toElement(node as Element, depth + 1, budget));
    else if (node.nodeType === node.TEXT_NODE || node.nodeType === node.CDATA_SECTION_NODE)
      text += node.nodeValue ?? '';
  }
  return { name: element.localName ?? element.tagName, attributes, children, text: text.trim() };
}
