/** Every limit of the product in one place; each is tested at and beyond. */
export const limits = {
  /** Body of a message, UTF-8. Far below the 256 KB of Service Bus, so that a rejected copy still fits. */
  messageBytes: 64 * 1024,
  /** Objects and arrays inside each other in a message. */
  messageDepth: 16,
  /** Faults that one error spells out; the rest is counted. */
  faultsTold: 10,
  /** How much of a name or value of a message an error repeats. */
  echoCharacters: 40,
  requestIdCharacters: 64,
  reasonCharacters: 2_000,
  nameCharacters: 200,
  subnets: 64,
  /** Azure allows 50 tags on a resource; one is ours. */
  tags: 49,
  tagNameCharacters: 512,
  tagValueCharacters: 256,
  /** One part of an export of the audit trail: about 30 MB, held in memory while it is sent. */
  auditExportEntries: 50_000,
  /** Of the landscape; an event starts a delivery to each of them that wants it. */
  callbacks: 20,
  callbackTimeoutSeconds: 60,
} as const;
