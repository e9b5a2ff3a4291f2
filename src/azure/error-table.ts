import type { ErrorCode } from '../model/error-catalogue.ts';
import type { ErrorKind } from '../model/errors.ts';

/** What an error of Azure becomes. Kind and remedy come from the catalogue unless given. */
export interface ErrorMeaning {
  readonly becomes: ErrorCode;
  readonly kind?: ErrorKind;
  /** May name facts in braces: `{tenantId}`, `{clientId}` and the named groups of the rule's text. */
  readonly remedy?: string;
}

/** Entra ID says 700016 of an unknown application and of a single-tenant one abroad. */
const onboard =
  'Check the client id {clientId}. Make the application multi-tenant, in its home tenant (az ad app update --id {clientId} --set signInAudience=AzureADMultipleOrgs); then an administrator of tenant {tenantId} runs: az ad sp create --id {clientId}';
const federation =
  'Compare issuer, subject and audience of the federated credential of application {clientId} with the token that Entra ID names in the cause: az ad app federated-credential list --id {clientId}';
/** One of the three that must match exactly, case included. */
const federatedMember = (member: string, value: string) =>
  `The ${member} that the cause names is that of no federated credential of application {clientId}: make one whose ${member} is ${value} (az ad app federated-credential list --id {clientId} shows those there are).`;
const unknownTenant =
  'Entra ID does not know tenant {tenantId}: correct the tenant id in the landscape, or the cloud of the app (VNETV_CLOUD).';
const otherCloud =
  "Tenant {tenantId} is in another of Azure's clouds: set VNETV_CLOUD to that one. Tenants of two clouds cannot work together.";
const enable =
  'An administrator of tenant {tenantId} runs: az ad sp update --id {clientId} --set accountEnabled=true (or enables the application in its home tenant).';

/**
 * What a code means in another tenant than the application's home: there Entra ID says 700016 of an
 * application that is not multi-tenant; of a multi-tenant one without service principal it says 7000229.
 */
export const entraErrorsAbroad: Readonly<Record<number, ErrorMeaning>> = {
  700016: { becomes: 'ApplicationNotMultiTenant', remedy: onboard },
};

/** AADSTS codes of the token endpoint (azure-ipam 3; the others: Microsoft's list of error codes). */
export const entraErrors: Readonly<Record<number, ErrorMeaning>> = {
  700016: { becomes: 'ServicePrincipalMissing', remedy: onboard },
  7000229: {
    becomes: 'ServicePrincipalMissing',
    remedy: 'An administrator of tenant {tenantId} runs: az ad sp create --id {clientId}',
  },
  50194: {
    becomes: 'ApplicationNotMultiTenant',
    remedy:
      'Run in the home tenant: az ad app update --id {clientId} --set signInAudience=AzureADMultipleOrgs',
  },
  // The application is not offered outside its own directory.
  50020: { becomes: 'ApplicationNotMultiTenant', remedy: onboard },
  650051: { becomes: 'ServicePrincipalMissing', remedy: onboard },
  650052: { becomes: 'ServicePrincipalMissing', remedy: onboard },
  650056: { becomes: 'ServicePrincipalMissing', remedy: onboard },
  7000112: { becomes: 'ApplicationDisabled', remedy: enable },
  70001: { becomes: 'ApplicationDisabled', remedy: enable },
  7000215: {
    becomes: 'CredentialInvalid',
    remedy:
      'Put the value (not the id) of a valid client secret of application {clientId} into the app setting.',
  },
  7000222: {
    becomes: 'CredentialInvalid',
    remedy:
      'The client secret has expired: add a new one to application {clientId} and update the app setting.',
  },
  7000216: { becomes: 'CredentialInvalid' },
  7000218: { becomes: 'CredentialInvalid' },
  700025: {
    becomes: 'CredentialInvalid',
    remedy:
      'Application {clientId} is a public client: az ad app update --id {clientId} --is-fallback-public-client false',
  },
  700023: { becomes: 'CredentialInvalid', remedy: federation },
  700024: {
    becomes: 'CredentialInvalid',
    remedy: 'The client assertion is outside its validity: check the clock of the app and renew.',
  },
  500133: {
    becomes: 'CredentialInvalid',
    remedy: 'The client assertion is outside its validity: check the clock of the app and renew.',
  },
  700027: {
    becomes: 'CredentialInvalid',
    remedy:
      'Register the certificate that the app signs with at application {clientId} (az ad app credential reset --id {clientId} --cert @FILE --append), or renew it if the cause says that it has expired.',
  },
  1000502: {
    becomes: 'CredentialInvalid',
    remedy:
      'The certificate of application {clientId} is not valid now: its time has not come, or is over. Renew it where the landscape says it is, and upload its public part (az ad app credential reset --id {clientId} --cert @FILE --append).',
  },
  700030: { becomes: 'CredentialInvalid' },
  50012: { becomes: 'CredentialInvalid' },
  50013: { becomes: 'CredentialInvalid' },
  50027: { becomes: 'CredentialInvalid', remedy: federation },
  70021: { becomes: 'CredentialInvalid', remedy: federation },
  700211: {
    becomes: 'CredentialInvalid',
    remedy: federatedMember(
      'issuer',
      "<authority>/<home tenant of the app's managed identity>/v2.0",
    ),
  },
  700212: {
    becomes: 'CredentialInvalid',
    remedy: federatedMember(
      'audience',
      'api://AzureADTokenExchange (…USGov, …China in those clouds)',
    ),
  },
  700213: {
    becomes: 'CredentialInvalid',
    remedy: federatedMember(
      'subject',
      "the object id (principal id) of the app's managed identity",
    ),
  },
  700236: {
    becomes: 'CredentialInvalid',
    remedy:
      'The managed identity must be in the home tenant of application {clientId}: run the app there, or use a certificate.',
  },
  90002: { becomes: 'TokenUnavailable', kind: 'operator', remedy: unknownTenant },
  900023: { becomes: 'TokenUnavailable', kind: 'operator', remedy: unknownTenant },
  90038: { becomes: 'TokenUnavailable', kind: 'operator', remedy: otherCloud },
  900432: { becomes: 'TokenUnavailable', kind: 'operator', remedy: otherCloud },
  500011: {
    becomes: 'TokenUnavailable',
    kind: 'operator',
    remedy:
      'Tenant {tenantId} does not know Azure Resource Manager under this authority: check cloud and tenant.',
  },
  650057: {
    becomes: 'TokenUnavailable',
    kind: 'operator',
    remedy:
      'Tenant {tenantId} gives application {clientId} no token for Azure Resource Manager: check that the cloud of the app (VNETV_CLOUD) is that of the tenant, then remove and make anew its service principal there (az ad sp create --id {clientId}).',
  },
  53003: {
    becomes: 'TokenUnavailable',
    kind: 'operator',
    remedy:
      'A Conditional Access policy of tenant {tenantId} blocks the application: exclude its service principal or add the outgoing address of the app.',
  },
  50196: { becomes: 'Throttled' },
  90006: { becomes: 'TokenUnavailable' },
  90012: { becomes: 'TokenUnavailable' },
  90024: { becomes: 'TokenUnavailable' },
  90055: { becomes: 'Throttled' },
  90033: { becomes: 'TokenUnavailable' },
};

/**
 * The codes that say that a secret or certificate is not, or no longer, good: a newer one may be there
 * already (docs/identity.md, "Rotation").
 */
export const refusedProofs: ReadonlySet<string> = new Set(
  [7000215, 7000222, 700027, 1000502, 700030, 700024, 50012, 50013].map((code) => `AADSTS${code}`),
);

/** OAuth's own error names, where the AADSTS code is absent or unknown. */
export const oauthErrors: Readonly<Record<string, ErrorMeaning>> = {
  invalid_client: { becomes: 'CredentialInvalid' },
  unauthorized_client: { becomes: 'TokenUnavailable', kind: 'operator' },
  invalid_request: { becomes: 'TokenUnavailable', kind: 'operator' },
  invalid_scope: { becomes: 'TokenUnavailable', kind: 'operator' },
  access_denied: { becomes: 'TokenUnavailable', kind: 'operator' },
};

/** A rule applies when everything that it names is so; the first rule that applies decides. */
export interface AnswerRule extends ErrorMeaning {
  readonly status?: readonly number[];
  /** The outer code, or that of any detail. */
  readonly codes?: readonly string[];
  /** Searched in the outer message and in those of the details; named groups become details of the error. */
  readonly text?: RegExp;
}

const assignPoolUser =
  "Assign IPAM Pool User on '{scope}' to the service principal of application {clientId} in the management tenant; it takes effect within minutes.";
const ipamCall = (status: string) =>
  new RegExp(`Ipam API call failed with status (?<ipamStatus>${status})\\b`, 'i');

/**
 * Answers of Resource Manager, network resource provider, network manager and IPAM services
 * (azure-ipam 8, 13, 14). Refusals of IPAM come first: their status and code outside are unconfirmed,
 * only their text is on record. PoolExhausted has no code of its own; the workflow tells it by usage.
 */
export const answerRules: readonly AnswerRule[] = [
  { text: ipamCall('TooManyRequests'), becomes: 'Throttled' },
  { text: ipamCall('Conflict'), becomes: 'ResourceBusy' },
  {
    text: ipamCall(
      '(?:InternalServerError|BadGateway|ServiceUnavailable|GatewayTimeout|RequestTimeout)',
    ),
    becomes: 'AzureUnavailable',
  },
  {
    text: new RegExp(
      `${ipamCall('NotFound').source}.*?Pool with ARM ID (?<scope>\\S+) not found`,
      'i',
    ),
    becomes: 'AzureRefused',
    kind: 'operator',
    remedy: "Check the id of the pool '{scope}' in the landscape; IPAM does not know it.",
  },
  {
    text: ipamCall('\\w+'),
    becomes: 'AzureRefused',
    remedy: 'Compare what was asked for with the usage and the rules of the pool.',
  },

  // Tokens.
  {
    status: [401],
    codes: ['InvalidAuthenticationTokenTenant'],
    text: /must match the tenant 'https:\/\/[^/']+\/(?<expectedTenantId>[0-9a-f-]{36})\/?'/i,
    becomes: 'AuthenticationFailed',
    kind: 'operator',
    remedy:
      'The subscription belongs to tenant {expectedTenantId}: correct the landscape. After a transfer between tenants Azure needs up to an hour.',
  },
  {
    status: [401],
    codes: ['InvalidAuthenticationTokenTenant'],
    becomes: 'AuthenticationFailed',
    kind: 'operator',
    remedy: 'The subscription does not belong to tenant {tenantId}: correct the landscape.',
  },
  {
    status: [401],
    codes: ['AuxiliaryTokensInvalidApplicationIdentity'],
    becomes: 'AuthenticationFailed',
    kind: 'operator',
    remedy:
      'Both tokens must come from application {clientId}: check the credentials of managed and management tenant.',
  },
  {
    status: [401],
    text: /auxiliary tokens contains? duplicates/i,
    becomes: 'AuthenticationFailed',
    kind: 'operator',
    remedy: 'Two tokens came from one tenant: check the tenant ids of the landscape.',
  },
  { status: [401], becomes: 'AuthenticationFailed' },

  // Permissions.
  {
    codes: ['LinkedAuthorizationFailed'],
    text: /current tenant '(?<currentTenantId>[^']+)' is not authorized to access linked subscription '(?<linkedSubscription>[^']+)'/i,
    becomes: 'LinkedAuthorizationFailed',
    remedy:
      'The token of the management tenant did not reach Azure, or subscription {linkedSubscription} of the pool is not in the management tenant: check the management tenant and the pool ids of the landscape. If it is the subscription of a VNet peered with this one, that is in a third tenant, whose token the workflow does not have.',
  },
  {
    codes: ['LinkedAuthorizationFailed'],
    text: /permission to perform action\(s\) '(?<action>[^']+)' on the linked scope\(s\) '(?<scope>[^']+\/ipamPools\/[^']+)'/i,
    becomes: 'LinkedAuthorizationFailed',
    remedy: assignPoolUser,
  },
  // A VNet that is written back whole names more than pools: network security groups, route tables, peers.
  {
    codes: ['LinkedAuthorizationFailed'],
    text: /permission to perform action\(s\) '(?<action>[^']+)' on the linked scope\(s\) '(?<scope>[^']+)'/i,
    becomes: 'LinkedAuthorizationFailed',
    remedy:
      "Assign a role with '{action}' on '{scope}' to application {clientId} in the tenant of that resource; it takes effect within minutes.",
  },
  {
    codes: ['LinkedAuthorizationFailed'],
    text: /linked subscription '(?<linkedSubscription>[^']+)' was not found/i,
    becomes: 'LinkedAuthorizationFailed',
    remedy:
      'Correct the id of the pool in the landscape: Azure does not know its subscription {linkedSubscription}.',
  },
  { codes: ['LinkedAuthorizationFailed'], becomes: 'LinkedAuthorizationFailed' },
  {
    codes: ['AuthorizationFailed'],
    text: /authorization to perform action '(?<action>[^']+)' over scope '(?<scope>[^']+)'/i,
    becomes: 'PermissionMissing',
    remedy:
      "Assign a role with '{action}' (Network Contributor for VNets, IPAM Pool User for pools) on '{scope}' or above to application {clientId} in tenant {tenantId}; it takes effect within minutes.",
  },
  { codes: ['AuthorizationFailed'], becomes: 'PermissionMissing' },
  {
    codes: ['RequestDisallowedByPolicy', 'RequestDisallowedByAzure'],
    becomes: 'AzureRefused',
    kind: 'operator',
    remedy:
      'An Azure Policy denies this: meet it (its name is in the cause) or have an exemption made.',
  },
  {
    codes: ['ScopeLocked'],
    text: /following scope\(s\) are locked: '(?<lockedScopes>[^']+)'/i,
    becomes: 'VirtualNetworkLocked',
    remedy: 'Have the owner of the management lock on {lockedScopes} remove it.',
  },
  { codes: ['ScopeLocked'], becomes: 'VirtualNetworkLocked' },
  {
    codes: ['ReadOnlyDisabledSubscription', 'SubscriptionNotRegistered', 'DisallowedOperation'],
    becomes: 'AzureRefused',
    kind: 'operator',
    remedy: 'Enable the subscription.',
  },
  {
    codes: ['MissingSubscriptionRegistration', 'NoRegisteredProviderFound'],
    becomes: 'AzureRefused',
    kind: 'operator',
    remedy:
      'Run in the managed tenant: az provider register --namespace Microsoft.Network --subscription <subscription>',
  },
  { status: [403], becomes: 'AzureRefused', kind: 'operator' },

  // Contention before throttling: a busy resource answers 429 as well.
  {
    codes: [
      'AnotherOperationInProgress',
      'RetryableError',
      'RetryableErrorDueToAnotherOperation',
      'ReferencedResourceNotProvisioned',
    ],
    becomes: 'ResourceBusy',
  },
  { codes: ['CanceledAndSupersededDueToAnotherOperation'], becomes: 'OperationSuperseded' },
  { status: [429], becomes: 'Throttled' },
  { status: [412], becomes: 'PreconditionFailed' },
  { codes: ['PreconditionFailed'], becomes: 'PreconditionFailed' },

  // What is not there.
  {
    codes: ['SubscriptionNotFound', 'InvalidSubscriptionId'],
    becomes: 'NotFound',
    kind: 'operator',
    remedy: 'Correct the subscription id of the landscape; tenant {tenantId} does not know it.',
  },
  { codes: ['ResourceGroupNotFound'], becomes: 'ResourceGroupMissing' },
  { status: [404], becomes: 'NotFound' },

  // In use.
  {
    codes: ['InUseSubnetCannotBeDeleted'],
    text: /Subnet (?<subnet>\S+) is in use by (?<user>\S+) and cannot be deleted/i,
    becomes: 'VirtualNetworkInUse',
    remedy: 'Delete {user}, or move it out of the subnet {subnet}.',
  },
  { codes: ['InUseSubnetCannotBeDeleted'], becomes: 'VirtualNetworkInUse' },
  {
    codes: ['RemotePeeringIsDisconnected'],
    becomes: 'AzureRefused',
    kind: 'operator',
    remedy:
      'Have the peering on the other side deleted or made anew: Azure accepts ours only when that one is Initiated or absent.',
  },

  { status: [408], becomes: 'AzureUnavailable' },
];
