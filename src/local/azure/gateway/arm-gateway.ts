import {
  type AnsweringService,
  type ArmAnswer,
  type ArmContext,
  ArmError,
  type ArmOperation,
  type AzureServices,
  type Principal,
} from '../contracts.ts';
import { type FaultEffect, operationFault } from '../control/faults.ts';
import type { ResourceGroupDocument, SubscriptionDocument } from '../documents.ts';
import type { SigningKey } from '../entra/signing-key.ts';
import type { Exchange, Service } from '../exchange.ts';
import { checkApiVersion } from './api-version.ts';
import { checkAction, checkLinkedScopes } from './authorization.ts';
import { answerHeaders } from './common-headers.ts';
import { errorBody } from './error-bodies.ts';
import { checkAuxiliaryTokens, checkPrimaryToken } from './identity.ts';
import { requireUnlocked } from './locks.ts';
import { RateLimits } from './rate-limits.ts';
import { parseBody, readBody } from './request-body.ts';
import {
  decodeSegment,
  normalPath,
  resourceGroupIdOf,
  scopeOfPath,
  subscriptionIdOf,
} from './resource-ids.ts';
import { type Route, RouteTable } from './route-table.ts';

/**
 * Azure Resource Manager: checks every request in the order of azure-ipam 8.2, hands it to its
 * operation inside one transaction of the store, and gives the answer the headers and error shape of
 * the service that speaks.
 */
export class ArmGateway implements Service {
  readonly #services: AzureServices;
  readonly #signingKey: SigningKey;
  readonly #routes: RouteTable;
  readonly #beforeEach: () => void;
  readonly #log: (message: string) => void;
  readonly #rateLimits = new RateLimits();

  constructor(options: {
    readonly services: AzureServices;
    readonly signingKey: SigningKey;
    readonly operations: readonly ArmOperation[];
    /** Brings about what time alone changes, before each request. */
    readonly beforeEach: () => void;
    readonly log: (message: string) => void;
  }) {
    this.#services = options.services;
    this.#signingKey = options.signingKey;
    this.#routes = new RouteTable(options.operations);
    this.#beforeEach = options.beforeEach;
    this.#log = options.log;
  }

  async answer(exchange: Exchange, effect: FaultEffect | undefined): Promise<Response> {
    const path = normalPath(exchange.path);
    const route = this.#routes.find(exchange.method, path);
    let limits: Record<string, string> = {};
    try {
      this.#beforeEach();
      const { principal, auxiliary } = await this.#authenticate(exchange, path);
      const body = await readBody(exchange.request);
      const subscriptionId = subscriptionIdOf(path) ?? principal.tenantId;
      limits = this.#rateLimits.count(exchange.method, principal.objectId, subscriptionId);
      const answer = this.#services.store.transaction(() =>
        this.#run({ exchange, path, route, effect, principal, auxiliary, body }),
      );
      if (answer.latencyMs) await sleep(answer.latencyMs / this.#services.speed);
      const service = route?.operation.service ?? 'gateway';
      return this.#respond(exchange, service, answer, limits);
    } catch (error) {
      if (error instanceof ArmError) return this.#respondError(exchange, error, limits);
      this.#log(`${exchange.method} ${path} failed: ${describe(error)}`);
      const message = 'The emulated Azure failed; its log tells why.';
      const failure = new ArmError(500, 'InternalServerError', message, 'gateway');
      return this.#respondError(exchange, failure, limits);
    }
  }

  refuse(exchange: Exchange, status: number, code: string, message: string): Response {
    const path = normalPath(exchange.path);
    const service =
      status === 401
        ? 'gateway'
        : (this.#routes.find(exchange.method, path)?.operation.service ?? 'gateway');
    return this.#respondError(exchange, new ArmError(status, code, message, service), {});
  }

  async #authenticate(
    exchange: Exchange,
    path: string,
  ): Promise<{ principal: Principal; auxiliary: readonly Principal[] }> {
    const subscriptionId = subscriptionIdOf(path);
    const subscription =
      subscriptionId === undefined
        ? undefined
        : this.#services.store.get<SubscriptionDocument>('subscriptions', subscriptionId);
    const principal = await checkPrimaryToken(exchange, this.#signingKey, subscription?.tenantId);
    if (subscriptionId !== undefined && !subscription) {
      throw new ArmError(
        404,
        'SubscriptionNotFound',
        `The subscription '${subscriptionId}' could not be found.`,
        'gateway',
      );
    }
    const auxiliary = await checkAuxiliaryTokens(
      this.#services,
      this.#signingKey,
      exchange,
      principal,
    );
    return { principal, auxiliary };
  }

  #run(request: {
    readonly exchange: Exchange;
    readonly path: string;
    readonly route: Route | undefined;
    readonly effect: FaultEffect | undefined;
    readonly principal: Principal;
    readonly auxiliary: readonly Principal[];
    readonly body: string;
  }): ArmAnswer {
    const { exchange, path, route, principal, auxiliary } = request;
    const apiVersion = checkApiVersion(exchange.url.searchParams, path);
    if (!route) throw this.#notRouted(exchange.method, path, apiVersion);
    const { operation, parameters } = route;
    const demand = (action: string, scope: string): void => {
      exchange.demanded.push({ action, scope });
      checkAction(this.#services, principal, action, scope);
    };
    if (operation.action !== undefined) demand(operation.action, scopeOfPath(path));
    const body = parseBody(request.body);
    const links = operation.linkedScopes?.(body, this.#services.switches) ?? [];
    for (const { action, resourceId } of links) {
      exchange.demanded.push({ action, scope: resourceId });
    }
    checkLinkedScopes(this.#services, operation, path, links, principal, auxiliary);
    if (operation.needsResourceGroup !== false) this.#checkResourceGroup(exchange.method, path);
    requireUnlocked(this.#services, exchange.method, operation.action, scopeOfPath(path));
    const context: ArmContext = {
      method: exchange.method,
      origin: exchange.origin,
      path,
      parameters,
      query: exchange.url.searchParams,
      apiVersion,
      headers: exchange.request.headers,
      body,
      principal,
      auxiliary,
      fault: operationFault(request.effect),
      azure: this.#services,
      demand,
    };
    return operation.handle(context);
  }

  /** Check 5, as far as the resource group goes; operations look after other parents. */
  #checkResourceGroup(method: string, path: string): void {
    const id = resourceGroupIdOf(path);
    if (id === undefined) return;
    const group = this.#services.store.get<ResourceGroupDocument>('resourceGroups', id);
    const name = decodeSegment(id.split('/')[4] ?? '');
    if (!group) {
      const message = `Resource group '${name}' could not be found.`;
      throw new ArmError(404, 'ResourceGroupNotFound', message, 'gateway');
    }
    if (group.provisioningState === 'Deleting' && method === 'PUT') {
      const message = `The resource group '${group.name}' is in deprovisioning state and cannot perform this operation.`;
      throw new ArmError(409, 'ResourceGroupBeingDeleted', message, 'gateway');
    }
  }

  #notRouted(method: string, path: string, apiVersion: string): ArmError {
    if (this.#routes.at(path).length > 0) {
      const message = `The requested resource does not support http method '${method}'.`;
      return new ArmError(405, 'MethodNotAllowed', message, 'gateway');
    }
    const [, namespace, rest] = /\/providers\/([^/]+)\/(.+)$/i.exec(path) ?? [];
    if (namespace === undefined || rest === undefined) {
      const message =
        'The request did not have a subscription or a valid tenant level resource provider.';
      return new ArmError(404, 'MissingSubscription', message, 'gateway');
    }
    const type = rest
      .split('/')
      .filter((_, index) => index % 2 === 0)
      .join('/');
    return new ArmError(
      404,
      'InvalidResourceType',
      `The resource type '${type}' could not be found in the namespace '${namespace}' for api version '${apiVersion}'. The emulated Azure offers what this product uses.`,
      'gateway',
    );
  }

  #respond(
    exchange: Exchange,
    service: AnsweringService,
    answer: ArmAnswer,
    rateLimits: Readonly<Record<string, string>>,
    isGatewayError = false,
  ): Response {
    const hasBody = answer.body !== undefined && exchange.method !== 'HEAD';
    const headers = answerHeaders({
      service,
      status: answer.status,
      hasBody,
      isGatewayError,
      path: exchange.path,
      requestHeaders: exchange.request.headers,
      rateLimits,
      own: answer.headers ?? {},
    });
    return new Response(hasBody ? JSON.stringify(answer.body) : null, {
      status: answer.status,
      headers,
    });
  }

  #respondError(
    exchange: Exchange,
    error: ArmError,
    rateLimits: Readonly<Record<string, string>>,
  ): Response {
    const isGateway = error.service === 'gateway';
    const answer = {
      status: error.status,
      body: errorBody(error.service, error),
      headers: error.headers,
    };
    return this.#respond(exchange, error.service, answer, isGateway ? {} : rateLimits, isGateway);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
