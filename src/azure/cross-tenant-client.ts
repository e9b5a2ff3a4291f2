import { NetworkManagementClient } from '@azure/arm-network';
import { createNetworkManagement, type NetworkManagementContext } from '@azure/arm-network/api';
import {
  auxiliaryAuthenticationHeaderPolicy,
  bearerTokenAuthenticationPolicyName,
  isRestError,
} from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { vendingError } from '../model/errors.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import { type AzureAnswer, azureAnswer } from './azure-answer.ts';
import { type TenantCredentials, timeoutPolicy } from './credentials.ts';
import {
  type CallContext,
  invalidAnswer,
  translateAnswer,
  translateFault,
} from './error-translation.ts';
import { ForeignHostError, hostPolicy } from './host-policy.ts';
import { type ObserveAzure, observingPolicy } from './observe-calls.ts';

/** One call of Resource Manager. */
export interface ArmCall {
  /** For messages: "Creating VNet 'a' in tenant 'b'". */
  readonly doing: string;
  /** Tenant that owns the subscription of the URL: its token is the primary one. */
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Send the token of the management tenant as auxiliary token. */
  readonly auxiliary?: boolean;
}

/** Clients for one subscription, one primary tenant, with or without auxiliary token. */
export interface ArmClients {
  readonly network: NetworkManagementClient;
  /** For what the client does not offer: absolute URLs through the same policies. */
  readonly raw: NetworkManagementContext;
}

/** Handed to the SDK's operations so that the raw answer is seen: its errors lose details and headers. */
export type OnResponse = (response: Parameters<typeof azureAnswer>[0]) => void;

export interface CrossTenantOptions {
  readonly credentials: TenantCredentials;
  readonly managementTenantId: string;
  /** Endpoint of Resource Manager, https. */
  readonly resourceManager: string;
  readonly requestTimeoutSeconds: number;
  readonly observe?: ObserveAzure | undefined;
}

interface CachedClients extends ArmClients {
  readonly primary: TokenCredential;
  readonly auxiliary: TokenCredential | undefined;
}

/** Calls Resource Manager as the application, in any tenant, and classifies what comes back. */
export class CrossTenantClient {
  readonly #options: CrossTenantOptions;
  readonly #clients = new Map<string, CachedClients>();

  constructor(options: CrossTenantOptions) {
    this.#options = options;
  }

  /**
   * Runs one call. `run` makes exactly one request (one a page for lists) and passes `onResponse`
   * on to the SDK. Tokens are obtained before, so that a missing one is told as what it is.
   */
  async call<T>(
    call: ArmCall,
    run: (clients: ArmClients, onResponse: OnResponse) => Promise<T>,
  ): Promise<Outcome<{ readonly value: T; readonly answer: AzureAnswer }>> {
    let answer: AzureAnswer | undefined;
    return await this.#run(
      call,
      (clients) =>
        run(clients, (response) => {
          answer = azureAnswer(response);
        }),
      () => answer,
    );
  }

  async #run<T>(
    call: ArmCall,
    run: (clients: ArmClients) => Promise<T>,
    lastAnswer: () => AzureAnswer | undefined,
  ): Promise<Outcome<{ readonly value: T; readonly answer: AzureAnswer }>> {
    const clients = await this.#clientsFor(call);
    if (!clients.ok) return clients;
    const context = this.contextOf(call);
    try {
      const value = await run(clients.value);
      const answer = lastAnswer();
      if (!answer) return failure(translateFault(new Error('no answer'), context));
      if (answer.status >= 400) {
        return failure(this.#refused(answer, call, clients.value, context));
      }
      // Redirects are not followed: Resource Manager knows none.
      if (answer.status >= 300) return failure(invalidAnswer(context, 'A redirect.', answer));
      return success({ value, answer });
    } catch (error) {
      const answer = errorAnswer(error, lastAnswer());
      if (error instanceof ForeignHostError) return failure(foreignHost(error, context));
      if (!answer) return failure(translateFault(error, context));
      return failure(
        answer.status < 400
          ? invalidAnswer(context, words(error), answer)
          : this.#refused(answer, call, clients.value, context),
      );
    }
  }

  /** For errors that the caller finds itself. */
  contextOf(call: ArmCall): CallContext {
    const { clientId } = this.#options.credentials;
    return { doing: call.doing, tenantId: call.tenantId, clientId };
  }

  /**
   * Classifies an error answer. After a 401 or 403 the next call uses fresh tokens: the cached ones
   * may have expired on the way, or be older than a role that was just granted (azure-ipam 9).
   */
  #refused(answer: AzureAnswer, call: ArmCall, clients: CachedClients, context: CallContext) {
    if (answer.status === 401 || answer.status === 403) {
      this.#options.credentials.forget(call.tenantId, clients.primary);
      if (clients.auxiliary) {
        this.#options.credentials.forget(this.#options.managementTenantId, clients.auxiliary);
      }
    }
    return translateAnswer(answer, context);
  }

  async #clientsFor(call: ArmCall): Promise<Outcome<CachedClients>> {
    const { credentials, managementTenantId } = this.#options;
    const primary = await credentials.obtain(call.tenantId, 'primary', call.doing);
    if (!primary.ok) return primary;
    let auxiliary: TokenCredential | undefined;
    // Two tokens of one tenant are refused, and not needed: the primary one is good for the pool.
    if (call.auxiliary && call.tenantId !== managementTenantId) {
      const obtained = await credentials.obtain(managementTenantId, 'auxiliary', call.doing);
      if (!obtained.ok) return obtained;
      auxiliary = obtained.value.credential;
    }
    const key = [call.tenantId, call.subscriptionId, auxiliary ? 'auxiliary' : ''].join('|');
    const cached = this.#clients.get(key);
    if (cached?.primary === primary.value.credential && cached.auxiliary === auxiliary) {
      return success(cached);
    }
    const created = this.#create(call, primary.value.credential, auxiliary);
    this.#clients.set(key, created);
    return success(created);
  }

  #create(
    { tenantId, subscriptionId }: ArmCall,
    primary: TokenCredential,
    auxiliary: TokenCredential | undefined,
  ): CachedClients {
    const { observe } = this.#options;
    const options = {
      endpoint: this.#options.resourceManager,
      credentials: { scopes: [this.#options.credentials.scope] },
      // One call is one request: the orchestration decides about retries.
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      additionalPolicies: [
        {
          policy: timeoutPolicy(this.#options.requestTimeoutSeconds),
          position: 'perCall' as const,
        },
        ...(observe
          ? [
              {
                policy: observingPolicy(observe, { tenantId, auxiliary: auxiliary !== undefined }),
                position: 'perCall' as const,
              },
            ]
          : []),
        ...(auxiliary
          ? [
              {
                policy: auxiliaryAuthenticationHeaderPolicy({
                  credentials: [auxiliary],
                  scopes: this.#options.credentials.scope,
                }),
                position: 'perRetry' as const,
              },
            ]
          : []),
      ],
    };
    const network = new NetworkManagementClient(primary, subscriptionId, options);
    const raw = createNetworkManagement(primary, subscriptionId, options);
    for (const { pipeline } of [network, raw]) {
      pipeline.addPolicy(hostPolicy(this.#options.resourceManager), {
        beforePolicies: [bearerTokenAuthenticationPolicyName],
      });
    }
    return { network, raw, primary, auxiliary };
  }
}

function foreignHost(error: ForeignHostError, context: CallContext) {
  return vendingError('AzureAnswerInvalid', `${context.doing} was not tried.`, {
    kind: 'terminal',
    cause: `${error.message} Azure's answer, or what was stored of it, names a host that is not Resource Manager.`,
    remedy: 'Check the endpoint of the app and who can write to its storage.',
    details: { host: error.host },
  });
}

/**
 * The answer that an error is about; undefined when none came. Later pages of a list throw without
 * telling `onResponse`: what their error holds has to do.
 */
function errorAnswer(error: unknown, seen: AzureAnswer | undefined): AzureAnswer | undefined {
  if (seen && seen.status >= 400) return seen;
  if (error instanceof Error && error.name === 'AbortError') return undefined;
  if (!isRestError(error)) return seen;
  const { response } = error;
  if (!response || response.status < 400) return response && (seen ?? azureAnswer(response));
  if (response.bodyAsText) return azureAnswer(response);
  const body = { code: error.code, message: error.message };
  return { status: response.status, headers: response.headers.toJSON(), body };
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
