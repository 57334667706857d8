import * as aws from "@pulumi/aws";
import { machineImageParameter } from "../../contracts/machine";

/** The id of the newest Amazon Linux 2023 image. Not "resolve:ssm:…": with that, a version of the launch template
 *  does not name its image, and Auto Scaling refuses to roll back to it. Source: "Undo changes with a rollback".
 *  So a newer image is a release like any other: the next update brings it, canary first. */
export async function newestMachineImage(): Promise<string> {
  return (await aws.ssm.getParameter({ name: machineImageParameter })).insecureValue;
}
