/** The two address families of a pool, in Azure's spelling (`ipAddressType`). */
export type AddressFamily = 'IPv4' | 'IPv6';
