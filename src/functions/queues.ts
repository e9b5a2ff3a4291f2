/** Entities of Service Bus that the app uses. */
export const entities = {
  requests: 'vnet-requests',
  rejected: 'vnet-requests-rejected',
  events: 'vnet-events',
} as const;
