import rhea, { type Sender, type Session } from 'rhea';

/** A request to `$cbs` or `$management`, decoded. */
export interface NodeRequest {
  readonly messageId: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export function decodeRequest(content: Buffer): NodeRequest {
  const decoded = rhea.message.decode(content);
  return {
    messageId: decoded['message_id'],
    properties: decoded['application_properties'] ?? {},
    body: decoded['body'],
  };
}

/**
 * The links on which answers go out. A client puts the two links of a request/response pair into one AMQP
 * session of their own, and `$cbs` requests say nowhere else where the answer goes (service-bus 3).
 */
export class AnswerLinks {
  readonly #senders = new WeakMap<Session, Sender>();

  add(sender: Sender): void {
    this.#senders.set(sender.session, sender);
  }

  /** Answers a request, unless its sender has gone. */
  answer(
    session: Session,
    request: NodeRequest,
    properties: Readonly<Record<string, unknown>>,
    body: unknown = null,
  ): void {
    const sender = this.#senders.get(session);
    if (!sender?.is_open()) return;
    sender.send({
      correlation_id: request.messageId,
      application_properties: properties,
      body,
    } as never);
  }
}
