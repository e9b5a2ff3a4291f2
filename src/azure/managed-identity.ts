import { ManagedIdentityCredential } from '@azure/identity';
import { type VendingError, vendingError } from '../model/errors.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import { redact } from './redact.ts';

export interface ManagedIdentityOptions {
  /** Of a user-assigned identity; absent: the system-assigned one. */
  readonly clientId: string | undefined;
  /** The SDK gives its requests for a token no time limit of ours. */
  readonly timeoutSeconds: number;
}

/** What the endpoints of App Service and of virtual machines say when they do not know the identity. */
const unknownIdentity = /No User Assigned or Delegated Managed Identity found|Identity not found/i;

class TimeLimitPassed extends Error {}

/** Tokens of the app's own managed identity; the SDK keeps them until they near their end. */
export class ManagedIdentity {
  readonly #options: ManagedIdentityOptions;
  #credential: ManagedIdentityCredential | undefined;

  constructor(options: ManagedIdentityOptions) {
    this.#options = options;
  }

  /** @param doing for the message of an error */
  async tokenFor(scope: string, doing: string): Promise<Outcome<string>> {
    const { clientId, timeoutSeconds } = this.#options;
    const retryOptions = { maxRetries: 0 };
    try {
      this.#credential ??= new ManagedIdentityCredential(
        clientId === undefined ? { retryOptions } : { clientId, retryOptions },
      );
      const token = await within(timeoutSeconds, this.#credential.getToken(scope));
      return success(token.token);
    } catch (error) {
      return failure(this.#translate(error, doing));
    }
  }

  #translate(error: unknown, doing: string): VendingError {
    const { clientId } = this.#options;
    const who = clientId ?? 'system-assigned';
    const words = redact(error instanceof Error ? error.message : String(error));
    const message = `${doing} failed: the managed identity (${who}) yields no token.`;
    const options = { cause: words, details: { managedIdentity: who } };
    if (unknownIdentity.test(words)) {
      return vendingError('ManagedIdentityMissing', message, {
        ...options,
        remedy: `Assign the managed identity ${who} to the app (az functionapp identity assign), or correct AZURE_CLIENT_ID or managedIdentityClientId.`,
      });
    }
    // Only App Service and its like set this; without it the SDK asks the address of virtual machines.
    const hasEndpoint = Boolean(process.env['IDENTITY_ENDPOINT']);
    const unreachable = error instanceof TimeLimitPassed || /Network unreachable/.test(words);
    if (!hasEndpoint && unreachable) {
      return vendingError('ManagedIdentityMissing', message, options);
    }
    return vendingError('TokenUnavailable', message, {
      ...options,
      remedy: 'Try again; if it stays, check that the app has a managed identity and restart it.',
    });
  }
}

async function within<T>(seconds: number, running: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TimeLimitPassed(`No answer within ${seconds} s.`)),
      seconds * 1000,
    );
  });
  try {
    return await Promise.race([running, limit]);
  } finally {
    clearTimeout(timer);
  }
}
