import type { Dependencies } from '../activities/dependencies.ts';
import type { AzureReads } from '../azure/azure-reads.ts';
import { createAzure } from '../azure/create-azure.ts';
import { ServiceBus } from './intake/service-bus.ts';
import { openLedger } from './open-ledger.ts';
import type { Settings } from './settings.ts';
import { observeAzure } from './telemetry/observe-azure.ts';
import { observedLedger } from './telemetry/observed-ledger.ts';

/** Everything that the functions share. */
export interface App extends Dependencies {
  readonly serviceBus: ServiceBus;
}

/** What the API needs beside it: to show people what there is. */
export type ApiApp = App & { readonly azure: AzureReads };

/** The composition root: the only place that knows which parts are used. */
export function createApp(settings: Settings): ApiApp {
  const serviceBus = new ServiceBus(settings.serviceBus);
  const requestTimeoutSeconds = settings.VNETV_REQUEST_TIMEOUT_SECONDS;
  const pageUrl = settings.VNETV_PAGE_URL ?? settings.VNETV_PUBLIC_ORIGIN;
  return {
    landscape: settings.landscape,
    ledger: observedLedger(openLedger(settings.ledger)),
    azure: createAzure({
      landscape: settings.landscape,
      settings: settings.all,
      cloud: settings.cloud,
      endpoints: {
        ...settings.endpoints,
        disableInstanceDiscovery: settings.VNETV_DISABLE_INSTANCE_DISCOVERY === 'true',
      },
      observe: observeAzure(settings.landscape),
      ...(requestTimeoutSeconds === undefined ? {} : { requestTimeoutSeconds }),
    }),
    serviceBus,
    events: serviceBus,
    ...(pageUrl === undefined ? {} : { pageUrl }),
    now: () => new Date(),
  };
}
