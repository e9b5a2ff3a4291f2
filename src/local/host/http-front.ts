import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** What stands between the network and the app's HTTP functions. */
export interface HttpFront {
  /** The headers with which a request goes on to the app; undefined when it has been answered here. */
  receive(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<IncomingHttpHeaders | undefined>;
}
