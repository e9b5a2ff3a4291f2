import { z } from 'zod';
import { guidSchema } from './landscape-parts.ts';

const keyVaultSecret = /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?\/secrets\/[A-Za-z0-9-]+$/i;

/** No secret: the application trusts the app's managed identity through a federated credential. */
const federatedIdentitySchema = z.strictObject({
  type: z.literal('federatedIdentity'),
  /** Of a user-assigned identity; unless given, that of the app setting `AZURE_CLIENT_ID`. */
  managedIdentityClientId: guidSchema.optional(),
});

const certificateSchema = z
  .strictObject({
    type: z.literal('certificate'),
    /** PEM file with certificate and private key. */
    file: z.string().min(1).optional(),
    /** Secret of Key Vault (no version: the current one counts) with both in PEM, read as the managed identity. */
    keyVaultSecret: z
      .string()
      .regex(
        keyVaultSecret,
        'must be the address of a secret without its version, such as https://contoso.vault.azure.net/secrets/vnet-vending',
      )
      .optional(),
  })
  .check(({ value, issues }) => {
    if ((value.file === undefined) !== (value.keyVaultSecret === undefined)) return;
    issues.push({
      code: 'custom',
      input: value,
      message: 'needs exactly one of file and keyVaultSecret',
    });
  });

/** The secret itself stays in an app setting. */
const clientSecretSchema = z.strictObject({
  type: z.literal('clientSecret'),
  /** Name of the app setting. */
  setting: z.string().min(1),
});

/** How the application proves who it is (docs/identity.md). */
export const credentialSchema = z.discriminatedUnion('type', [
  federatedIdentitySchema,
  certificateSchema,
  clientSecretSchema,
]);

export type ApplicationCredential = z.output<typeof credentialSchema>;
