import type { ArmOperation } from '../contracts.ts';
import { decodeSegment } from './resource-ids.ts';

export interface Route {
  readonly operation: ArmOperation;
  /** Values of the `{names}`, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

interface CompiledOperation {
  readonly operation: ArmOperation;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/**
 * Finds operations by method and path; paths compare case-insensitively, as ARM's do. `{name}` is
 * one segment; `{+name}` any number of them, with the slash in front, or nothing.
 */
export class RouteTable {
  readonly #operations: readonly CompiledOperation[];

  constructor(operations: readonly ArmOperation[]) {
    this.#operations = operations.map(compile);
  }

  find(method: string, path: string): Route | undefined {
    for (const { operation, pattern, names } of this.#operations) {
      if (operation.method !== method) continue;
      const match = pattern.exec(path);
      if (!match) continue;
      const values = match.slice(1).map((value) => decodeSegment(value ?? ''));
      return {
        operation,
        parameters: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])),
      };
    }
    return undefined;
  }

  /** The operations at the path, whatever the method. */
  at(path: string): readonly ArmOperation[] {
    return this.#operations
      .filter(({ pattern }) => pattern.test(path))
      .map(({ operation }) => operation);
  }
}

function compile(operation: ArmOperation): CompiledOperation {
  const names: string[] = [];
  const source = operation.path
    .split('/')
    .slice(1)
    .map((segment) => {
      const name = /^\{(\+?)(.+)\}$/.exec(segment);
      if (!name) return `/${segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`;
      names.push(name[2] ?? '');
      return name[1] ? '((?:/[^/]+)*)' : '/([^/]+)';
    })
    .join('');
  return { operation, pattern: new RegExp(`^${source}$`, 'i'), names };
}
