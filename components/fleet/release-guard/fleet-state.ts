/** A version of the group's launch template. */
export interface Version {
  number: number;
  createdAt: Date;
  /** First digits of the worker bundle's SHA-256, where the version says it. */
  bundle: string | undefined;
}

export interface Refresh {
  /** "InProgress", "Successful" … Source: InstanceRefresh of the Auto Scaling API. */
  status: string;
  startedAt: Date;
  endedAt: Date | undefined;
  /** Of its desired configuration; without one it brings the version that the group has. */
  desired: number | undefined;
}

/** What a group runs and how it came there. */
export interface FleetState {
  createdAt: Date;
  /** The version that new machines are started from. */
  current: number;
  versions: Version[];
  /** As far back as Auto Scaling remembers. */
  refreshes: Refresh[];
}
