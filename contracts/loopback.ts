import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether an address is on this machine, so that real AWS is never called. */
export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    (family !== 0 && loopback.check(host, family === 6 ? "ipv6" : "ipv4"))
  );
}
