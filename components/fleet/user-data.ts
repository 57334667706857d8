import { stringify } from "yaml";
import type { WorkerVariables } from "../../contracts/worker-environment";
import { bundleVariables, machinePaths } from "../../contracts/machine";
import { drainOnTerminationScript, fetchBundleScript, reportEndScript } from "./machine-scripts";
import { confirmLaunchScript } from "./release-scripts";
import { confirmUnit, drainUnit, workerUnit } from "./systemd-units";

export interface BundleLocation {
  bucket: string;
  key: string;
  sha256: string;
}

export interface Machine {
  variables: WorkerVariables;
  bundle: BundleLocation;
  group: { name: string; region: string };
  logGroupName: string;
  shutdownGraceSeconds: number;
}

/** EC2's limit, before base64. */
export const userDataLimitBytes = 16_384;

/** Why a value cannot be written to a systemd environment file unchanged. Undefined if it can. systemd reads a
 *  line literally, except backslashes, quotes at the beginning, and blanks at the beginning and the end. */
export function unfitForEnvironmentFile(value: string): string | undefined {
  if (/[\n\r\0\\]/.test(value)) return "a line break, NUL or backslash in it";
  if (/^["'\s]|\s$/.test(value)) return "a quote or blank at its beginning or a blank at its end";
  return undefined;
}

export function environmentFile(variables: Record<string, string | undefined>): string {
  return Object.entries(variables)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => {
      const why = unfitForEnvironmentFile(value);
      if (why !== undefined)
        throw new Error(`${key} cannot be written to an environment file: ${why}`);
      return `${key}=${value}\n`;
    })
    .join("");
}

const agentConfig = (logGroupName: string) => ({
  logs: {
    logs_collected: {
      files: {
        collect_list: [
          {
            file_path: machinePaths.log,
            log_group_name: logGroupName,
            log_stream_name: "{instance_id}",
          },
        ],
      },
    },
  },
});

const logRotation = `${machinePaths.log} {
  size 50M
  rotate 2
  copytruncate
  missingok
  notifempty
}
`;

/** The cloud-init document of a machine: everything that is set up on top of Amazon Linux 2023. */
export function cloudConfig(machine: Machine): string {
  const { variables, bundle, group } = machine;
  const file = (path: string, content: string, permissions: string) => ({
    path,
    owner: "root:root",
    permissions,
    content,
  });
  const document = {
    packages: ["nodejs22", "amazon-cloudwatch-agent"],
    write_files: [
      file(
        machinePaths.environment,
        environmentFile({
          ...variables,
          [bundleVariables.bucket]: bundle.bucket,
          [bundleVariables.key]: bundle.key,
          [bundleVariables.sha256]: bundle.sha256,
        }),
        "0644",
      ),
      file(machinePaths.fetchBundle, fetchBundleScript, "0755"),
      file(machinePaths.reportEnd, reportEndScript, "0755"),
      file(machinePaths.confirmLaunch, confirmLaunchScript, "0755"),
      file(machinePaths.drainOnTermination, drainOnTerminationScript, "0755"),
      file(machinePaths.workerUnit, workerUnit(machine.shutdownGraceSeconds), "0644"),
      file(machinePaths.confirmUnit, confirmUnit(group), "0644"),
      file(machinePaths.drainUnit, drainUnit(group), "0644"),
      file(machinePaths.agentConfig, JSON.stringify(agentConfig(machine.logGroupName)), "0644"),
      file(machinePaths.logRotation, logRotation, "0644"),
    ],
    runcmd: [
      ["systemctl", "daemon-reload"],
      [
        "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl",
        ...["-a", "fetch-config", "-m", "ec2", "-s", "-c", `file:${machinePaths.agentConfig}`],
      ],
      [
        ...["systemctl", "enable", "--now", "queuefleet-worker.service"],
        ...["queuefleet-confirm.service", "queuefleet-drain.service"],
      ],
    ],
  };
  // Long lines are not folded: folding would change the scripts.
  const text = `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
  const bytes = Buffer.byteLength(text);
  if (bytes > userDataLimitBytes) {
    throw new Error(
      `User data has ${bytes} bytes; EC2 allows ${userDataLimitBytes}. Shorten the variables.`,
    );
  }
  return text;
}
