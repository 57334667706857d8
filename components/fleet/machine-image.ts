import * as aws from "@pulumi/aws";

/** Amazon keeps this parameter at its newest image for x86 machines. */
const parameter = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

/** The id of the newest Amazon Linux 2023. The id and not "resolve:ssm:…": with that a launch template's
 *  versions do not say what they start, and Auto Scaling refuses to roll back to them. Source: "Undo changes
 *  with a rollback". So a newer image is a release like any other: canary first, in the next update. */
export async function newestMachineImage(): Promise<string> {
  return (await aws.ssm.getParameter({ name: parameter })).insecureValue;
}
