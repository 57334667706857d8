import { ownStatement } from "./own-statement";

/** The statement of a resource's policy that denies access without TLS. */
export const tlsOnlyStatement = (Action: string, Resource: string | string[]) =>
  ownStatement("DenyWithoutTls", {
    Effect: "Deny",
    Principal: "*",
    Action,
    Resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
