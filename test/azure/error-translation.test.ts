import { describe, expect, test } from 'vitest';
import type { AzureAnswer } from '../../src/azure/azure-answer.ts';
import {
  translateAnswer,
  translateFault,
  translateOperation,
  translateTokenFailure,
} from '../../src/azure/error-translation.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import type { ErrorKind, VendingError } from '../../src/model/errors.ts';

const context = {
  doing: "Creating VNet 'vnet-a' in tenant 'fabrikam'",
  tenantId: 'b0000000-0000-4000-8000-000000000000',
  clientId: 'c0000000-0000-4000-8000-000000000000',
};

interface Case {
  readonly name: string;
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly retryAfterSeconds?: number;
  readonly details?: Record<string, string>;
  readonly remedy?: RegExp;
}

const wrapped = (code: string, message: string, details?: readonly unknown[]) => ({
  error: { code, message, ...(details ? { details } : {}) },
});
const flat = (code: string, message: string) => ({
  code,
  message,
  target: null,
  details: null,
  additionalInfo: null,
});

const vnetId =
  '/subscriptions/b1/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet-a';
const poolId =
  '/subscriptions/a1/resourceGroups/rg/providers/Microsoft.Network/networkManagers/nm/ipamPools/p';
const write = 'Microsoft.Network/virtualNetworks/write';
const associate = 'Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action';

const cases: readonly Case[] = [
  {
    name: 'an auxiliary token of another application',
    status: 401,
    body: wrapped(
      'AuxiliaryTokensInvalidApplicationIdentity',
      "Authentication failed for auxiliary token: 'The '1' auxiliary tokens are either not application token(s) or are from the application(s) 'x' which are different from the application of primary identity 'y'.'",
    ),
    code: 'AuthenticationFailed',
    kind: 'operator',
    remedy: /c0000000-0000-4000-8000-000000000000/,
  },
  {
    name: 'two tokens of one tenant, whatever the code',
    status: 401,
    body: wrapped(
      'Whatever',
      "Authentication failed for auxiliary token: The '1' auxiliary tokens contains duplicates which are from the same tenant.",
    ),
    code: 'AuthenticationFailed',
    kind: 'operator',
  },
  {
    name: 'a token of the wrong tenant, with the right one in the words',
    status: 401,
    body: wrapped(
      'InvalidAuthenticationTokenTenant',
      "The access token is from the wrong issuer 'https://sts.windows.net/a0000000-0000-4000-8000-000000000000/'. It must match the tenant 'https://sts.windows.net/e0000000-0000-4000-8000-000000000000/' associated with this subscription.",
    ),
    code: 'AuthenticationFailed',
    kind: 'operator',
    details: { expectedTenantId: 'e0000000-0000-4000-8000-000000000000' },
    remedy: /e0000000-0000-4000-8000-000000000000/,
  },
  {
    name: 'an expired token',
    status: 401,
    body: wrapped(
      'ExpiredAuthenticationToken',
      "The access token expiry UTC time '3/19/2023 8:55:46 AM' is earlier than current UTC time '3/19/2023 8:55:57 AM'.",
    ),
    code: 'AuthenticationFailed',
    kind: 'retryable',
  },
  {
    name: 'a 401 without a body',
    status: 401,
    code: 'AuthenticationFailed',
    kind: 'retryable',
  },
  {
    name: 'a missing permission on the own scope',
    status: 403,
    body: wrapped(
      'AuthorizationFailed',
      `The client 'app' with object id 'oid' does not have authorization to perform action '${write}' over scope '${vnetId}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ),
    code: 'PermissionMissing',
    kind: 'operator',
    details: { action: write, scope: vnetId },
    remedy: /virtualNetworks\/write/,
  },
  {
    name: 'a missing auxiliary token (text 1)',
    status: 403,
    body: wrapped(
      'LinkedAuthorizationFailed',
      `The client has permission to perform action '${write}' on scope '${vnetId}', however the current tenant 'b0' is not authorized to access linked subscription 'a1'.`,
    ),
    code: 'LinkedAuthorizationFailed',
    kind: 'operator',
    details: { currentTenantId: 'b0', linkedSubscription: 'a1' },
    remedy: /token of the management tenant/,
  },
  {
    name: 'a missing role on the pool (text 2)',
    status: 403,
    body: wrapped(
      'LinkedAuthorizationFailed',
      `The client 'app' with object id 'oid' has permission to perform action '${write}' on scope '${vnetId}'; however, it does not have permission to perform action(s) '${associate}' on the linked scope(s) '${poolId}' (respectively) or the linked scope(s) are invalid.`,
    ),
    code: 'LinkedAuthorizationFailed',
    kind: 'operator',
    details: { action: associate, scope: poolId },
    remedy: /IPAM Pool User on '\/subscriptions\/a1\//,
  },
  {
    name: 'a missing role on a resource that a whole VNet names',
    status: 403,
    body: wrapped(
      'LinkedAuthorizationFailed',
      `The client 'app' with object id 'oid' has permission to perform action '${write}' on scope '${vnetId}'; however, it does not have permission to perform action(s) 'Microsoft.Network/routeTables/join/action' on the linked scope(s) '/subscriptions/b1/routeTables/rt' (respectively) or the linked scope(s) are invalid.`,
    ),
    code: 'LinkedAuthorizationFailed',
    kind: 'operator',
    details: { scope: '/subscriptions/b1/routeTables/rt' },
    remedy: /^Assign a role with 'Microsoft\.Network\/routeTables\/join\/action' on/,
  },
  {
    name: 'a pool in an unknown subscription (text 3)',
    status: 403,
    body: wrapped(
      'LinkedAuthorizationFailed',
      `The client has permission to perform action '${write}' on scope '${vnetId}', however the linked subscription 'a1' was not found. `,
    ),
    code: 'LinkedAuthorizationFailed',
    kind: 'operator',
    details: { linkedSubscription: 'a1' },
    remedy: /Correct the id of the pool/,
  },
  {
    name: 'an Azure Policy that denies',
    status: 403,
    body: wrapped('RequestDisallowedByPolicy', "Resource 'vnet-a' was disallowed by policy."),
    code: 'AzureRefused',
    kind: 'operator',
    remedy: /Azure Policy/,
  },
  {
    name: 'a resource that the gateway does not know',
    status: 404,
    headers: { 'x-ms-failure-cause': 'gateway' },
    body: wrapped(
      'ResourceNotFound',
      "The Resource 'Microsoft.Network/networkManagers/nm/ipamPools/p' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    ),
    code: 'NotFound',
    kind: 'terminal',
  },
  {
    name: 'a missing resource group',
    status: 404,
    body: wrapped('ResourceGroupNotFound', "Resource group 'rg' could not be found."),
    code: 'ResourceGroupMissing',
    kind: 'operator',
  },
  {
    name: 'a subscription that the tenant does not know',
    status: 404,
    body: wrapped('SubscriptionNotFound', "The subscription 'b1' could not be found."),
    code: 'NotFound',
    kind: 'operator',
  },
  {
    name: 'a VNet that the network resource provider does not know',
    status: 404,
    body: wrapped('NotFound', `Resource ${vnetId} not found.`, []),
    code: 'NotFound',
    kind: 'terminal',
  },
  {
    name: 'a connection that the network manager does not know (message before code)',
    status: 404,
    body: {
      error: { message: 'Resource [id] does not exist or has been deleted', code: 'NotFound' },
    },
    code: 'NotFound',
    kind: 'terminal',
    details: { azureCode: 'NotFound' },
  },
  {
    name: 'a pool that IPAM does not know (flat body)',
    status: 404,
    body: flat('NotFound', `Ipam pool '${poolId}' not found.`),
    code: 'NotFound',
    kind: 'terminal',
    details: { azureCode: 'NotFound' },
  },
  {
    name: 'a pool on the VNet PUT that IPAM does not know, even as 404',
    status: 404,
    body: wrapped(
      'Whatever',
      `Ipam API call failed with status NotFound with error message Pool with ARM ID ${poolId} not found., please check the parameters and retry.`,
    ),
    code: 'AzureRefused',
    kind: 'operator',
    details: { ipamStatus: 'NotFound', scope: poolId },
    remedy: /ipamPools\/p/,
  },
  {
    name: 'a refusal of IPAM, whatever the outer code',
    status: 400,
    body: wrapped('Whatever', 'Ipam API call failed with status BadRequest with error message x.'),
    code: 'AzureRefused',
    kind: 'terminal',
    details: { ipamStatus: 'BadRequest' },
  },
  {
    name: 'a server error of IPAM behind a 400',
    status: 400,
    body: wrapped('Whatever', 'Ipam API call failed with status ServiceUnavailable with error x.'),
    code: 'AzureUnavailable',
    kind: 'retryable',
    details: { ipamStatus: 'ServiceUnavailable' },
  },
  {
    name: 'an unknown 400 with details',
    status: 400,
    body: wrapped('InvalidRequestFormat', 'Cannot parse the request.', [
      { code: 'InvalidJson', message: "Could not find member 'x' on object of type 'Y'." },
    ]),
    code: 'AzureRefused',
    kind: 'terminal',
    details: { azureCode: 'InvalidRequestFormat', azureDetailCodes: 'InvalidJson' },
  },
  {
    name: 'an overlap of subnets',
    status: 400,
    body: wrapped('NetcfgSubnetRangesOverlap', "Subnet 's' is not valid because ..."),
    code: 'AzureRefused',
    kind: 'terminal',
    details: { azureCode: 'NetcfgSubnetRangesOverlap' },
  },
  {
    name: 'a subnet in use',
    status: 400,
    body: wrapped(
      'InUseSubnetCannotBeDeleted',
      'Subnet app is in use by /subscriptions/b1/networkInterfaces/nic-1/ipConfigurations/one and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.',
    ),
    code: 'VirtualNetworkInUse',
    kind: 'operator',
    details: { user: '/subscriptions/b1/networkInterfaces/nic-1/ipConfigurations/one' },
    remedy: /nic-1\/ipConfigurations\/one.*subnet app/,
  },
  {
    name: 'a subnet in use, in other words',
    status: 400,
    body: wrapped('InUseSubnetCannotBeDeleted', 'In use.'),
    code: 'VirtualNetworkInUse',
    kind: 'operator',
  },
  {
    name: 'a peering whose other side is disconnected',
    status: 400,
    body: wrapped(
      'RemotePeeringIsDisconnected',
      'Cannot create or update peering p, because remote peering q referencing parent virtual network v is in Disconnected state.',
    ),
    code: 'AzureRefused',
    kind: 'operator',
    remedy: /other side/,
  },
  {
    name: 'another operation in progress',
    status: 409,
    body: wrapped(
      'AnotherOperationInProgress',
      'Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: https://management.azure.com/subscriptions/b1/providers/Microsoft.Network/locations/westus/operations/g?api-version=2026-01-01&t=638&c=MIIH&s=sign-ature&h=hash',
      [],
    ),
    code: 'ResourceBusy',
    kind: 'retryable',
  },
  {
    name: 'nested resources',
    status: 409,
    body: wrapped('CannotDeleteResource', 'Cannot delete resource while nested resources exist.'),
    code: 'AzureRefused',
    kind: 'terminal',
  },
  {
    name: 'a lock',
    status: 409,
    body: wrapped(
      'ScopeLocked',
      "The scope '/subscriptions/b1/v' cannot perform delete operation because following scope(s) are locked: '/subscriptions/b1'. Please remove the lock and try again.",
    ),
    code: 'VirtualNetworkLocked',
    kind: 'operator',
    details: { lockedScopes: '/subscriptions/b1' },
    remedy: /lock on \/subscriptions\/b1 remove/,
  },
  {
    name: 'a lock, in other words',
    status: 409,
    body: wrapped('ScopeLocked', 'Locked.'),
    code: 'VirtualNetworkLocked',
    kind: 'operator',
  },
  {
    name: 'a failed precondition',
    status: 412,
    body: wrapped('PreconditionFailed', 'x'),
    code: 'PreconditionFailed',
    kind: 'terminal',
  },
  {
    name: 'a busy resource behind a 429 without Retry-After',
    status: 429,
    body: wrapped('RetryableError', 'A retryable error occurred.', [
      {
        code: 'RetryableErrorDueToAnotherOperation',
        message: `Operation PutSubnetOperation (g) is updating resource ${vnetId}. The call can be retried in 14 seconds.`,
      },
    ]),
    code: 'ResourceBusy',
    kind: 'retryable',
    retryAfterSeconds: 14,
    details: { azureDetailCodes: 'RetryableErrorDueToAnotherOperation' },
  },
  {
    name: 'a referenced resource that is still being updated',
    status: 429,
    body: wrapped('RetryableError', 'A retryable error occurred.', [
      { code: 'ReferencedResourceNotProvisioned', message: 'Cannot proceed with operation ...' },
    ]),
    code: 'ResourceBusy',
    kind: 'retryable',
  },
  {
    name: 'throttling with Retry-After',
    status: 429,
    headers: { 'retry-after': '17' },
    body: wrapped('TooManyRequests', 'The request is being throttled.'),
    code: 'Throttled',
    kind: 'retryable',
    retryAfterSeconds: 17,
  },
  {
    name: 'throttling without anything',
    status: 429,
    code: 'Throttled',
    kind: 'retryable',
  },
  {
    name: 'an outage with Retry-After as a date',
    status: 503,
    headers: {
      date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT',
    },
    body: '<html>Service Unavailable</html>',
    code: 'AzureUnavailable',
    kind: 'retryable',
    retryAfterSeconds: 30,
  },
  {
    name: 'a server error',
    status: 500,
    body: wrapped('InternalServerError', 'An error occurred.'),
    code: 'AzureUnavailable',
    kind: 'retryable',
  },
  { name: 'a timeout at the gateway', status: 408, code: 'AzureUnavailable', kind: 'retryable' },
  {
    name: 'a 4xx that nobody foresaw',
    status: 418,
    body: { unexpected: true },
    code: 'AzureRefused',
    kind: 'terminal',
  },
];

describe('an error answer of Resource Manager', () => {
  test.each(cases)('$name becomes $code, $kind', (expected) => {
    const answer: AzureAnswer = {
      status: expected.status,
      headers: { 'x-ms-request-id': 'request-1', ...expected.headers },
      body: expected.body,
    };
    const error = translateAnswer(answer, context);
    expect(error).toMatchObject({ code: expected.code, kind: expected.kind });
    expect(error.retryAfterSeconds).toBe(expected.retryAfterSeconds);
    expect(error.details).toMatchObject({
      azureStatus: String(expected.status),
      azureRequestId: 'request-1',
      ...expected.details,
    });
    if (expected.remedy) expect(error.remedy).toMatch(expected.remedy);
    expect(error.remedy, 'a remedy names only what is known').not.toMatch(/[{}]|<\w*Id>/);
    expect(error.message).toContain("Creating VNet 'vnet-a' in tenant 'fabrikam'");
  });

  test('carries the words of Azure, of the outer error and of its details', () => {
    const body = wrapped('Outer', 'First.', [{ code: 'Inner', message: 'Second.' }]);
    expect(translateAnswer({ status: 400, headers: {}, body }, context).cause).toBe(
      'Outer: First. | Inner: Second.',
    );
  });

  test('prefers the millisecond headers over Retry-After', () => {
    const headers = { 'retry-after': '60', 'x-ms-retry-after-ms': '1500' };
    expect(translateAnswer({ status: 429, headers, body: undefined }, context)).toMatchObject({
      retryAfterSeconds: 1.5,
    });
  });
});

describe('an operation that did not succeed', () => {
  const operation = (status: string, error: unknown): VendingError =>
    translateOperation({ status: 200, headers: {}, body: { status, error } }, status, context);

  test('keeps the code, message and details that Azure gave', () => {
    const error = operation('Failed', {
      code: 'InternalServerError',
      message: 'An error occurred.',
      details: [{ code: 'Deeper', message: 'The reason.' }],
    });
    expect(error).toMatchObject({
      code: 'OperationFailed',
      kind: 'terminal',
      cause: 'InternalServerError: An error occurred. | Deeper: The reason.',
      details: { azureCode: 'InternalServerError', azureDetailCodes: 'Deeper' },
    });
  });

  test('that another one superseded can be decided again', () => {
    const error = operation('Canceled', {
      details: [
        {
          code: 'CanceledAndSupersededDueToAnotherOperation',
          message:
            'Operation PutSubnetOperation (g) was canceled and superseded by operation PutVirtualNetworkOperation (h).',
        },
      ],
    });
    expect(error).toMatchObject({ code: 'OperationSuperseded', kind: 'retryable' });
  });

  test('that was cancelled otherwise has failed', () => {
    expect(operation('Canceled', undefined)).toMatchObject({ code: 'OperationFailed' });
  });

  test('names the refusal of IPAM', () => {
    const error = operation('Failed', {
      code: 'X',
      message: 'Ipam API call failed with status BadRequest with error message y.',
    });
    expect(error).toMatchObject({
      code: 'OperationFailed',
      details: { ipamStatus: 'BadRequest' },
    });
  });
});

describe('a token that could not be had', () => {
  /** As the SDK says it: neither status nor body, the code in the words. */
  const sdkError = (code: number, words: string, oauth = 'invalid_client') =>
    new Error(
      `${oauth}: Error(s): ${code} - Timestamp: 2026-01-01 00:00:00Z - Description: AADSTS${code}: ${words} Trace ID: t Correlation ID: c - Correlation ID: c - Trace ID: t`,
    );

  test.each<[number, string, ErrorCode, ErrorKind, RegExp]>([
    [
      700016,
      "Application with identifier 'X' was not found in the directory 'Y'.",
      'ServicePrincipalMissing',
      'operator',
      /az ad sp create --id c0000000/,
    ],
    [
      7000229,
      'The client application X is missing service principal in the tenant Y.',
      'ServicePrincipalMissing',
      'operator',
      /tenant b0000000.*az ad sp create --id c0000000/,
    ],
    [
      50194,
      "Application 'X'(Y) is not configured as a multi-tenant application.",
      'ApplicationNotMultiTenant',
      'operator',
      /AzureADMultipleOrgs/,
    ],
    [7000215, 'Invalid client secret provided.', 'CredentialInvalid', 'operator', /not the id/],
    [
      7000222,
      'The provided client secret keys are expired.',
      'CredentialInvalid',
      'operator',
      /expired/,
    ],
    [
      700024,
      'Client assertion is not within its valid time range.',
      'CredentialInvalid',
      'operator',
      /clock/,
    ],
    [700027, 'The key was not found.', 'CredentialInvalid', 'operator', /certificate/],
    [1000502, 'It is outside its time.', 'CredentialInvalid', 'operator', /Renew it/],
    [
      700211,
      'No matching federated identity record found.',
      'CredentialInvalid',
      'operator',
      /^The issuer .* of application c0000000/,
    ],
    [
      70021,
      'No matching federated identity record found.',
      'CredentialInvalid',
      'operator',
      /Compare/,
    ],
    [700212, 'No matching record: audience.', 'CredentialInvalid', 'operator', /^The audience/],
    [700213, 'No matching record: subject.', 'CredentialInvalid', 'operator', /principal id/],
    [700236, 'Entra ID tokens may not be used.', 'CredentialInvalid', 'operator', /home tenant/],
    [700025, 'Client is public.', 'CredentialInvalid', 'operator', /public client/],
    [500133, 'Assertion is not valid.', 'CredentialInvalid', 'operator', /clock/],
    [70001, 'The application is disabled.', 'ApplicationDisabled', 'operator', /accountEnabled/],
    [53003, 'Access has been blocked.', 'TokenUnavailable', 'operator', /Conditional Access/],
    [650057, 'Invalid resource.', 'TokenUnavailable', 'operator', /VNETV_CLOUD/],
    [90038, 'The tenant belongs to a cloud.', 'TokenUnavailable', 'operator', /another of Azure/],
    [500011, 'The resource was not found.', 'TokenUnavailable', 'operator', /check cloud/],
    [50196, 'A client request loop.', 'Throttled', 'retryable', /waits/],
    [
      7000112,
      "Application 'X'(Y) is disabled.",
      'ApplicationDisabled',
      'operator',
      /accountEnabled/,
    ],
    [90002, "Tenant 'Y' not found.", 'TokenUnavailable', 'operator', /correct the tenant id/],
    [90033, 'A transient error has occurred.', 'TokenUnavailable', 'retryable', /Try again/],
    [90055, 'Server is temporarily too busy.', 'Throttled', 'retryable', /waits/],
  ])('AADSTS%i (%s) becomes %s, %s', (code, words, expected, kind, remedy) => {
    const error = translateTokenFailure(sdkError(code, words), context);
    expect(error).toMatchObject({
      code: expected,
      kind,
      details: { azureCode: `AADSTS${code}`, tenantId: context.tenantId },
    });
    expect(error.remedy).toMatch(remedy);
    expect(error.cause).toContain(words);
  });

  test('for a code that nobody knows is told apart by the OAuth error', () => {
    expect(translateTokenFailure(sdkError(1234567, 'x'), context)).toMatchObject({
      code: 'CredentialInvalid',
    });
    expect(translateTokenFailure(sdkError(1234567, 'x', 'server_error'), context)).toMatchObject({
      code: 'TokenUnavailable',
      kind: 'retryable',
    });
  });
});

describe('a call without an answer', () => {
  test.each<[string, string, ErrorKind, RegExp]>([
    ['ECONNRESET', 'socket hang up', 'retryable', /connection/],
    ['ECONNREFUSED', 'connect ECONNREFUSED', 'retryable', /connection/],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND host', 'retryable', /name of the endpoint/],
    ['ETIMEDOUT', 'connect ETIMEDOUT', 'retryable', /time limit/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate', 'operator', /certificate/],
  ])('%s (%s) is %s', (code, message, kind, what) => {
    const error = translateFault(Object.assign(new Error(message), { code }), context);
    expect(error).toMatchObject({ code: 'AzureUnavailable', kind });
    expect(error.message).toMatch(what);
  });

  test('finds the reason in the cause of the error', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    const error = translateFault(new Error('network_error', { cause: reset }), context);
    expect(error.details).toEqual({ networkCode: 'ECONNRESET' });
  });
});
