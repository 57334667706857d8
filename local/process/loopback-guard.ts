import { isLoopback } from "../../contracts/loopback";
import { pulumiLocal } from "./command";

/** Refuses an endpoint that is not on this machine, so that real AWS is never called. */
export function assertLoopback(endpoint: string | undefined): URL {
  if (endpoint === undefined || endpoint === "") {
    throw new Error(
      "No endpoint of the embedded cloud is set (AWS_ENDPOINT_URL): refusing to fall back to real AWS. " +
        `Start the embedded cloud with \`${pulumiLocal()} cloud start\`.`,
    );
  }
  const url = new URL(endpoint);
  if (!isLoopback(url)) {
    throw new Error(
      `The endpoint ${url.origin} is not on this machine: pulumi-local only connects to loopback addresses. ` +
        "To deploy to AWS, use the Pulumi CLI itself.",
    );
  }
  return url;
}
