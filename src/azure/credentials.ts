import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { type AccessToken, ClientSecretCredential, type TokenCredential } from '@azure/identity';
import { vendingError } from '../model/errors.ts';
import { credentialIn, type Landscape } from '../model/landscape.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import { azureAnswer, isRecord, retryAfterSeconds } from './azure-answer.ts';
import { type CallContext, translateFault, translateTokenFailure } from './error-translation.ts';

/** Scope of Resource Manager's tokens, whatever endpoint it is reached at. */
export const resourceManagerScope = 'https://management.azure.com/.default';

export interface CredentialOptions {
  readonly landscape: Landscape;
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly authority: string;
  /** For an authority that is not one of Microsoft's public ones. */
  readonly disableInstanceDiscovery: boolean;
  /** Time limit of one request for a token. */
  readonly requestTimeoutSeconds: number;
}

/** What the SDK's errors do not tell about the requests that it made for a token. */
interface TokenExchange {
  /** Why no answer came. */
  fault: unknown;
  /** Error name and description of Entra ID; the SDK drops those of the metadata request. */
  refusal: string | undefined;
  retryAfterSeconds: number | undefined;
}

interface TenantCredential {
  readonly credential: TokenCredential;
  readonly exchange: TokenExchange;
}

/**
 * One credential object for each tenant, kept as long as its tokens are good: the SDK caches tokens
 * in it.
 */
export class TenantCredentials {
  readonly #options: CredentialOptions;
  readonly #byTenant = new Map<string, TenantCredential>();

  constructor(options: CredentialOptions) {
    this.#options = options;
  }

  get clientId(): string {
    return this.#options.landscape.application.clientId;
  }

  /**
   * The credential of the tenant, after proving that it yields a token: a policy of the pipeline
   * would send the request without auxiliary token and only log a warning (azure-ipam 2.5, trap 6).
   *
   * @param use As the SDK's policies ask: the primary token is one of continuous access evaluation,
   *   the auxiliary token is not, and the SDK caches the two apart.
   */
  async obtain(
    tenantId: string,
    use: 'primary' | 'auxiliary',
    doing: string,
  ): Promise<Outcome<{ readonly credential: TokenCredential; readonly token: AccessToken }>> {
    const context: CallContext = { doing, tenantId, clientId: this.clientId };
    const used = credentialIn(this.#options.landscape, tenantId);
    const setting = used.type === 'clientSecret' ? used.setting : '';
    const secret = this.#options.settings[setting];
    if (!secret) return failure(this.#settingMissing(context, setting));
    const known = this.#byTenant.get(tenantId) ?? this.#create(tenantId, secret);
    this.#byTenant.set(tenantId, known);
    const { credential, exchange } = known;
    forgetExchange(exchange);
    try {
      const token = await credential.getToken(resourceManagerScope, {
        enableCae: use === 'primary',
      });
      if (token?.token) return success({ credential, token });
      return failure(translateTokenFailure(new Error('The answer holds no token.'), context));
    } catch (error) {
      // After some failures the SDK answers from memory for a minute without asking again.
      this.forget(tenantId, credential);
      const { fault, refusal } = exchange;
      if (fault !== undefined) return failure(translateFault(fault, context));
      const words = refusal === undefined ? error : new Error(refusal);
      return failure(
        translateTokenFailure(words, context, {
          retryAfter: exchange.retryAfterSeconds,
          isAbroad: tenantId !== this.#options.landscape.application.homeTenantId,
        }),
      );
    }
  }

  /** Makes the next call ask for a fresh token: Azure did not accept the cached one. */
  forget(tenantId: string, credential: TokenCredential): void {
    if (this.#byTenant.get(tenantId)?.credential === credential) this.#byTenant.delete(tenantId);
  }

  #create(tenantId: string, secret: string): TenantCredential {
    const exchange: TokenExchange = {
      fault: undefined,
      refusal: undefined,
      retryAfterSeconds: undefined,
    };
    const { authority, disableInstanceDiscovery, requestTimeoutSeconds } = this.#options;
    const credential = new ClientSecretCredential(tenantId, this.clientId, secret, {
      authorityHost: authority,
      disableInstanceDiscovery,
      retryOptions: { maxRetries: 0 },
      additionalPolicies: [
        { policy: timeoutPolicy(requestTimeoutSeconds), position: 'perCall' },
        { policy: recordingPolicy(exchange), position: 'perRetry' },
      ],
    });
    return { credential, exchange };
  }

  #settingMissing({ doing, tenantId }: CallContext, setting: string) {
    return vendingError('CredentialInvalid', `${doing} failed: the app has no credential.`, {
      cause: `The app setting '${setting}', which the landscape names for the client secret, is missing or empty.`,
      remedy: `Set '${setting}' to a client secret of application ${this.clientId}.`,
      details: { setting, tenantId },
    });
  }
}

/** Gives every request of a pipeline a time limit. */
export function timeoutPolicy(seconds: number): PipelinePolicy {
  return {
    name: 'requestTimeout',
    sendRequest(request, next) {
      request.timeout = seconds * 1000;
      return next(request);
    },
  };
}

function forgetExchange(exchange: TokenExchange): void {
  exchange.fault = undefined;
  exchange.refusal = undefined;
  exchange.retryAfterSeconds = undefined;
}

/** Keeps what the SDK's errors leave out. */
function recordingPolicy(exchange: TokenExchange): PipelinePolicy {
  return {
    name: 'tokenExchange',
    async sendRequest(request, next) {
      forgetExchange(exchange);
      try {
        const response = await next(request);
        const { headers, body } = azureAnswer(response);
        exchange.retryAfterSeconds = retryAfterSeconds(headers, Date.now());
        if (isRecord(body) && typeof body['error_description'] === 'string') {
          exchange.refusal = `${body['error']}: ${body['error_description']}`;
        }
        return response;
      } catch (error) {
        exchange.fault = error;
        throw error;
      }
    },
  };
}
