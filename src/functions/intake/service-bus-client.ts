import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { RetryMode, ServiceBusClient, type ServiceBusClientOptions } from '@azure/service-bus';
import type { ServiceBusPlace } from '../service-bus-settings.ts';

const clientOptions: ServiceBusClientOptions = {
  // The default waits 30 s between tries, longer than a function may take (service-bus 6).
  retryOptions: {
    maxRetries: 3,
    retryDelayInMs: 500,
    maxRetryDelayInMs: 10_000,
    timeoutInMs: 10_000,
    mode: RetryMode.Exponential,
  },
};

/**
 * The client of the place; it connects when it is first used. As an identity, it needs no key.
 *
 * @param customEndpointAddress where the namespace is reached, if not at its name
 */
export function serviceBusClient(
  place: ServiceBusPlace,
  customEndpointAddress?: string,
): ServiceBusClient {
  if ('connectionString' in place) {
    return new ServiceBusClient(place.connectionString, clientOptions);
  }
  const { fullyQualifiedNamespace, identity, identityClientId: clientId } = place;
  const known = clientId === undefined ? {} : { clientId };
  const credential =
    identity === 'managed'
      ? new ManagedIdentityCredential(known)
      : new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {});
  return new ServiceBusClient(fullyQualifiedNamespace, credential, {
    ...clientOptions,
    ...(customEndpointAddress === undefined ? {} : { customEndpointAddress }),
  });
}
