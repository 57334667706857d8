/** The options of a keeper, passed as one JSON argument. */
export interface KeeperOptions {
  home: string;
  /** Whether the keeper stops when the process that started it ends. Otherwise it runs until `cloud stop`. */
  attached: boolean;
  /** How much faster than a real clock the periods of alarms and the waits of Auto Scaling pass. */
  clockSpeed: number;
}

/** The messages from the keeper to the process that started it. */
export type KeeperMessage = { kind: "ready" } | { kind: "failed"; message: string };
