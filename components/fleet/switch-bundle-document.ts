import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { switchBundleParameters, switchedStartSeconds } from "../../contracts/release";
import { standardTags } from "../deployment";
import { switchBundleScript } from "./release-scripts";
import { shutdownGraceSeconds, type WorkerFleetArgs } from "./worker-fleet-arguments";

/** Time to fetch and verify a bundle. */
const fetchSeconds = 60;

export const switchBundleDocumentName = ({ names }: WorkerFleetArgs): string =>
  `${names.autoScalingGroup}-switch-bundle`;

/** The Systems Manager document that switches running machines to another bundle. Whoever may run it can choose among the
 *  bundles of this fleet, and no other command. */
export function switchBundleDocument(
  name: string,
  args: WorkerFleetArgs,
  parent: pulumi.Resource,
): aws.ssm.Document {
  // Both bundles may have to stop and start: the wanted one, and the former one if that does not start.
  const timeout =
    fetchSeconds + 2 * (shutdownGraceSeconds(args.worker) + 30 + switchedStartSeconds);
  return new aws.ssm.Document(
    `${name}-switch-bundle`,
    {
      name: switchBundleDocumentName(args),
      documentType: "Command",
      documentFormat: "JSON",
      targetType: "/AWS::EC2::Instance",
      content: JSON.stringify({
        schemaVersion: "2.2",
        description: `Switches a running machine of ${args.names.autoScalingGroup} to another worker bundle`,
        parameters: {
          [switchBundleParameters.key]: {
            type: "String",
            description: "Key of the bundle in the scripts bucket",
            allowedPattern: "^worker/[0-9a-f]{64}\\.js$",
          },
          [switchBundleParameters.sha256]: {
            type: "String",
            description: "SHA-256 of the bundle",
            allowedPattern: "^[0-9a-f]{64}$",
          },
          [switchBundleParameters.grace]: {
            type: "String",
            description: "Seconds that the stopped worker has to finish its work",
            allowedPattern: "^[0-9]{1,4}$",
          },
        },
        mainSteps: [
          {
            action: "aws:runShellScript",
            name: "switchBundle",
            inputs: {
              runCommand: switchBundleScript.split("\n"),
              timeoutSeconds: String(timeout),
            },
          },
        ],
      }),
      tags: standardTags(args.deployment),
    },
    { parent },
  );
}
