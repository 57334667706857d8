/** What the one who starts a keeper tells it, as one JSON argument. */
export interface KeeperOptions {
  home: string;
  /** Stop when the starter is gone; otherwise go on until told to stop. */
  attached: boolean;
  /** How much faster than a real clock alarms are evaluated. */
  alarmSpeed: number;
}

/** What the keeper tells its starter. */
export type KeeperMessage = { kind: "ready" } | { kind: "failed"; message: string };
