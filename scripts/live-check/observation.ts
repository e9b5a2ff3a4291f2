import type { VendingError } from '../../src/model/errors.ts';

/** One thing that only a real Azure can show. */
export interface Observation {
  /** Stable, for comparing reports. */
  readonly name: string;
  readonly question: string;
  /** False where this run could not see it; `facts` say why. */
  readonly observed: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
}

const guid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** A report is fit to be shown to others: ids of tenants, subscriptions and applications are left out. */
export const withoutIds = (text: string): string => text.replace(guid, '<id>');

/** What a refusal was: Azure's own status, code and words. */
export const refusalFacts = ({ code, cause, details = {} }: VendingError) => ({
  becomes: code,
  status: details['azureStatus'] ?? null,
  azureCode: details['azureCode'] ?? null,
  azureDetailCodes: details['azureDetailCodes'] ?? null,
  words: withoutIds(cause),
});
