/** Azure's lists are far shorter; more pages than this are a link that leads in a circle. */
const mostPages = 1_000;

/** All items of a paged list of the SDK. */
export async function collect<T>(list: {
  byPage(): AsyncIterable<readonly T[]>;
}): Promise<readonly T[]> {
  const items: T[] = [];
  let pages = 0;
  for await (const page of list.byPage()) {
    items.push(...page);
    pages += 1;
    if (pages > mostPages) throw new Error(`The list has more than ${mostPages} pages.`);
  }
  return items;
}
