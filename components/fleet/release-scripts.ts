import { bundleVariables, machinePaths } from "../../contracts/machine";
import { switchBundleParameters } from "../../contracts/release";
import { workerLogMessages } from "../../contracts/worker-log-messages";

const workerUnit = "queuefleet-worker.service";

/** The line that every worker writes when it begins to receive messages. */
const startedLine = `"msg":"${workerLogMessages.started}"`;

/** Seconds that a heartbeat of the launch hook lasts; see `launchHookSeconds`. */
const heartbeatEverySeconds = 60;

/** After so many restarts before it has started, a worker is broken. */
const mostRestarts = 5;

/** Completes the launch of this machine once its worker has said that it works. While the worker waits for something,
 *  the launch waits too. A worker that ends again and again abandons it. systemd sets the variables. */
export const confirmLaunchScript = `#!/bin/bash
set -euo pipefail

metadata=http://169.254.169.254/latest
token=$(curl --silent --fail --max-time 5 -X PUT "$metadata/api/token" \\
  -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
instance=$(curl --silent --fail --max-time 5 -H "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/instance-id")

# Without an action the launch is over: it was completed before a restart, or the group has no such hook.
lifecycle() {
  local answer
  if ! answer=$(aws autoscaling "$@" --region "$AWS_REGION" --auto-scaling-group-name "$AUTO_SCALING_GROUP" \\
    --lifecycle-hook-name "$LIFECYCLE_HOOK" --instance-id "$instance" 2>&1); then
    if [[ $answer == *'(ValidationError)'* ]]; then exit 0; fi
    echo "$answer" >&2
    return 1
  fi
}

beat=$SECONDS
until grep --quiet --no-messages --fixed-strings '${startedLine}' ${machinePaths.log}; do
  if (($(systemctl show ${workerUnit} --property NRestarts --value) >= ${mostRestarts})); then
    lifecycle complete-lifecycle-action --lifecycle-action-result ABANDON
    exit 0
  fi
  if ((SECONDS - beat >= ${heartbeatEverySeconds})) && systemctl is-active --quiet ${workerUnit}; then
    lifecycle record-lifecycle-action-heartbeat
    beat=$SECONDS
  fi
  sleep 2
done

lifecycle complete-lifecycle-action --lifecycle-action-result CONTINUE
`;

/** Time from the restart until the worker has to say that it works. */
export const startSeconds = 90;

/** Switches the running machine to another bundle. Fetches and verifies it before anything stops. If its worker does
 *  not start, the former bundle is put back. Runs as root, by Systems Manager, which replaces the parameters. */
export const switchBundleScript = `#!/bin/bash
set -euo pipefail

key='{{ ${switchBundleParameters.key} }}'
sha256='{{ ${switchBundleParameters.sha256} }}'
environment=${machinePaths.environment}
bundle=${machinePaths.bundle}
log=${machinePaths.log}

work=$(mktemp --directory)
trap 'rm -rf -- "$work"' EXIT
cp -- "$environment" "$work/former"
sed -e "s|^${bundleVariables.key}=.*|${bundleVariables.key}=$key|" \\
  -e "s|^${bundleVariables.sha256}=.*|${bundleVariables.sha256}=$sha256|" "$work/former" >"$work/wanted"
set -a; source <(grep -E '^(AWS_REGION|${bundleVariables.bucket}|${bundleVariables.sha256})=' "$work/former"); set +a
former=$${bundleVariables.sha256}

aws s3api get-object --region "$AWS_REGION" --bucket "$${bundleVariables.bucket}" --key "$key" "$work/bundle" >/dev/null
if ! printf '%s  %s\\n' "$sha256" "$work/bundle" | sha256sum --check --status; then
  echo "s3://$${bundleVariables.bucket}/$key is not $sha256: nothing was changed" >&2
  exit 1
fi
chmod 0444 -- "$work/bundle"

# Answers whether the worker works with the environment file $1.
restart_with() {
  systemctl stop ${workerUnit}
  cp -- "$1" "$environment"
  if [[ $1 == "$work/wanted" ]]; then cp --preserve=mode --force -- "$work/bundle" "$bundle"; fi
  local seen=0
  if [[ -f $log ]]; then seen=$(stat --format=%s "$log"); fi
  systemctl start ${workerUnit} || true
  local until=$((SECONDS + ${startSeconds}))
  while ((SECONDS < until)); do
    if tail --bytes=+$((seen + 1)) "$log" 2>/dev/null | grep --quiet --fixed-strings '${startedLine}'; then return 0; fi
    if (($(systemctl show ${workerUnit} --property NRestarts --value) >= 3)); then return 1; fi
    sleep 1
  done
  return 1
}

if restart_with "$work/wanted"; then
  echo "The worker runs the bundle $sha256."
  exit 0
fi
echo "The worker did not start with the bundle $sha256." >&2
tail --lines=20 "$log" >&2 || true
if restart_with "$work/former"; then
  echo "The former bundle $former is back, and its worker works." >&2
else
  echo "The former bundle $former is back, and its worker does not start either." >&2
fi
exit 1
`;
