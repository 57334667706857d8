/** Paths of files on a worker machine. User data writes them; whatever runs a machine reads them. */
export const machinePaths = {
  environment: "/etc/queuefleet/worker.env",
  agentConfig: "/etc/queuefleet/amazon-cloudwatch-agent.json",
  fetchBundle: "/opt/queuefleet/fetch-bundle",
  reportEnd: "/opt/queuefleet/report-end",
  confirmLaunch: "/opt/queuefleet/confirm-launch",
  drainOnTermination: "/opt/queuefleet/drain-on-termination",
  bundle: "/opt/queuefleet/worker.js",
  workerUnit: "/etc/systemd/system/queuefleet-worker.service",
  confirmUnit: "/etc/systemd/system/queuefleet-confirm.service",
  drainUnit: "/etc/systemd/system/queuefleet-drain.service",
  logRotation: "/etc/logrotate.d/queuefleet-worker",
  log: "/var/log/queuefleet-worker.log",
} as const;

/** Additional variables in the environment file. They name the bundle that the machine fetches. */
export const bundleVariables = {
  bucket: "WORKER_BUNDLE_BUCKET",
  key: "WORKER_BUNDLE_KEY",
  /** Hexadecimal. A file with another hash is not started. */
  sha256: "WORKER_BUNDLE_SHA256",
} as const;

/** Tags of an Auto Scaling group that say what its machines work on. Policies and reports read them. */
export const fleetTags = {
  /** Physical name of the queue. */
  consumes: "queuefleet:consumes",
  /** Longest time that one message may take. */
  jobTimeoutSeconds: "queuefleet:job-timeout-seconds",
} as const;

/** This public SSM parameter always contains the id of Amazon's newest image for x86 machines. */
export const machineImageParameter =
  "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
