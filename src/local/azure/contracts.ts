import type { Clock } from '../clock.ts';
import type { DocumentStore } from './document-store.ts';
import type { Switches } from './switches.ts';

/** Who a validated token speaks for. */
export interface Principal {
  readonly tenantId: string;
  readonly appId: string;
  readonly objectId: string;
}

/** How a long-running operation does not succeed. */
export interface OperationFailure {
  readonly code: string;
  readonly message: string;
  /** `Failed` unless given. */
  readonly status?: 'Failed' | 'Canceled';
}

/** Effects of a fault that the resource providers act on; the gateway handles the others itself. */
export interface OperationFault {
  /** The long-running operation of this call ends `Failed` (or `Canceled`) with this code. */
  readonly failOperation?: OperationFailure;
  /** The long-running operation of this call never ends. */
  readonly hangOperation?: boolean;
  /** The prefixes appear on the VNet only after this time (platform clock, not divided by speed). */
  readonly delayAllocationMs?: number;
  /** The pool lists the association, and counts it in its usage, only after this time. */
  readonly delayAssociationMs?: number;
}

/** What an operation of the emulated Azure gets, after the gateway has checked tokens, RBAC and existence. */
export interface ArmContext {
  readonly method: string;
  /** Scheme and host that the client used, for links in answers: `https://localhost:8443`. */
  readonly origin: string;
  /** Path as asked for, without query. */
  readonly path: string;
  /** Values of the `{names}` of the path pattern, decoded, in the case the client sent. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly apiVersion: string;
  readonly headers: Headers;
  /** Parsed JSON, or undefined when there was no body. */
  readonly body: unknown;
  readonly principal: Principal;
  readonly auxiliary: readonly Principal[];
  readonly fault: OperationFault;
  readonly azure: AzureServices;
  /** Checks another right of the caller. @throws ArmError when it is not held. */
  demand(action: string, scope: string): void;
}

/** What the parts of the emulated Azure share. */
export interface AzureServices {
  readonly clock: Clock;
  readonly store: DocumentStore;
  readonly switches: Switches;
  /** Latencies and Retry-After are divided by this. */
  readonly speed: number;
}

/** The services whose answers differ in headers and error bodies (reference azure-ipam, sections 5 and 13). */
export type AnsweringService = 'gateway' | 'nrp' | 'networkManager' | 'ipam';

export interface ArmAnswer {
  readonly status: number;
  readonly body?: unknown;
  /** `Azure-AsyncOperation`, `Location`, `Retry-After`, `ETag`, ...; the common ones come from the gateway. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the answer takes, in milliseconds of real time at speed 1; none unless given. */
  readonly latencyMs?: number;
}

/** A resource that a request body links to: RBAC is checked there too, in the tenant that owns it. */
export interface LinkedScope {
  readonly resourceId: string;
  readonly action: string;
}

/**
 * One operation of the REST API. The gateway finds it by method and path (case-insensitively),
 * checks `action` on the scope and `linkedScopes`, then calls `handle` inside one transaction of the
 * store: what a handler throws leaves no trace.
 */
export interface ArmOperation {
  /** Name in the REST specification: `VirtualNetworks_CreateOrUpdate`. */
  readonly name: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD';
  /**
   * `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/...`; `{+scope}` stands
   * for any number of segments with the slash in front, or nothing.
   */
  readonly path: string;
  /** RBAC action, or undefined when any authenticated caller may. */
  readonly action: string | undefined;
  readonly service: AnsweringService;
  /** A resource group in the path must exist, unless this is false (PUT of the group itself). */
  readonly needsResourceGroup?: boolean;
  linkedScopes?(body: unknown, switches: Switches): readonly LinkedScope[];
  handle(context: ArmContext): ArmAnswer;
}

/** Thrown by handlers and gateway; becomes the error body of the service that throws it. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly service: AnsweringService;
  readonly details: readonly unknown[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    service: AnsweringService,
    options: { details?: readonly unknown[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = 'ArmError';
    this.status = status;
    this.code = code;
    this.service = service;
    this.details = options.details ?? [];
    this.headers = options.headers ?? {};
  }
}
