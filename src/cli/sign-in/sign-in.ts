/** How the command line proves who it speaks for. */
export interface SignIn {
  /** For people: `ada of the local platform`. */
  readonly description: string;
  /** A bearer token for the API; undefined: speak for nobody. */
  token(): Promise<string | undefined>;
  /**
   * Makes the next call of `token` obtain a fresh one: the API did not accept the last. False: there
   * is none.
   */
  renew(): boolean;
  /** What to do when the API says that nobody is signed in. */
  remedy(): Promise<string>;
}
