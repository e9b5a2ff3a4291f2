import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/sources.ts';
import { readSettings } from '../../src/functions/settings.ts';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { appRoles } from '../../src/model/api/callers.ts';
import {
  missing,
  type Prediction,
  predict,
  signInClientId,
  tenantId,
  timeout,
  variants,
} from './predict.ts';

/** Settings that the Functions host or App Service reads; of a name with `*`, its beginning counts. */
const settingsOfHost = [
  'AzureWebJobsStorage__*',
  'AzureWebJobsDisableHomepage',
  'ServiceBusConnection__*',
  'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'DURABLE_TASK_SCHEDULER_CONNECTION_STRING',
  'TASKHUB_NAME',
  'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID',
  'WEBSITE_AUTH_AAD_ALLOWED_TENANTS',
  'OTEL_TRACES_SAMPLER*',
];

/** Properties and settings that Flex Consumption has put others in place of ("deprecations", Microsoft). */
const notOnFlex = [
  ...['alwaysOn', 'containerSize', 'ftpsState', 'functionAppScaleLimit', 'isReserved', 'isXenon'],
  ...['javaVersion', 'linuxFxVersion', 'netFrameworkVersion', 'powerShellVersion'],
  ...['preWarmedInstanceCount', 'use32BitWorkerProcess', 'vnetRouteAllEnabled', 'windowsFxVersion'],
  ...['FUNCTIONS_EXTENSION_VERSION', 'FUNCTIONS_WORKER_RUNTIME', 'FUNCTIONS_WORKER_PROCESS_COUNT'],
  ...['FUNCTIONS_WORKER_RUNTIME_VERSION', 'SCM_DO_BUILD_DURING_DEPLOYMENT', 'ENABLE_ORYX_BUILD'],
  ...['WEBSITE_CONTENTAZUREFILECONNECTIONSTRING', 'WEBSITE_CONTENTSHARE', 'WEBSITE_VNET_ROUTE_ALL'],
  ...['WEBSITE_NODE_DEFAULT_VERSION', 'WEBSITE_RUN_FROM_PACKAGE', 'WEBSITE_DNS_SERVER'],
];

/** What takes the place of values that are known only after deployment. */
const deployed: Readonly<Record<string, string>> = {
  ServiceBusConnection__fullyQualifiedNamespace: 'contoso.servicebus.windows.net',
  ServiceBusConnection__clientId: '44444444-4444-4444-8444-444444444444',
  AZURE_CLIENT_ID: '44444444-4444-4444-8444-444444444444',
  VNETV_LEDGER_TABLE_ENDPOINT: 'https://contoso.table.core.windows.net/',
  VNETV_PUBLIC_ORIGIN: 'https://func-contoso.azurewebsites.net',
  VNETV_CLOUD: 'public',
};

describe('The function app', { timeout }, () => {
  let standard: Prediction;
  let scheduler: Prediction;

  beforeAll(async () => {
    if (missing !== undefined) return;
    standard = await predict('main.bicep', variants.standard);
    scheduler = await predict('main.bicep', variants.scheduler);
  }, timeout);

  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  const settingsOf = (prediction: Prediction): Readonly<Record<string, string>> =>
    prediction.one('Microsoft.Web/sites/config', /appsettings$/).properties;

  it('runs on Flex Consumption, as a user-assigned identity, over HTTPS from TLS 1.2 on', () => {
    const app = standard.one('Microsoft.Web/sites');

    expect(standard.one('Microsoft.Web/serverfarms').sku?.name).toBe('FC1');
    expect(app.identity?.type).toBe('UserAssigned');
    expect(app.properties).toMatchObject({
      httpsOnly: true,
      siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2' },
      functionAppConfig: {
        deployment: { storage: { authentication: { type: 'UserAssignedIdentity' } } },
        runtime: { name: 'node', version: '24' },
      },
    });
    // azd finds the app by it.
    expect(app.tags?.['azd-service-name']).toBe('app');
  });

  it('is deployed without a password', () => {
    const policies = standard.ofType('Microsoft.Web/sites/basicPublishingCredentialsPolicies');

    expect(policies.map(({ name }) => name.split('/').at(-1))).toEqual(['ftp', 'scm']);
    for (const { properties } of policies) expect(properties).toEqual({ allow: false });
  });

  it('has App Service authentication in front of it, which lets everybody through and proves itself without a secret', () => {
    const { properties } = standard.one('Microsoft.Web/sites/config', /authsettingsV2$/);

    expect(properties).toMatchObject({
      platform: { enabled: true },
      globalValidation: {
        requireAuthentication: false,
        unauthenticatedClientAction: 'AllowAnonymous',
      },
      httpSettings: { requireHttps: true },
      identityProviders: {
        azureActiveDirectory: {
          enabled: true,
          registration: {
            clientId: signInClientId,
            clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID',
          },
          validation: { allowedAudiences: [signInClientId, `api://${signInClientId}`] },
        },
      },
      login: { tokenStore: { enabled: false } },
    });
    const { openIdIssuer } = properties.identityProviders.azureActiveDirectory.registration;
    expect(openIdIssuer).toContain(tenantId);
  });

  it('lets people of several tenants sign in, if the parameter names them', async () => {
    const other = 'bbbbbbbb-0000-4000-8000-0000000000bb';
    const several = await predict('main.bicep', {
      ...variants.standard,
      allowedTenants: [tenantId, other],
    });
    const { properties } = several.one('Microsoft.Web/sites/config', /authsettingsV2$/);

    expect(settingsOf(several)).toMatchObject({
      VNETV_ALLOWED_TENANTS: `${tenantId},${other}`,
      WEBSITE_AUTH_AAD_ALLOWED_TENANTS: `${tenantId},${other}`,
    });
    expect(properties.identityProviders.azureActiveDirectory.registration.openIdIssuer).toContain(
      "'organizations'",
    );
  });

  it('has nothing that Flex Consumption refuses or does not know', () => {
    const { siteConfig } = standard.one('Microsoft.Web/sites').properties;

    expect(Object.keys(siteConfig).filter((name) => notOnFlex.includes(name))).toEqual([]);
    for (const prediction of [standard, scheduler]) {
      const names = Object.keys(settingsOf(prediction));
      expect(names.filter((name) => notOnFlex.includes(name))).toEqual([]);
    }
  });

  it('takes secrets from a key vault, and only by reference', async () => {
    const uri = 'https://contoso.vault.azure.net/secrets/callback-tickets';
    const referring = await predict('main.bicep', {
      ...variants.standard,
      keyVaultReferences: { VNETV_CALLBACK_TICKETS: uri },
    });

    expect(settingsOf(referring)['VNETV_CALLBACK_TICKETS']).toBe(
      `@Microsoft.KeyVault(SecretUri=${uri})`,
    );
    expect(referring.one('Microsoft.Web/sites').properties.keyVaultReferenceIdentity).toMatch(
      /userAssignedIdentities\/id-test-/,
    );
  });

  it('takes other settings, which never change those it makes', async () => {
    const extended = await predict('main.bicep', {
      ...variants.standard,
      extraSettings: {
        VNETV_CALLBACK_URL: 'https://tickets.contoso.com/hook',
        'AzureWebJobs.receiveRequest.Disabled': 'true',
        // Names of settings are compared without case.
        vnetv_allowed_tenants: 'cccccccc-0000-4000-8000-0000000000cc',
        VNETV_LEDGER_TABLE: 'another',
      },
    });

    expect(settingsOf(extended)).toEqual({
      ...settingsOf(standard),
      VNETV_CALLBACK_URL: 'https://tickets.contoso.com/hook',
      'AzureWebJobs.receiveRequest.Disabled': 'true',
    });
  });

  it('has every line of the log kept, because alerts look for single ones', () => {
    expect(settingsOf(standard)).toMatchObject({
      OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage',
      OTEL_TRACES_SAMPLER_ARG: '1.0',
    });
  });

  it('has only settings that the app or the host reads', () => {
    const folder = join(projectRoot, 'src/functions');
    const sources = ['settings.ts', 'ledger-settings.ts']
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join();
    for (const prediction of [standard, scheduler]) {
      for (const name of Object.keys(settingsOf(prediction))) {
        const ofHost = settingsOfHost.some((known) =>
          known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known,
        );

        expect(ofHost || sources.includes(name), name).toBe(true);
      }
    }
  });

  it('has all settings that the app needs to start', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-settings-'));
    try {
      const file = join(folder, 'landscape.json');
      writeFileSync(file, JSON.stringify(readLandscapeFile().landscape));
      for (const prediction of [standard, scheduler]) {
        const settings = Object.fromEntries(
          Object.entries(settingsOf(prediction)).map(([name, value]) => [
            name,
            value.startsWith('[') ? (deployed[name] ?? value) : value,
          ]),
        );
        const read = readSettings({
          ...settings,
          VNETV_LANDSCAPE_FILE: file,
          // What the platform adds.
          WEBSITE_SITE_NAME: 'func-contoso',
          WEBSITE_INSTANCE_ID: '1',
          WEBSITE_AUTH_ENABLED: 'True',
        });

        expect(read.authentication.by).toBe('app-service');
        expect(read.allowedTenants).toEqual([tenantId]);
        expect(read.serviceBus).toEqual({
          fullyQualifiedNamespace: deployed['ServiceBusConnection__fullyQualifiedNamespace'],
          identity: 'managed',
          identityClientId: deployed['ServiceBusConnection__clientId'],
        });
        expect(read.ledger).toMatchObject({
          endpoint: deployed['VNETV_LEDGER_TABLE_ENDPOINT'],
          table: 'vnetvending',
          identityClientId: deployed['AZURE_CLIENT_ID'],
        });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('keeps one instance for the task hub in Azure Storage, and none for Durable Task Scheduler', () => {
    const alwaysReady = (prediction: Prediction) =>
      prediction.one('Microsoft.Web/sites').properties.functionAppConfig.scaleAndConcurrency
        .alwaysReady;

    expect(alwaysReady(standard)).toEqual([{ name: 'durable', instanceCount: 1 }]);
    expect(alwaysReady(scheduler)).toEqual([]);
    expect(standard.ofType('Microsoft.DurableTask/schedulers')).toEqual([]);
    expect(settingsOf(standard)).not.toHaveProperty('TASKHUB_NAME');
    expect(settingsOf(scheduler)['TASKHUB_NAME']).toBe('vnetvending');
    expect(settingsOf(scheduler)['DURABLE_TASK_SCHEDULER_CONNECTION_STRING']).toMatch(
      /Authentication=ManagedIdentity/,
    );
  });
});

describe('The app registration of the sign-in', () => {
  it('has the app roles that the API knows, for people and applications', () => {
    const file = join(projectRoot, 'infra/sign-in-app.json');
    const { appRoles: roles } = JSON.parse(readFileSync(file, 'utf8'));

    expect(roles.map(({ value }: { value: string }) => value)).toEqual(appRoles);
    for (const role of roles) {
      expect(role).toMatchObject({ isEnabled: true, allowedMemberTypes: ['User', 'Application'] });
    }
    expect(new Set(roles.map(({ id }: { id: string }) => id)).size).toBe(appRoles.length);
  });

  it('lets App Service ask for ID tokens, and lets vnetv get tokens as the Azure CLI', () => {
    const [made, added] = ['sign-in-app.json', 'sign-in-clients.json'].map((name) =>
      JSON.parse(readFileSync(join(projectRoot, 'infra', name), 'utf8')),
    );
    const [scope] = made.api.oauth2PermissionScopes;

    expect(made.web).toEqual({ implicitGrantSettings: { enableIdTokenIssuance: true } });
    // Graph refuses it in the same call that makes the scope; the second one takes nothing of the first away.
    expect(made.api.preAuthorizedApplications).toBeUndefined();
    expect(added).toEqual({
      api: {
        ...made.api,
        preAuthorizedApplications: [
          {
            appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
            delegatedPermissionIds: [scope.id],
          },
        ],
      },
    });
  });
});
