/** Where things lie on a machine. */
export const machinePaths = {
  environment: "/etc/queuefleet/worker.env",
  agentConfig: "/etc/queuefleet/amazon-cloudwatch-agent.json",
  fetchBundle: "/opt/queuefleet/fetch-bundle",
  reportEnd: "/opt/queuefleet/report-end",
  drainOnTermination: "/opt/queuefleet/drain-on-termination",
  bundle: "/opt/queuefleet/worker.js",
  workerUnit: "/etc/systemd/system/queuefleet-worker.service",
  drainUnit: "/etc/systemd/system/queuefleet-drain.service",
  logRotation: "/etc/logrotate.d/queuefleet-worker",
  log: "/var/log/queuefleet-worker.log",
} as const;
