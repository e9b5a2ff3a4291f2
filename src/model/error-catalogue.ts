import { apiErrors } from './api/api-errors.ts';
import { callbackErrors } from './callback-errors.ts';
import type { CatalogueEntry } from './errors.ts';

type ErrorGroup = Record<string, CatalogueEntry>;

/** Messages that never become a request or a decision (`rejectReason` of the rejected queue). */
const messageErrors = {
  SchemaInvalid: {
    kind: 'terminal',
    cause: 'The message does not have the form of a request.',
    remedy: 'Correct the field that the description names and send the request again.',
  },
  UnknownOperation: {
    kind: 'terminal',
    cause: 'The operation is not one that this version offers.',
    remedy: 'Use one of the operations that the description lists.',
  },
  UnsupportedVersion: {
    kind: 'terminal',
    cause: 'The envelope or the request has a version that this product does not know.',
    remedy: 'Send CloudEvents specversion 1.0, or the bare request.',
  },
  TooLarge: {
    kind: 'terminal',
    cause: 'The message is larger than the limit for requests.',
    remedy:
      'Shorten the request (reason, tags, subnets) below the limit that the description names.',
  },
  Contradiction: {
    kind: 'terminal',
    cause: 'A request with this id but other content was accepted before.',
    remedy: 'Use a new id for a new request; an accepted request is never changed.',
  },
  TenantNotAllowed: {
    kind: 'terminal',
    cause: 'The app lets in people and applications of certain tenants only, and of no other.',
    remedy:
      'Sign in with an account of a tenant that is let in, or have the network platform team add this one to VNETV_ALLOWED_TENANTS.',
  },
  Unauthorized: {
    kind: 'terminal',
    cause: 'The sender may not do this.',
    remedy: 'Ask somebody who holds the right to decide, or correct the identity in the message.',
  },
  UnknownRequest: {
    kind: 'terminal',
    cause: 'No request with this id was ever accepted.',
    remedy: 'Check the request id of the decision.',
  },
  DecisionNotPossible: {
    kind: 'terminal',
    cause: 'The request is not in a state in which this decision can be taken.',
    remedy: 'Look at the state of the request; to stop a request that is running, cancel it.',
  },
  AlreadyDecided: {
    kind: 'terminal',
    cause: 'Somebody else, or the time limit, was faster.',
    remedy: 'Look at the request again; nothing has to be done.',
  },
  RevisionConflict: {
    kind: 'terminal',
    cause: 'The request has changed since it was looked at.',
    remedy: 'Look at the request again, then decide on what it is now.',
  },
} as const satisfies ErrorGroup;

/** Faults of a request against the landscape, and prerequisites that are not met. */
const planErrors = {
  RequestInvalid: {
    kind: 'terminal',
    cause: 'The request contradicts itself, or asks for what Azure cannot give.',
    remedy: 'Correct what the message names and send the request again under a new id.',
  },
  TargetNotAllowed: {
    kind: 'terminal',
    cause: 'The landscape does not offer the subscription or the resource group of the tenant.',
    remedy:
      'Name a subscription and resource group of the landscape, or ask the network platform team to add it.',
  },
  UnknownTenant: {
    kind: 'terminal',
    cause: 'The landscape does not list the tenant.',
    remedy: 'Use the alias or the id of a managed tenant of the landscape.',
  },
  UnknownPool: {
    kind: 'terminal',
    cause: 'The landscape does not list the pool.',
    remedy: 'Use the alias of a pool of the landscape.',
  },
  PolicyDenied: {
    kind: 'terminal',
    cause: 'A policy rule of the landscape denies the request.',
    remedy: 'Ask within the policy, or ask the network platform team to change it.',
  },
  QuotaExceeded: {
    kind: 'terminal',
    cause: 'A quota of the landscape would be exceeded.',
    remedy:
      'Remove VNets that nobody needs any more, ask for less, or ask the network platform team for a larger quota.',
  },
  PrerequisitesNotMet: {
    kind: 'operator',
    cause: 'The set-up of the tenants is incomplete for this request.',
    remedy: 'Follow the remedy of each finding, then send the request again under a new id.',
  },
  ServicePrincipalMissing: {
    kind: 'operator',
    cause: 'The application has no service principal in the tenant.',
    remedy: 'An administrator of the tenant runs: az ad sp create --id <client id>',
  },
  ApplicationNotMultiTenant: {
    kind: 'operator',
    cause: 'The application only signs in to its home tenant.',
    remedy:
      'Run in the home tenant: az ad app update --id <client id> --set signInAudience=AzureADMultipleOrgs',
  },
  ApplicationDisabled: {
    kind: 'operator',
    cause: 'The application, or its service principal in the tenant, is disabled.',
    remedy:
      'An administrator runs: az ad sp update --id <client id> --set accountEnabled=true (or enables the application)',
  },
  CredentialInvalid: {
    kind: 'operator',
    cause: 'Entra ID does not accept the credential of the application.',
    remedy: 'Renew the secret, certificate or federated credential and update the app setting.',
  },
  CertificateUnusable: {
    kind: 'operator',
    cause: 'The certificate of the application cannot be read, or is no certificate with its key.',
    remedy:
      'Put certificate and private key, in PEM and without a pass phrase, where the landscape says.',
  },
  ManagedIdentityMissing: {
    kind: 'operator',
    cause: 'The app runs where there is no managed identity, or not the one that is named.',
    remedy:
      'Run the app in Azure with its managed identity, or give the landscape another credential: certificate or clientSecret.',
  },
  TokenUnavailable: {
    kind: 'retryable',
    cause: 'Entra ID did not issue a token.',
    remedy: 'Try again; if it stays, check the authority and the sign-in logs of the tenant.',
  },
  PermissionMissing: {
    kind: 'operator',
    cause: 'The application lacks a permission on the scope.',
    remedy: 'Assign the role that the message names at the scope; it takes effect within minutes.',
  },
  ConnectionNotConnected: {
    kind: 'operator',
    cause: 'The cross-tenant connection of the network manager is not in state Connected.',
    remedy: 'Create the connection on the side that is missing, with exactly the same scope.',
  },
  ResourceGroupMissing: {
    kind: 'operator',
    cause: 'The resource group does not exist.',
    remedy: 'Create the resource group in the managed tenant, or name an existing one.',
  },
  RegionMismatch: {
    kind: 'terminal',
    cause: 'A VNet takes prefixes only from a pool of its own region.',
    remedy: 'Choose a pool of the region of the VNet, or the region of the pool.',
  },
  PoolExhausted: {
    kind: 'operator',
    cause: 'The pool does not have the space.',
    remedy: 'Ask for less, choose another pool, or have the pool enlarged.',
  },
  VirtualNetworkExists: {
    kind: 'terminal',
    cause: 'A VNet of this name exists and was not created by this request.',
    remedy: 'Choose another name, or associate the existing VNet.',
  },
  VirtualNetworkBusy: {
    kind: 'terminal',
    cause: 'Another request is running for the same VNet.',
    remedy: 'Wait for the other request to end, then send the request again under a new id.',
  },
  VirtualNetworkMissing: {
    kind: 'terminal',
    cause: 'There is no VNet of this name.',
    remedy: 'Check tenant, subscription, resource group and name of the target.',
  },
  AlreadyAssociated: {
    kind: 'terminal',
    cause: 'The VNet has an association that the request does not allow for.',
    remedy: 'Disassociate the VNet first, or leave the association as it is.',
  },
  PrefixNotInPool: {
    kind: 'terminal',
    cause: 'A pool takes a VNet in only when all its prefixes of that family lie inside the pool.',
    remedy: 'Name the pool that holds the prefixes, or have the pool enlarged.',
  },
  PrefixNotFree: {
    kind: 'operator',
    cause: 'The pool has given the prefix to somebody else, or holds it back.',
    remedy: 'Find out who uses the prefix; free it, or move the VNet to other prefixes.',
  },
  VirtualNetworkInUse: {
    kind: 'operator',
    cause: 'Azure deletes no VNet that something is connected to.',
    remedy: 'Remove what the message names, then send the request again under a new id.',
  },
  VirtualNetworkPeered: {
    kind: 'terminal',
    cause: 'The VNet is peered with others, which would be cut off.',
    remedy: 'Remove the peerings, or ask with detachPeerings to take our side of them off.',
  },
  VirtualNetworkLocked: {
    kind: 'operator',
    cause: 'A management lock forbids the change.',
    remedy: 'Have the owner of the lock remove it, then send the request again under a new id.',
  },
  VirtualNetworkNotOwned: {
    kind: 'terminal',
    cause: 'A VNet is deleted only if tag and ledger prove that a request created it.',
    remedy: 'Ask with override; an operator then has to approve. Or delete the VNet by hand.',
  },
  VirtualNetworkNotManaged: {
    kind: 'terminal',
    cause: 'The VNet is no longer what a request made of it.',
    remedy: 'Find out who changed it. Ask with override; an operator then has to approve.',
  },
  PlanChanged: {
    kind: 'terminal',
    cause: 'What would be done is no longer what was approved.',
    remedy: 'Send the request again under a new id; the new plan needs a new approval.',
  },
} as const satisfies ErrorGroup;

/** What Entra ID and Azure Resource Manager answered. */
const azureErrors = {
  AuthenticationFailed: {
    kind: 'retryable',
    cause: 'Azure Resource Manager did not accept a token.',
    remedy:
      'Try again with fresh tokens; if it stays, check tenant and application of both tokens.',
  },
  LinkedAuthorizationFailed: {
    kind: 'operator',
    cause:
      'The application may not use the pool, or the token of the management tenant was missing.',
    remedy: 'Assign IPAM Pool User on the pool to the application in the management tenant.',
  },
  Throttled: {
    kind: 'retryable',
    cause: 'Azure asked to slow down.',
    remedy: 'Nothing; the workflow waits as told.',
  },
  ResourceBusy: {
    kind: 'retryable',
    cause: 'Another operation on the same resource is in progress.',
    remedy: 'Nothing; the workflow waits until the other operation is done.',
  },
  AzureUnavailable: {
    kind: 'retryable',
    cause: 'Azure did not answer, or answered with a server error.',
    remedy: 'Nothing; the workflow reads what happened and tries again.',
  },
  AzureAnswerInvalid: {
    kind: 'retryable',
    cause: 'The answer of Azure does not have the documented form.',
    remedy: 'Try again; if it stays, report it with the request id of Azure.',
  },
  AzureRefused: {
    kind: 'terminal',
    cause: 'Azure refused the call.',
    remedy: 'Read the words of Azure in the cause.',
  },
  PreconditionFailed: {
    kind: 'terminal',
    cause: 'The resource changed, or came into being, since it was read.',
    remedy: 'Read it again and decide again.',
  },
  NotFound: {
    kind: 'terminal',
    cause: 'The resource does not exist.',
    remedy: 'Check the id.',
  },
  OperationFailed: {
    kind: 'terminal',
    cause: 'Azure accepted the call, then the operation failed.',
    remedy: 'Read the words of Azure in the cause.',
  },
  OperationSuperseded: {
    kind: 'retryable',
    cause: 'Another operation replaced the one of the workflow.',
    remedy: 'Nothing; the workflow reads the VNet and decides again.',
  },
} as const satisfies ErrorGroup;

/** How a request ended, other than `succeeded`. */
const workflowErrors = {
  OperationTimedOut: {
    kind: 'operator',
    cause: 'The operation did not end within its bound.',
    remedy:
      'Check the state of the VNet in the portal, then send the request again under a new id.',
  },
  AllocationNotConfirmed: {
    kind: 'operator',
    cause: 'VNet and pool did not agree on the prefix within the bound.',
    remedy: 'Check the pool in the management tenant, then send the request again under a new id.',
  },
  AllocationInvalid: {
    kind: 'operator',
    cause: 'The allocated prefixes are not what was asked for.',
    remedy: 'Check the pool for overlapping allocations and report the finding.',
  },
  VirtualNetworkChanged: {
    kind: 'operator',
    cause: 'Somebody deleted, replaced, retagged or disassociated the VNet while the workflow ran.',
    remedy: 'Find out who changed it, then send the request again under a new id.',
  },
  ReleaseNotConfirmed: {
    kind: 'operator',
    cause:
      'The pool still lists what was removed, or could not be asked, until the bound was over.',
    remedy:
      'Look at the pool in the management tenant. The same removal under a new id verifies the release again.',
  },
  RetriesExhausted: {
    kind: 'operator',
    cause: 'A call kept failing until its budget was spent.',
    remedy: 'Check the health of Azure, then send the request again under a new id.',
  },
  ApprovalExpired: {
    kind: 'terminal',
    cause: 'Nobody decided within the time limit.',
    remedy: 'Send the request again under a new id and remind the approvers.',
  },
  DecisionRejected: {
    kind: 'terminal',
    cause: 'An approver rejected the request.',
    remedy: 'Talk to the approver; send a changed request under a new id.',
  },
  Cancelled: {
    kind: 'terminal',
    cause: 'The request was cancelled.',
    remedy: 'Send the request again under a new id if it is needed after all.',
  },
  CompensationFailed: {
    kind: 'operator',
    cause: 'What the workflow had done could not be taken back.',
    remedy:
      'Remove the cause, then resume the request: it looks again at what is left and goes on. The request names the leftovers.',
  },
  Unexpected: {
    kind: 'operator',
    cause: 'A defect, or something that nobody foresaw.',
    remedy: 'Report it with the request id.',
  },
} as const satisfies ErrorGroup;

/** The sections of `docs/errors.md`. */
export const errorGroups = [
  { title: 'Messages and decisions that are refused', errors: messageErrors },
  { title: 'Plan and prerequisites', errors: planErrors },
  { title: 'Calls to Azure', errors: azureErrors },
  { title: 'How a request ended', errors: workflowErrors },
  { title: 'Calls of the HTTP API', errors: apiErrors },
  { title: 'Callbacks', errors: callbackErrors },
] as const satisfies readonly { title: string; errors: ErrorGroup }[];

/**
 * Every error code of the product, with its usual cause and remedy.
 * `docs/errors.md` is generated from this table (`scripts/generate-error-docs.ts`).
 */
export const errorCatalogue = {
  ...messageErrors,
  ...planErrors,
  ...azureErrors,
  ...workflowErrors,
  ...apiErrors,
  ...callbackErrors,
} as const;

export type ErrorCode = keyof typeof errorCatalogue;
