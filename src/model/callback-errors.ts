/**
 * Why a callback was not delivered. All but `terminal` are tried again for a day: somebody may repair the
 * receiver, or the set-up, meanwhile.
 */
export const callbackErrors = {
  CallbackNotAccepted: {
    kind: 'retryable',
    cause: 'The receiver of a callback did not answer 2xx.',
    remedy: 'Look into the log of the receiver. The callback is tried again for a day.',
  },
  CallbackUnreachable: {
    kind: 'retryable',
    cause: 'The receiver of a callback did not answer.',
    remedy:
      'Check address, certificate and firewall of the receiver. The callback is tried again for a day.',
  },
  CallbackAddressRefused: {
    kind: 'operator',
    cause: 'Callbacks go to public addresses by https, and to nothing else.',
    remedy:
      'Give the receiver a public https address; for one inside a private network, subscribe to the topic.',
  },
  CallbackSettingInvalid: {
    kind: 'operator',
    cause: 'An app setting that the callback names is missing or wrong.',
    remedy:
      'Set it: a secret is whsec_ and base64 of 24 to 64 bytes; an address is an https address.',
  },
  CallbackWithdrawn: {
    kind: 'terminal',
    cause: 'The receiver of a callback wants no more, or the landscape no longer lists it.',
    remedy: 'Take the callback out of the landscape, or ask the receiver why it answers 410.',
  },
} as const;
