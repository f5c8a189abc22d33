const names = new Intl.Collator('en', { numeric: true });

/** Paths with `/`, folder by folder, as people count: 2 before 10. */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    const order = names.compare(left[at] ?? '', right[at] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
