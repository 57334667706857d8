/** A version of the group's launch template. */
export interface Version {
  number: number;
  createdAt: Date;
  /** First digits of the worker bundle's SHA-256, if the version's description contains it. */
  bundle: string | undefined;
}

export interface Refresh {
  /** "InProgress", "Successful" … Source: InstanceRefresh of the Auto Scaling API. */
  status: string;
  startedAt: Date;
  endedAt: Date | undefined;
  /** Version in the desired configuration. Without one, the refresh installs the group's version. */
  desired: number | undefined;
}

/** What a group runs, and its history. */
export interface FleetState {
  createdAt: Date;
  /** The version that new machines use. */
  current: number;
  versions: Version[];
  /** All refreshes that Auto Scaling still knows. */
  refreshes: Refresh[];
}
