/** What every request has: its id, why, and the ticket that it belongs to. */
export interface CommonDraft {
  readonly id: string;
  readonly reason: string;
  readonly ticketSystem: string;
  readonly ticketId: string;
  readonly ticketUrl: string;
}

/** Messages by the id of the field that is to be corrected. */
export type Faults = Readonly<Record<string, string>>;

const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An id that nobody has used: for requests without a ticket number. */
export function newRequestId(): string {
  const random = crypto.getRandomValues(new Uint8Array(8));
  return `WEB-${Array.from(random, (byte) => alphabet[byte % alphabet.length]).join('')}`;
}

export const emptyCommonDraft = (): CommonDraft => ({
  id: newRequestId(),
  reason: '',
  ticketSystem: '',
  ticketId: '',
  ticketUrl: '',
});

/** The rules of the API for these members, in words for people. */
export function checkCommon(draft: CommonDraft): Faults {
  const faults: Record<string, string> = {};
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(draft.id)) {
    faults['id'] =
      'Begin with a letter and use at most 64 letters, digits, "-" and "_", as in RITM0012345.';
  }
  if (draft.reason.trim() === '') faults['reason'] = 'Say why: the approvers and auditors read it.';
  else if (draft.reason.length > 2_000) faults['reason'] = 'Use at most 2,000 characters.';
  const hasTicket = [draft.ticketSystem, draft.ticketId, draft.ticketUrl].some(
    (text) => text.trim() !== '',
  );
  if (hasTicket && draft.ticketSystem.trim() === '') {
    faults['ticketSystem'] = 'Name the system of the ticket, or empty the other two fields.';
  }
  if (hasTicket && draft.ticketId.trim() === '') {
    faults['ticketId'] = 'Give the number of the ticket, or empty the other two fields.';
  }
  if (draft.ticketUrl.trim() !== '' && !isWebAddress(draft.ticketUrl.trim())) {
    faults['ticketUrl'] = 'Use an address that begins with https://.';
  }
  return faults;
}

/** `https` only: the address becomes a link that approvers follow. */
export function isWebAddress(text: string): boolean {
  try {
    return new URL(text).protocol === 'https:';
  } catch {
    return false;
  }
}

/** The members of the request's body. */
export function commonBody(draft: CommonDraft): Record<string, unknown> {
  const url = draft.ticketUrl.trim();
  return {
    id: draft.id,
    reason: draft.reason.trim(),
    ...(draft.ticketId.trim() === ''
      ? {}
      : {
          ticket: {
            system: draft.ticketSystem.trim(),
            id: draft.ticketId.trim(),
            ...(url === '' ? {} : { url }),
          },
        }),
  };
}
