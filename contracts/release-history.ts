import { bundleInDescription } from "./release";

/** A version of the group's launch template. */
export interface Version {
  number: number;
  createdAt: Date;
  /** The worker bundle's SHA-256, if the version's description contains it. */
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

/** The creation time of what has none. */
export const never = new Date(0);

/** From an answer of DescribeInstanceRefreshes. */
export const toRefresh = (refresh: {
  Status?: string;
  StartTime?: Date;
  EndTime?: Date;
  DesiredConfiguration?: { LaunchTemplate?: { Version?: string } };
}): Refresh => {
  const desired = refresh.DesiredConfiguration?.LaunchTemplate?.Version;
  return {
    status: refresh.Status ?? "",
    // A pending refresh has no start time yet: it is the newest.
    startedAt: refresh.StartTime ?? new Date(),
    endedAt: refresh.EndTime,
    desired: desired === undefined ? undefined : Number(desired),
  };
};

/** From an answer of DescribeLaunchTemplateVersions. */
export const toVersion = (version: {
  VersionNumber?: number;
  CreateTime?: Date;
  VersionDescription?: string;
}): Version => ({
  number: version.VersionNumber ?? 0,
  createdAt: version.CreateTime ?? never,
  bundle: bundleInDescription(version.VersionDescription),
});

/** Whether a refresh still replaces machines. */
export const isActive = ({ status }: Refresh): boolean =>
  /^(Pending|InProgress|Baking|Cancelling|RollbackInProgress)$/.test(status);

/** DescribeInstanceRefreshes returns the refreshes of the last six weeks. */
const refreshHistoryMs = 42 * 24 * 3_600_000;

/** What happened to each version, according to the refreshes. */
export class ReleaseHistory {
  private readonly versions: Version[];
  readonly newest: Refresh | undefined;

  constructor(private readonly state: FleetState) {
    this.versions = [...state.versions].sort((a, b) => b.number - a.number);
    [this.newest] = [...state.refreshes].sort((a, b) => +b.startedAt - +a.startedAt);
  }

  /** The version that a refresh installed. */
  versionOf({ desired, startedAt }: Refresh): Version | undefined {
    return desired === undefined
      ? this.newestAt(startedAt)
      : this.versions.find(({ number }) => number === desired);
  }

  isRollback({ desired, startedAt }: Refresh): boolean {
    return desired !== undefined && desired < (this.newestAt(startedAt)?.number ?? 0);
  }

  lastGoodBefore(number: number, at: Date): Version | undefined {
    return this.versions.find((version) => version.number < number && this.isGood(version, at));
  }

  /** Known to be good: a release installed it on all machines, and it was not rolled back after that. */
  isGood(version: Version, at: Date, except?: Refresh): boolean {
    const refreshes = this.state.refreshes.filter((refresh) => refresh !== except);
    const rolledBack = refreshes.some(
      (refresh) => this.isRollback(refresh) && this.newestAt(refresh.startedAt) === version,
    );
    const releases = refreshes.filter(
      (refresh) => !this.isRollback(refresh) && this.versionOf(refresh) === version,
    );
    if (rolledBack) return false;
    if (releases.length > 0) return releases.some(({ status }) => status === "Successful");
    // It is the group's first version, or older than the known refreshes.
    const isFirst = this.newestAt(this.state.createdAt) === version;
    return isFirst || at.getTime() - version.createdAt.getTime() > refreshHistoryMs;
  }

  private newestAt(moment: Date): Version | undefined {
    return this.versions.find(({ createdAt }) => createdAt <= moment);
  }
}
