/**
 * `@peculiar/x509` resolves its parts with tsyringe, which needs the three functions of the metadata
 * proposal that never became part of JavaScript. This is all of it that tsyringe calls; import it
 * before `@peculiar/x509`.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

const getOwnMetadata = (key: unknown, target: object): unknown => metadata.get(target)?.get(key);

const getMetadata = (key: unknown, target: object): unknown => {
  for (let owner: object | null = target; owner; owner = Object.getPrototypeOf(owner)) {
    if (metadata.get(owner)?.has(key)) return getOwnMetadata(key, owner);
  }
  return undefined;
};

const defineMetadata = (key: unknown, value: unknown, target: object): void => {
  const own = metadata.get(target) ?? new Map<unknown, unknown>();
  metadata.set(target, own.set(key, value));
};

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, { getOwnMetadata, getMetadata, defineMetadata });
}
