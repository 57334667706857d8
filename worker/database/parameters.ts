import { X509Certificate } from "node:crypto";
import { GetParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { orUnavailable } from "../job/aws-unavailable";

/** The connection string is a secret: it is read here, and never part of a message. */
export async function readDatabaseUrl(
  ssm: Pick<SSMClient, "send">,
  parameterName: string,
): Promise<string> {
  const url = await parameterValue(ssm, parameterName);
  if (url === undefined || !URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new Error(
      `SSM parameter ${parameterName} does not hold a PostgreSQL connection string; ` +
        "put one such as postgresql://user:password@host:5432/database?sslmode=verify-full as a SecureString.",
    );
  }
  return url;
}

/** Certificates of CAs. They are public, so the parameter need not be a SecureString. */
export async function readDatabaseCa(
  ssm: Pick<SSMClient, "send">,
  parameterName: string,
): Promise<string> {
  const pem = (await parameterValue(ssm, parameterName)) ?? "";
  try {
    // Throws unless the first one can be read.
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new Error(
      `SSM parameter ${parameterName} does not hold certificates in PEM ("-----BEGIN CERTIFICATE-----"): ${(error as Error).message}`,
    );
  }
}

async function parameterValue(
  ssm: Pick<SSMClient, "send">,
  Name: string,
): Promise<string | undefined> {
  const { Parameter } = await ssm
    .send(new GetParameterCommand({ Name, WithDecryption: true }))
    .catch((error: unknown) => {
      throw orUnavailable("SSM", error);
    });
  return Parameter?.Value;
}
