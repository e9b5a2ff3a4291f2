import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  defaultRetryPolicy,
  type HttpClient,
  type HttpMethods,
  type Pipeline,
  type PipelinePolicy,
  type PipelineRequest,
} from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import { type AzureAnswer, azureAnswer } from '../azure/azure-answer.ts';
import { hostPolicy } from '../azure/host-policy.ts';
import { explainAnswer, explainFault, explainSignIn } from './explain.ts';
import { ofTenant, personOf } from './own-tenant.ts';
import { SetupError } from './setup-error.ts';

/** Where the services are; https, without a path but for Graph's of an emulated Azure. */
export interface Endpoints {
  readonly authority: string;
  readonly resourceManager: string;
  readonly resourceManagerScope: string;
  readonly graph: string;
  readonly graphScope: string;
  /** What tokens of a managed identity are for that an application trusts. */
  readonly tokenExchangeAudience: string;
}

export interface TenantName {
  readonly tenantId: string;
  /** `management tenant`, `tenant fabrikam`. */
  readonly name: string;
  /** One of its subscriptions, where one is known: tools of Azure know by it which account is meant. */
  readonly subscriptionId?: string | undefined;
}

/** A request as the signed-in person of one tenant. */
export interface AdministrationRequest {
  readonly method: HttpMethods;
  /** Resource Manager: ARM id and what follows. Graph: below `/v1.0`. */
  readonly path: string;
  readonly apiVersion?: string;
  readonly body?: object;
  /** Statuses that are answers, not errors; 2xx always are. */
  readonly accept?: readonly number[];
  /** For messages: "Creating the pool corp". */
  readonly doing: string;
}

export interface AdministrationOptions {
  readonly endpoints: Endpoints;
  /** Asked once for each tenant; the credential keeps its tokens in memory alone. */
  readonly credentialOf: (tenant: TenantName) => Promise<TokenCredential> | TokenCredential;
  /** What to do when there is no token for a tenant. */
  readonly signInRemedy?: (tenant: TenantName) => string;
  readonly httpClient?: HttpClient;
}

const requestTimeoutMs = 60_000;
/** Of a list; no list of a landscape is as long. */
const mostPages = 1000;

interface Links {
  readonly nextLink?: string | null;
  readonly '@odata.nextLink'?: string | null;
}

const endless = (doing: string): SetupError =>
  new SetupError('AzureRefused', `${doing} does not end.`, {
    why: `Azure has led from page to page ${mostPages} times.`,
    remedy: 'Check the endpoints, and report it with what it says.',
  });

type Service = 'resourceManager' | 'graph';

/** Resource Manager and Graph, as whoever is signed in to each tenant. */
export class Administration {
  readonly #options: AdministrationOptions;
  readonly #httpClient: HttpClient;
  readonly #credentials = new Map<string, Promise<TokenCredential>>();
  readonly #pipelines = new Map<string, Promise<Pipeline>>();

  constructor(options: AdministrationOptions) {
    this.#options = options;
    this.#httpClient = options.httpClient ?? createDefaultHttpClient();
  }

  /** Proves that there is a token for both services; answers whose. @throws SetupError */
  async signIn(tenant: TenantName): Promise<string> {
    const { endpoints } = this.#options;
    let person = '';
    for (const scope of [endpoints.graphScope, endpoints.resourceManagerScope]) {
      try {
        const credential = await this.#credentialOf(tenant);
        const token = await credential.getToken(scope);
        if (token === null) throw new Error('There was no token.');
        person = personOf(token.token);
      } catch (error) {
        throw this.#withRemedy(explainSignIn(error, tenant), tenant);
      }
    }
    return person;
  }

  arm(tenant: TenantName, request: AdministrationRequest): Promise<AzureAnswer> {
    const { path, apiVersion = '' } = request;
    const query = `${path.includes('?') ? '&' : '?'}api-version=${apiVersion}`;
    const url = `${this.#options.endpoints.resourceManager}${path}${query}`;
    return this.#send('resourceManager', tenant, url, request);
  }

  graph(tenant: TenantName, request: AdministrationRequest): Promise<AzureAnswer> {
    const url = `${this.#options.endpoints.graph}/v1.0${request.path}`;
    return this.#send('graph', tenant, url, request);
  }

  /** All items of a list; `nextLink` leads on. @throws SetupError when it leads to another host, or without an end */
  listArm(tenant: TenantName, request: AdministrationRequest): Promise<readonly unknown[]> {
    return this.#all('resourceManager', tenant, request, () => this.arm(tenant, request));
  }

  /** The same for Graph and its `@odata.nextLink`. */
  listGraph(tenant: TenantName, request: AdministrationRequest): Promise<readonly unknown[]> {
    return this.#all('graph', tenant, request, () => this.graph(tenant, request));
  }

  async #all(
    service: Service,
    tenant: TenantName,
    request: AdministrationRequest,
    first: () => Promise<AzureAnswer>,
  ): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    let answer = await first();
    for (let pages = 1; ; pages++) {
      const body = (answer.body ?? {}) as { readonly value?: unknown[] } & Links;
      items.push(...(body.value ?? []));
      const link = body.nextLink || body['@odata.nextLink'];
      if (!link) return items;
      if (pages >= mostPages) throw endless(request.doing);
      // Links to next pages are followed by GET, whatever began the list.
      answer = await this.#send(service, tenant, link, { ...request, method: 'GET' });
    }
  }

  async #send(
    service: Service,
    tenant: TenantName,
    url: string,
    request: AdministrationRequest,
  ): Promise<AzureAnswer> {
    const { method, body, accept = [], doing } = request;
    const answer = await this.#answerOf(
      service,
      tenant,
      doing,
      createPipelineRequest({
        url,
        method,
        timeout: requestTimeoutMs,
        headers: createHttpHeaders({
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        }),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    if (answer.status < 300 || accept.includes(answer.status)) return answer;
    throw this.#withRemedy(explainAnswer(service, answer, tenant, doing), tenant);
  }

  async #answerOf(
    service: Service,
    tenant: TenantName,
    doing: string,
    request: PipelineRequest,
  ): Promise<AzureAnswer> {
    try {
      const pipeline = await this.#pipelineOf(service, tenant);
      return azureAnswer(await pipeline.sendRequest(this.#httpClient, request));
    } catch (error) {
      throw asSetupError(error) ?? this.#withRemedy(explainFault(error, tenant, doing), tenant);
    }
  }

  /** How to sign in depends on the way that was chosen. */
  #withRemedy(error: SetupError, tenant: TenantName): SetupError {
    const remedy = this.#options.signInRemedy?.(tenant);
    if (error.code !== 'SignInFailed' || remedy === undefined) return error;
    return new SetupError(error.code, error.message, { why: error.why, remedy });
  }

  #credentialOf(tenant: TenantName): Promise<TokenCredential> {
    const known =
      this.#credentials.get(tenant.tenantId) ??
      Promise.resolve(this.#options.credentialOf(tenant)).then((credential) =>
        ofTenant(credential, tenant),
      );
    this.#credentials.set(tenant.tenantId, known);
    return known;
  }

  #pipelineOf(service: Service, tenant: TenantName): Promise<Pipeline> {
    const key = `${service} ${tenant.tenantId}`;
    const known = this.#pipelines.get(key) ?? this.#createPipeline(service, tenant);
    this.#pipelines.set(key, known);
    return known;
  }

  async #createPipeline(service: Service, tenant: TenantName): Promise<Pipeline> {
    const { endpoints } = this.#options;
    const credential = await this.#credentialOf(tenant);
    const pipeline = createEmptyPipeline();
    pipeline.addPolicy(retryPolicy);
    // Links to next pages come from answers: tokens go to the service alone.
    pipeline.addPolicy(
      hostPolicy(service === 'graph' ? endpoints.graph : endpoints.resourceManager),
    );
    pipeline.addPolicy(
      bearerTokenAuthenticationPolicy({
        credential,
        scopes: service === 'graph' ? endpoints.graphScope : endpoints.resourceManagerScope,
      }),
      { phase: 'Sign' },
    );
    return pipeline;
  }
}

const defaultRetries = defaultRetryPolicy({ maxRetries: 3 });

/**
 * A POST of Graph makes something anew each time: one whose answer was lost is looked for at the next run,
 * not sent again.
 */
const retryPolicy: PipelinePolicy = {
  name: 'retryWhatMayBeSentTwice',
  sendRequest: (request, next) =>
    request.method === 'POST' ? next(request) : defaultRetries.sendRequest(request, next),
};

function asSetupError(error: unknown): SetupError | undefined {
  return error instanceof SetupError ? error : undefined;
}
