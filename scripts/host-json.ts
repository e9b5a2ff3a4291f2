/** Where Durable Functions keeps its state. It cannot be changed while requests are running. */
export const backEnds = ['azureStorage', 'azureManaged'] as const;
export type BackEnd = (typeof backEnds)[number];

/** Lowest extension bundle that brings Durable Task Scheduler along. */
const bundleWithScheduler = '[4.38.0, 5.0.0)';

interface HostJson {
  readonly extensionBundle: Readonly<Record<string, string>>;
  readonly extensions: {
    readonly durableTask: Readonly<Record<string, unknown>>;
    readonly [name: string]: unknown;
  };
  readonly [name: string]: unknown;
}

/**
 * The host.json of a package for a back end; the one in this repository is that for Azure Storage.
 *
 * An app setting could change the back end for the host (`AzureFunctionsJobHost__extensions__…`), but not for
 * the scale controller: it reads host.json alone (Azure/azure-functions-durable-extension#2622), so the app would
 * not be woken by its own workflows.
 */
export function hostJsonFor(backEnd: BackEnd, source: HostJson): HostJson {
  if (backEnd === 'azureStorage') return source;
  return {
    ...source,
    extensionBundle: { ...source.extensionBundle, version: bundleWithScheduler },
    extensions: {
      ...source.extensions,
      durableTask: {
        ...source.extensions.durableTask,
        hubName: '%TASKHUB_NAME%',
        storageProvider: {
          type: 'azureManaged',
          connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
        },
        tracing: { distributedTracingEnabled: true, version: 'None' },
      },
    },
  };
}
