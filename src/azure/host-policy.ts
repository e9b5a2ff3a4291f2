import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/** Thrown by the host policy. */
export class ForeignHostError extends Error {
  readonly host: string;

  constructor(host: string) {
    super(`Refused to send tokens to '${host}'.`);
    this.name = 'ForeignHostError';
    this.host = host;
  }
}

/**
 * Operation URLs and links to next pages come from answers and may name regional hosts; tokens go
 * to the configured endpoint and its sub-domains only (azure-ipam 5).
 */
export function hostPolicy(endpoint: string): PipelinePolicy {
  const trusted = new URL(endpoint);
  return {
    name: 'trustedHost',
    async sendRequest(request, next) {
      const url = new URL(request.url);
      const sameHost =
        url.hostname === trusted.hostname || url.hostname.endsWith(`.${trusted.hostname}`);
      if (!sameHost || url.port !== trusted.port || url.protocol !== 'https:') {
        throw new ForeignHostError(url.host);
      }
      return next(request);
    },
  };
}
