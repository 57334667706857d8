import { bundleVariables, machinePaths } from "../../contracts/machine";

/** Installs the bundle only if its hash is the hash of the release. Without the bundle the machine starts no
 *  worker, and systemd tries again. */
export const fetchBundleScript = `#!/bin/bash
set -euo pipefail

target=${machinePaths.bundle}

is_released() {
  printf '%s  %s\\n' "$${bundleVariables.sha256}" "$1" | sha256sum --check --status
}

if [[ -f $target ]] && is_released "$target"; then
  exit 0
fi

partial=$(mktemp "$target.XXXXXX")
trap 'rm -f -- "$partial"' EXIT

aws s3api get-object --region "$AWS_REGION" \\
  --bucket "$${bundleVariables.bucket}" --key "$${bundleVariables.key}" "$partial" >/dev/null

if ! is_released "$partial"; then
  echo "s3://$${bundleVariables.bucket}/$${bundleVariables.key} is not $${bundleVariables.sha256}: not started" >&2
  exit 1
fi

chmod 0444 -- "$partial"
mv -f -- "$partial" "$target"
`;

/** Writes a line to the worker's log if the worker failed. The worker cannot write it when it was killed, ran out
 *  of memory, or never started. The line has the level "fatal" and counts as an error, so a release that only
 *  crashes stops at its canary. systemd sets the variables. Source: systemd.exec(5). */
export const reportEndScript = `#!/bin/bash
set -euo pipefail

if [[ $SERVICE_RESULT != success ]]; then
  printf '{"level":"fatal","time":"%s","msg":"the worker ended: %s (%s %s)"}\\n' \
    "$(date --utc +%FT%T.%3NZ)" "$SERVICE_RESULT" "\${EXIT_CODE:-}" "\${EXIT_STATUS:-}"
fi
`;

/** Waits until Auto Scaling wants to terminate this machine. Then stops the worker, which finishes or releases its
 *  files, and completes the lifecycle hook, so that Auto Scaling terminates the machine. */
export const drainOnTerminationScript = `#!/bin/bash
set -euo pipefail

metadata=http://169.254.169.254/latest

look_up() {
  local token
  token=$(curl --silent --fail --max-time 5 -X PUT "$metadata/api/token" \\
    -H 'X-aws-ec2-metadata-token-ttl-seconds: 60') || return 1
  curl --silent --fail --max-time 5 -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/$1"
}

until [[ $(look_up autoscaling/target-lifecycle-state || true) == Terminated ]]; do
  sleep 5
done

systemctl stop queuefleet-worker.service

aws autoscaling complete-lifecycle-action --region "$AWS_REGION" \\
  --auto-scaling-group-name "$AUTO_SCALING_GROUP" --lifecycle-hook-name "$LIFECYCLE_HOOK" \\
  --instance-id "$(look_up instance-id)" --lifecycle-action-result CONTINUE
`;
