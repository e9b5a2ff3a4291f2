import { ArmError } from '../contracts.ts';

const form = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(-preview)?$/;

/** The oldest version of any service here, and of the pools (azure-ipam 2.1). */
const earliest = '2014-01-01';
const earliestOfPools = '2024-01-01';

/**
 * The `api-version` of a request. Any that looks like one is taken, as the versions of the services
 * are many; pools exist since 2024 only.
 *
 * @throws ArmError 400
 */
export function checkApiVersion(query: URLSearchParams, path: string): string {
  const version = query.get('api-version');
  if (!version) {
    throw new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
      'gateway',
    );
  }
  // What hangs on a pool (`.../ipamPools/p/providers/Microsoft.Authorization/...`) has versions of its own.
  const isPool = /\/networkManagers\/[^/]+\/ipamPools(\/(?!.*\/providers\/)|$)/i.test(path);
  const since = isPool ? earliestOfPools : earliest;
  if (!form.test(version) || version < since) {
    const supported = isPool
      ? '2024-05-01,2025-05-01,2026-01-01'
      : '2020-06-01,2022-04-01,2024-05-01,2026-01-01';
    throw new ArmError(
      400,
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are '${supported}'.`,
      'gateway',
    );
  }
  return version;
}
