/**
 * What a decision may be. People `approve`, `reject`, `cancel`, set an approval aside (`break-glass`) and
 * let a parked compensation go on (`resume`); the policy lets an approval `escalate` and `expire`.
 */
export const decisionKinds = [
  'approve',
  'reject',
  'cancel',
  'break-glass',
  'resume',
  'escalate',
  'expire',
] as const;

export type DecisionKind = (typeof decisionKinds)[number];
