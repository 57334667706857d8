import { isThrottlingError, isTransientError } from "@smithy/core/retry";
import { UnavailableError } from "./errors";

/** Answers about who asks, not about what was asked for. */
const credentialFaults = [
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidAccessKeyId",
  "InvalidToken",
  "RequestTimeTooSkewed",
  "UnrecognizedClientException",
];

/** The error of an AWS call, or of the stream it answered with, as an UnavailableError when it says that
 *  the service cannot be used at all; else as it is. */
export function orUnavailable(service: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const answer = error as Parameters<typeof isTransientError>[0];
  const isUnavailable =
    isTransientError(answer) || isThrottlingError(answer) || credentialFaults.includes(error.name);
  return isUnavailable ? new UnavailableError(service, error) : error;
}
