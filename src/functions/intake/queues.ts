/** Entities of Service Bus that the app uses. */
export const entities = {
  requests: 'vnet-requests',
  rejected: 'vnet-requests-rejected',
  events: 'vnet-events',
  /** Subscription of the topic `vnet-events`. */
  callbacks: 'callbacks',
  failedCallbacks: 'vnet-callbacks-failed',
} as const;
