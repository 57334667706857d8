import { bundleVariables, machinePaths } from "../../contracts/machine";
import {
  launchConfirmation,
  switchBundleParameters,
  switchedStartSeconds,
} from "../../contracts/release";
import { workerLogMessages } from "../../contracts/worker-log-messages";

const workerUnit = "queuefleet-worker.service";

/** How the last line of a worker begins. */
const stoppedLine = `"msg":"${workerLogMessages.stopped}[^"]*"`;

/** The line that every worker writes when it begins to receive messages. */
const startedLine = `"msg":"${workerLogMessages.started}"`;

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
  if (($(systemctl show ${workerUnit} --property NRestarts --value) >= ${launchConfirmation.mostFailedStarts})); then
    lifecycle complete-lifecycle-action --lifecycle-action-result ABANDON
    exit 0
  fi
  if ((SECONDS - beat >= ${launchConfirmation.heartbeatSeconds})) && systemctl is-active --quiet ${workerUnit}; then
    lifecycle record-lifecycle-action-heartbeat
    beat=$SECONDS
  fi
  sleep 2
done

lifecycle complete-lifecycle-action --lifecycle-action-result CONTINUE
`;

/** Switches the running machine to another bundle. Fetches and verifies it before anything stops. If its worker does
 *  not start, the former bundle is put back. Runs as root, by Systems Manager, which replaces the parameters. */
export const switchBundleScript = `#!/bin/bash
set -euo pipefail

key='{{ ${switchBundleParameters.key} }}'
sha256='{{ ${switchBundleParameters.sha256} }}'
grace='{{ ${switchBundleParameters.grace} }}'
environment=${machinePaths.environment}
bundle=${machinePaths.bundle}
log=${machinePaths.log}

work=$(mktemp --directory)
trap 'rm -rf -- "$work"' EXIT
cp -- "$environment" "$work/former"
# Kept here, so that going back needs no network. It is missing if it was never fetched; then the unit fetches it.
cp --preserve=mode -- "$bundle" "$work/former.js" 2>/dev/null || true
sed -e "s|^${bundleVariables.key}=.*|${bundleVariables.key}=$key|" \\
  -e "s|^${bundleVariables.sha256}=.*|${bundleVariables.sha256}=$sha256|" "$work/former" >"$work/wanted"
value() { sed -n "s|^$1=||p" "$work/former"; }
region=$(value AWS_REGION)
bucket=$(value ${bundleVariables.bucket})
former=$(value ${bundleVariables.sha256})

aws s3api get-object --region "$region" --bucket "$bucket" --key "$key" "$work/wanted.js" >/dev/null
if ! printf '%s  %s\\n' "$sha256" "$work/wanted.js" | sha256sum --check --status; then
  echo "s3://$bucket/$key is not $sha256: nothing was changed" >&2
  exit 1
fi
chmod 0444 -- "$work/wanted.js"

size_of_log() { stat --format=%s "$log" 2>/dev/null || echo 0; }
# What the log got since it had the size $1. After a rotation, the whole log.
new_lines() { tail --bytes=+"$(($(size_of_log) < $1 ? 1 : $1 + 1))" "$log" 2>/dev/null || true; }

# The unit waits for the worker's own grace. A second signal ends work that takes longer: it is released.
stop_worker() {
  local seen until=$((SECONDS + grace))
  seen=$(size_of_log)
  systemctl stop --no-block ${workerUnit}
  until [[ $(systemctl is-active ${workerUnit}) =~ ^(inactive|failed)$ ]]; do
    if ((SECONDS >= until)); then
      echo "Work that took longer than $grace s is cut short and released."
      systemctl kill --kill-whom=main --signal=SIGTERM ${workerUnit} || true
      until=$((SECONDS + 3600))
    fi
    sleep 0.5
  done
  new_lines "$seen" | grep --only-matching '${stoppedLine}' | tail --lines=1 | cut --delimiter='"' --fields=4 || true
}

# Answers whether the worker works with the environment file and the bundle $1.
restart_with() {
  stop_worker
  cp -- "$work/$1" "$environment"
  if [[ -f $work/$1.js ]]; then cp --preserve=mode --force -- "$work/$1.js" "$bundle"; fi
  local seen until=$((SECONDS + ${switchedStartSeconds}))
  seen=$(size_of_log)
  systemctl reset-failed ${workerUnit} || true
  systemctl start --no-block ${workerUnit}
  while ((SECONDS < until)); do
    if new_lines "$seen" | grep --quiet --fixed-strings '${startedLine}'; then return 0; fi
    if (($(systemctl show ${workerUnit} --property NRestarts --value) >= 2)); then return 1; fi
    sleep 0.5
  done
  return 1
}

if [[ $former == "$sha256" ]] && cmp --silent "$work/wanted.js" "$bundle" && systemctl is-active --quiet ${workerUnit}; then
  echo "The worker runs the bundle $sha256 already."
  exit 0
fi
if restart_with wanted; then
  echo "The worker runs the bundle $sha256."
  exit 0
fi
echo "The worker did not start with the bundle $sha256." >&2
tail --lines=20 "$log" >&2 || true
if restart_with former; then
  echo "The former bundle $former is back, and its worker works." >&2
else
  echo "The former bundle $former is back, and its worker does not start either." >&2
fi
exit 1
`;
