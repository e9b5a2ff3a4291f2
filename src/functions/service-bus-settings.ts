import { z } from 'zod';

/** App setting that holds the connection of Service Bus; triggers name it too, and so does the host. */
export const serviceBusConnection = 'ServiceBusConnection';

/**
 * The app settings that say where Service Bus is, by the names that the Functions host knows: a connection
 * string, or a namespace that the app comes to as an identity.
 */
export const serviceBusSettingsShape = {
  /** Connection string with a key, for the local platform and the emulator. */
  [serviceBusConnection]: z.string().min(1).optional(),
  /** `contoso-vnets.servicebus.windows.net`; no key is needed. */
  [`${serviceBusConnection}__fullyQualifiedNamespace`]: z
    .string()
    .regex(
      /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i,
      'must be a host name, such as NAME.servicebus.windows.net',
    )
    .optional(),
  /** `managedidentity`; without it, whatever identity is at hand, such as that of the Azure CLI. */
  [`${serviceBusConnection}__credential`]: z.literal('managedidentity').optional(),
  /** Of a user-assigned managed identity, if it is not AZURE_CLIENT_ID. */
  [`${serviceBusConnection}__clientId`]: z.guid().optional(),
} as const;

/** Where Service Bus is. */
export type ServiceBusPlace =
  | { readonly connectionString: string }
  | {
      readonly fullyQualifiedNamespace: string;
      readonly identity: 'managed' | 'any';
      readonly identityClientId: string | undefined;
    };

type ServiceBusSettings = z.output<z.ZodObject<typeof serviceBusSettingsShape>>;

/** Throws unless exactly one place is given: trigger and sender would not be of one mind. */
export function serviceBusPlaceIn(
  settings: ServiceBusSettings & { readonly AZURE_CLIENT_ID?: string | undefined },
): ServiceBusPlace {
  const connectionString = settings.ServiceBusConnection;
  const namespace = settings.ServiceBusConnection__fullyQualifiedNamespace;
  if (connectionString !== undefined && namespace === undefined) return { connectionString };
  if (connectionString === undefined && namespace !== undefined) {
    return {
      fullyQualifiedNamespace: namespace,
      identity: settings.ServiceBusConnection__credential === undefined ? 'any' : 'managed',
      identityClientId: settings.ServiceBusConnection__clientId ?? settings.AZURE_CLIENT_ID,
    };
  }
  throw new Error(
    'App settings are missing or wrong. Set exactly one of ServiceBusConnection__fullyQualifiedNamespace ' +
      '(in Azure, with ServiceBusConnection__credential=managedidentity) and ServiceBusConnection (a connection string).',
  );
}
