/** Most that one page of a list may hold. */
export const mostPerPage = 1_000;

/** A continuation that no page has given. The API answers 400. */
export class InvalidContinuation extends Error {
  override readonly name = 'InvalidContinuation';
}

/** Throws for a page size that no page can have. */
export function requirePageSize(pageSize: number): number {
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > mostPerPage) {
    throw new RangeError(
      `A page may have 1 to ${mostPerPage} entries, but ${pageSize} were asked for.`,
    );
  }
  return pageSize;
}

/** The number that a continuation stands for. */
export function readContinuation(continuation: string): number {
  if (!/^[1-9]\d{0,14}$/.test(continuation)) {
    throw new InvalidContinuation(
      'This continuation was given by no page. Begin with the first page, without a continuation.',
    );
  }
  return Number(continuation);
}
