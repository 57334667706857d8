import { BlockList, isIP } from "node:net";
import { pulumiLocal } from "./command";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Refuses an endpoint that is not on this machine, so that real AWS is never called. */
export function assertLoopback(endpoint: string | undefined): URL {
  if (endpoint === undefined || endpoint === "") {
    throw new Error(
      "No endpoint of the embedded cloud is set (AWS_ENDPOINT_URL): refusing to fall back to real AWS. " +
        `Start the embedded cloud with \`${pulumiLocal()} cloud start\`.`,
    );
  }
  const url = new URL(endpoint);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  const isLoopback =
    host === "localhost" ||
    host.endsWith(".localhost") ||
    (family !== 0 && loopback.check(host, family === 6 ? "ipv6" : "ipv4"));
  if (!isLoopback) {
    throw new Error(
      `The endpoint ${url.origin} is not on this machine: pulumi-local only connects to loopback addresses. ` +
        "To deploy to AWS, use the Pulumi CLI itself.",
    );
  }
  return url;
}
