/** Set by the bundler. */
declare const VNETV_VERSION: string | undefined;

export const version = typeof VNETV_VERSION === 'string' ? VNETV_VERSION : '0.0.0-source';
