import { machinePaths } from "../../contracts/machine";
import { lifecycleHooks } from "../../contracts/release";

/** Removes all rights that the worker does not need, in case a document exploits a bug. Without
 *  MemoryDenyWriteExecute, because Node compiles code at run time. */
const hardening = [
  "DynamicUser=yes",
  "NoNewPrivileges=yes",
  "ProtectSystem=strict",
  "ProtectHome=yes",
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "ProtectKernelTunables=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelLogs=yes",
  "ProtectControlGroups=yes",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  // Netlink, because name resolution asks the kernel whether IPv4 and IPv6 are available.
  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "LockPersonality=yes",
  "SystemCallArchitectures=native",
  "CapabilityBoundingSet=",
  "UMask=0077",
];

const unit = (sections: Record<string, string[]>) =>
  Object.entries(sections)
    .map(([section, lines]) => `[${section}]\n${lines.join("\n")}\n`)
    .join("\n");

export const workerUnit = (shutdownGraceSeconds: number): string =>
  unit({
    Unit: [
      "Description=queuefleet worker",
      "Wants=network-online.target",
      "After=network-online.target",
      // Tries forever: the bundle may not be uploaded yet.
      "StartLimitIntervalSec=0",
    ],
    Service: [
      "Type=exec",
      `EnvironmentFile=${machinePaths.environment}`,
      // As root, because only root may write the program file.
      `ExecStartPre=+${machinePaths.fetchBundle}`,
      // Amazon Linux 2023 keeps /tmp in memory (at most half of it). Files to read may be larger.
      "Environment=TMPDIR=/var/tmp",
      // node-22, because /usr/bin/node is the version that was installed first.
      `ExecStart=/usr/bin/node-22 ${machinePaths.bundle}`,
      `ExecStopPost=${machinePaths.reportEnd}`,
      `StandardOutput=append:${machinePaths.log}`,
      `StandardError=append:${machinePaths.log}`,
      "Restart=always",
      "RestartSec=5",
      "KillMode=mixed",
      // The worker stops within its grace time. systemd waits a little longer before it kills the worker.
      `TimeoutStopSec=${shutdownGraceSeconds + 30}`,
      // For the ledger of a worker without a database. systemd tells the worker by STATE_DIRECTORY.
      "StateDirectory=queuefleet",
      ...hardening,
    ],
    Install: ["WantedBy=multi-user.target"],
  });

/** The variables of a unit that completes a lifecycle hook. */
const hookEnvironment = (group: { name: string; region: string }, hook: string) => [
  `Environment=AWS_REGION=${group.region}`,
  `Environment=AUTO_SCALING_GROUP=${group.name}`,
  `Environment=LIFECYCLE_HOOK=${hook}`,
];

export const confirmUnit = (group: { name: string; region: string }): string =>
  unit({
    Unit: [
      "Description=Tell Auto Scaling that the worker works",
      "After=network-online.target queuefleet-worker.service",
    ],
    Service: [
      "Type=exec",
      ...hookEnvironment(group, lifecycleHooks.launch),
      `ExecStart=${machinePaths.confirmLaunch}`,
      "Restart=on-failure",
      "RestartSec=5",
    ],
    Install: ["WantedBy=multi-user.target"],
  });

export const drainUnit = (group: { name: string; region: string }): string =>
  unit({
    Unit: [
      "Description=Let the worker finish before this machine goes",
      "After=network-online.target",
    ],
    Service: [
      "Type=exec",
      ...hookEnvironment(group, lifecycleHooks.termination),
      `ExecStart=${machinePaths.drainOnTermination}`,
      "Restart=on-failure",
      "RestartSec=5",
    ],
    Install: ["WantedBy=multi-user.target"],
  });
