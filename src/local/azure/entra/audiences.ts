/** The audiences that the refusal of Azure Resource Manager names. */
export const publicResourceManagerAudiences: readonly string[] = [
  'https://management.core.windows.net/',
  'https://management.core.windows.net',
  'https://management.azure.com/',
  'https://management.azure.com',
];

/** Those, and the address that Resource Manager has here: clients derive the scope from their endpoint. */
export function resourceManagerAudiences(origin: string): readonly string[] {
  return [...publicResourceManagerAudiences, origin, `${origin}/`];
}

/** What a workload identity asks for to sign in as an application that trusts it. */
export const tokenExchangeAudience = 'api://AzureADTokenExchange';

/** Microsoft Graph, by its public names and by the address it has here. */
export function graphAudiences(origin: string): readonly string[] {
  return [
    'https://graph.microsoft.com',
    'https://graph.microsoft.com/',
    '00000003-0000-0000-c000-000000000000',
    `${origin}/graph`,
    `${origin}/graph/`,
  ];
}
