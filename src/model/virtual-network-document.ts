/** A VNet, or a part of it, as Azure wrote it in JSON, with all members, known and unknown. */
export type VirtualNetworkDocument = Readonly<Record<string, unknown>>;
