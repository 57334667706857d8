import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  RecordLifecycleActionHeartbeatCommand,
} from "@aws-sdk/client-auto-scaling";
import { clientConfig, type Scope } from "../cloud/scope";

/** The lifecycle action of one instance for one hook of its group. */
export class LifecycleAction {
  constructor(
    private readonly scope: Scope,
    private readonly action: { group: string; hook: string; instanceId: string },
  ) {}

  /** A hook that is gone already is success, as on a machine: it was completed before a restart, timed out, or was
   *  deleted with its group. */
  complete(result: "CONTINUE" | "ABANDON"): Promise<void> {
    return this.send(
      (request) =>
        new CompleteLifecycleActionCommand({ ...request, LifecycleActionResult: result }),
    );
  }

  heartbeat(): Promise<void> {
    return this.send((request) => new RecordLifecycleActionHeartbeatCommand(request));
  }

  private async send(
    command: (request: {
      AutoScalingGroupName: string;
      LifecycleHookName: string;
      InstanceId: string;
    }) => CompleteLifecycleActionCommand | RecordLifecycleActionHeartbeatCommand,
  ): Promise<void> {
    const { group, hook, instanceId } = this.action;
    const client = new AutoScalingClient(clientConfig(this.scope));
    try {
      await client.send(
        command({
          AutoScalingGroupName: group,
          LifecycleHookName: hook,
          InstanceId: instanceId,
        }) as CompleteLifecycleActionCommand,
      );
    } catch (error) {
      if (!/No active Lifecycle Action found|AutoScalingGroup \S+ not found/.test(String(error)))
        throw error;
    } finally {
      client.destroy();
    }
  }
}
