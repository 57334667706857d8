import { machinePaths } from "../../contracts/machine";

/** Nothing that the worker, or a document it opens, has any business with. No MemoryDenyWriteExecute:
 *  Node compiles at run time. */
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
  // Netlink, because name resolution asks the kernel which of the first two there are.
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
      // A bundle that is not there yet is no reason to give up.
      "StartLimitIntervalSec=0",
    ],
    Service: [
      "Type=exec",
      `EnvironmentFile=${machinePaths.environment}`,
      // As root, because only root may put the program in place.
      `ExecStartPre=+${machinePaths.fetchBundle}`,
      // Amazon Linux 2023 keeps /tmp in memory, half of what there is; files to read may be larger.
      "Environment=TMPDIR=/var/tmp",
      // By its own name: /usr/bin/node is whichever version was installed first.
      `ExecStart=/usr/bin/node-22 ${machinePaths.bundle}`,
      `ExecStopPost=${machinePaths.reportEnd}`,
      `StandardOutput=append:${machinePaths.log}`,
      `StandardError=append:${machinePaths.log}`,
      "Restart=always",
      "RestartSec=5",
      "KillMode=mixed",
      // The worker ends by itself within its grace time; systemd's patience is a little longer.
      `TimeoutStopSec=${shutdownGraceSeconds + 30}`,
      ...hardening,
    ],
    Install: ["WantedBy=multi-user.target"],
  });

export const drainUnit = (group: { name: string; region: string; lifecycleHook: string }): string =>
  unit({
    Unit: [
      "Description=Let the worker finish before this machine goes",
      "After=network-online.target",
    ],
    Service: [
      "Type=exec",
      `Environment=AWS_REGION=${group.region}`,
      `Environment=AUTO_SCALING_GROUP=${group.name}`,
      `Environment=LIFECYCLE_HOOK=${group.lifecycleHook}`,
      `ExecStart=${machinePaths.drainOnTermination}`,
      "Restart=on-failure",
      "RestartSec=5",
    ],
    Install: ["WantedBy=multi-user.target"],
  });
