import { AsyncLocalStorage } from 'node:async_hooks';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { AccessToken, TokenCredential } from '@azure/identity';
import type { VendingError } from '../model/errors.ts';
import { credentialIn, type Landscape } from '../model/landscape.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import { type Proof, type ProofSource, proofSource } from './application-proof.ts';
import { azureAnswer, isRecord, retryAfterSeconds } from './azure-answer.ts';
import type { Cloud } from './clouds.ts';
import { refusedProofs } from './error-table.ts';
import { type CallContext, translateFault, translateTokenFailure } from './error-translation.ts';

export interface CredentialOptions {
  readonly landscape: Landscape;
  readonly settings: Readonly<Record<string, string | undefined>>;
  readonly cloud: Cloud;
  readonly authority: string;
  /** For an authority that is not one of Microsoft's public ones. */
  readonly disableInstanceDiscovery: boolean;
  /** Time limit of one request for a token. */
  readonly requestTimeoutSeconds: number;
  /** How long a certificate counts as current without being read again. */
  readonly certificateRereadSeconds?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const defaultCertificateRereadSeconds = 5 * 60;

/** What the SDK's errors do not tell about the requests that it made for a token. */
interface TokenExchange {
  /** Why the application could not prove who it is. */
  proofError: VendingError | undefined;
  /** Why no answer came. */
  fault: unknown;
  /** Error name and description of Entra ID; the SDK drops those of the metadata request. */
  refusal: string | undefined;
  retryAfterSeconds: number | undefined;
}

/** Each call has its own, because calls for one tenant share its credential. */
const exchanges = new AsyncLocalStorage<TokenExchange>();

interface TenantCredential {
  readonly credential: TokenCredential;
  /** Of the proof that it was made with. */
  readonly version: string;
}

type Obtained = Outcome<{ readonly credential: TokenCredential; readonly token: AccessToken }>;

/**
 * One credential object for each tenant, kept as long as its tokens and its proof are good: the SDK caches
 * tokens in it. All of them are of one application, whose two tokens Azure compares.
 */
export class TenantCredentials {
  readonly #options: CredentialOptions;
  readonly #byTenant = new Map<string, TenantCredential>();
  /** By what the landscape says of them: tenants may share one. */
  readonly #sources = new Map<string, ProofSource>();

  constructor(options: CredentialOptions) {
    this.#options = options;
  }

  get clientId(): string {
    return this.#options.landscape.application.clientId;
  }

  /** Scope of Resource Manager's tokens, whatever endpoint it is reached at. */
  get scope(): string {
    return this.#options.cloud.resourceManagerScope;
  }

  /**
   * The credential of the tenant, after proving that it yields a token: a policy of the pipeline
   * would send the request without auxiliary token and only log a warning (azure-ipam 2.5, trap 6).
   * What Entra ID refuses is read again, and tried once more if it was rotated.
   *
   * @param use As the SDK's policies ask: the primary token is one of continuous access evaluation,
   *   the auxiliary token is not, and the SDK caches the two apart.
   */
  async obtain(tenantId: string, use: 'primary' | 'auxiliary', doing: string): Promise<Obtained> {
    const context: CallContext = { doing, tenantId, clientId: this.clientId };
    const source = this.#sourceOf(tenantId);
    const proof = await source.current(doing);
    if (!proof.ok) return proof;
    const obtained = await this.#ask(proof.value, use, context);
    if (obtained.ok || !refusedProofs.has(obtained.error.details?.['azureCode'] ?? '')) {
      return obtained;
    }
    const renewed = await source.renew(doing);
    if (!renewed.ok) return failure(withRenewalError(obtained.error, renewed.error));
    if (renewed.value.version === proof.value.version) return obtained;
    return await this.#ask(renewed.value, use, context);
  }

  /** Makes the next call ask for a fresh token: Azure did not accept the cached one. */
  forget(tenantId: string, credential: TokenCredential): void {
    if (this.#byTenant.get(tenantId)?.credential === credential) this.#byTenant.delete(tenantId);
  }

  async #ask(proof: Proof, use: 'primary' | 'auxiliary', context: CallContext): Promise<Obtained> {
    const { tenantId } = context;
    let used = this.#byTenant.get(tenantId);
    if (used?.version !== proof.version) used = this.#open(tenantId, proof);
    this.#byTenant.set(tenantId, used);
    const { credential } = used;
    const exchange = newExchange();
    try {
      const token = await exchanges.run(exchange, () =>
        credential.getToken(this.scope, { enableCae: use === 'primary' }),
      );
      if (token?.token) return success({ credential, token });
      return failure(translateTokenFailure(new Error('The answer holds no token.'), context));
    } catch (error) {
      // After some failures the SDK answers from memory for a minute without asking again.
      this.forget(tenantId, credential);
      const { proofError, fault, refusal } = exchange;
      if (proofError !== undefined) return failure(proofError);
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

  #open(tenantId: string, proof: Proof): TenantCredential {
    const { authority, disableInstanceDiscovery, requestTimeoutSeconds } = this.#options;
    const credential = proof.open(
      tenantId,
      {
        authorityHost: authority,
        disableInstanceDiscovery,
        retryOptions: { maxRetries: 0 },
        additionalPolicies: [
          { policy: timeoutPolicy(requestTimeoutSeconds), position: 'perCall' },
          { policy: recordingPolicy, position: 'perRetry' },
        ],
      },
      (error) => {
        const exchange = exchanges.getStore();
        if (exchange) exchange.proofError = error;
      },
    );
    return { credential, version: proof.version };
  }

  #sourceOf(tenantId: string): ProofSource {
    const { landscape, settings, cloud, requestTimeoutSeconds } = this.#options;
    const credential = credentialIn(landscape, tenantId);
    const key = JSON.stringify(credential);
    const known = this.#sources.get(key);
    if (known) return known;
    const source = proofSource(credential, {
      clientId: this.clientId,
      cloud,
      settings,
      requestTimeoutSeconds,
      rereadSeconds: this.#options.certificateRereadSeconds ?? defaultCertificateRereadSeconds,
      now: this.#options.now ?? Date.now,
    });
    this.#sources.set(key, source);
    return source;
  }
}

/** The refusal stays what is told; that nothing newer could be read stands beside it. */
const withRenewalError = (refusal: VendingError, renewal: VendingError): VendingError => ({
  ...refusal,
  cause: `${refusal.cause} Reading the certificate again failed: ${renewal.cause}`,
});

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

const newExchange = (): TokenExchange => ({
  proofError: undefined,
  fault: undefined,
  refusal: undefined,
  retryAfterSeconds: undefined,
});

/** Keeps what the SDK's errors leave out, of the last request of a call. */
const recordingPolicy: PipelinePolicy = {
  name: 'tokenExchange',
  async sendRequest(request, next) {
    const exchange = exchanges.getStore() ?? newExchange();
    Object.assign(exchange, newExchange());
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
