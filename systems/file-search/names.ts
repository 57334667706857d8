/** The physical names. `prod` keeps the existing names; every other environment appends its own name.
 *  Bucket names must be unique in all of AWS, so a suffix can be configured. */
export function physicalNames(environment: string, bucketSuffix = "") {
  const isProd = environment === "prod";
  const suffix = isProd ? "" : `-${environment}`;
  const longSuffix = isProd ? "-production" : suffix;
  return {
    queue: `file-processing-queue${longSuffix}`,
    deadLetterQueue: `file-processing-dlq${longSuffix}`,
    uploads: `cis-filesearch-storage${longSuffix}${bucketSuffix}`,
    scripts: `cis-filesearch-worker-scripts${suffix}${bucketSuffix}`,
    fleet: {
      autoScalingGroup: `cis-filesearch-worker-asg${suffix}`,
      launchTemplate: `cis-filesearch-worker-template${suffix}`,
      machine: "cis-file-processor",
      logGroup: `/cis-filesearch/worker${longSuffix}`,
      role: `cis-filesearch${suffix}-worker`,
    },
    /** The prefix of the names of new resources. */
    prefix: `cis-filesearch${suffix}`,
    metricsNamespace: "CISFileSearch/Worker",
    dashboard: `cis-filesearch${longSuffix}`,
  };
}
