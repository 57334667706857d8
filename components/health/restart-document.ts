import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { standardTags, type Deployment } from "../deployment";
import { containerParameter } from "./restart/container-parameter";

/** How long the container has to be up after the restart, to tell one that starts from one that ends again and again. */
const upSeconds = 15;

/** For the question inside, the stop (Docker kills after 10 seconds), the start and the time above. */
const commandSeconds = 120;

/** Restarts a container, and fails if it does not stay up. `insideUrls`: what is asked on the API's own host before, by
 *  container: it tells a fault of the container from one of the way to it. Docker's templates are not used: Systems Manager
 *  would take their braces for its parameters. */
export const restartScript = (insideUrls: Record<string, string> = {}): string =>
  [
    `container='{{ ${containerParameter} }}'`,
    `state() { docker inspect "$container" | grep -E '"(Running|StartedAt)":'; }`,
    'case "$container" in',
    ...Object.entries(insideUrls).map(
      ([container, url]) =>
        `  '${container}') echo "inside, before the restart: $(curl -s -o /dev/null -m 10 -w '%{http_code}' '${url}')" ;;`,
    ),
    "  *) ;;",
    "esac",
    'docker restart "$container" || exit 1',
    "before=$(state)",
    `sleep ${upSeconds}`,
    "after=$(state)",
    // Docker may have started it again meanwhile.
    `if [ "$before" != "$after" ] || ! echo "$after" | grep -q '"Running": true'; then`,
    '  echo "$container does not stay up" >&2',
    '  docker logs --tail 5 "$container" >&2',
    "  exit 1",
    "fi",
    'echo "$container is up"',
  ].join("\n");

/** The Systems Manager document that restarts one of these containers. Whoever may run it can restart these, and run no other
 *  command. */
export function restartDocument(
  name: string,
  {
    deployment,
    documentName,
    containers,
    insideUrls,
  }: {
    deployment: Deployment;
    documentName: string;
    containers: string[];
    insideUrls: Record<string, string>;
  },
  parent: pulumi.Resource,
): aws.ssm.Document {
  return new aws.ssm.Document(
    name,
    {
      name: documentName,
      documentType: "Command",
      documentFormat: "JSON",
      targetType: "/AWS::EC2::Instance",
      content: JSON.stringify({
        schemaVersion: "2.2",
        description: "Restarts the container of an API",
        parameters: {
          [containerParameter]: {
            type: "String",
            description: "Name of the container",
            allowedValues: containers,
          },
        },
        mainSteps: [
          {
            action: "aws:runShellScript",
            name: "restartContainer",
            inputs: {
              runCommand: restartScript(insideUrls).split("\n"),
              timeoutSeconds: String(commandSeconds),
            },
          },
        ],
      }),
      tags: standardTags(deployment),
    },
    { parent },
  );
}
