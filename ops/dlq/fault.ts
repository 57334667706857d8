import type { BatchResultErrorEntry } from "@aws-sdk/client-sqs";

/** Why a call, or an entry of a batch call, did not succeed. */
export interface Fault {
  reason: string;
  /** The same again may succeed. */
  isTemporary: boolean;
  /** There was no answer, or one of a broken service: SQS may have done it all the same. */
  isUncertain: boolean;
  /** The call as a whole is not allowed or not possible, so it is the same with every other message. */
  isForAll: boolean;
}

const throttled = /throttl|TooManyRequests|RequestLimit|SlowDown/i;

export const faultOfEntry = ({
  Code = "Unknown",
  Message = "",
  SenderFault = false,
}: BatchResultErrorEntry): Fault => ({
  reason: Message === "" ? Code : `${Code}: ${Message}`,
  isTemporary: !SenderFault || throttled.test(Code),
  isUncertain: false,
  isForAll: false,
});

interface SdkError extends Error {
  $fault?: "client" | "server";
  $metadata?: { httpStatusCode?: number };
}

export function faultOfCall(thrown: unknown): Fault {
  const error: SdkError = thrown instanceof Error ? thrown : new Error(String(thrown));
  const reason = `${error.name}: ${error.message}`;
  if (throttled.test(error.name)) {
    return { reason, isTemporary: true, isUncertain: false, isForAll: false };
  }
  const status = error.$metadata?.httpStatusCode ?? 0;
  const isRefused = error.$fault === "client" && status < 500;
  // These are thrown before anything is sent.
  const isUnsent = error.name === "CredentialsProviderError";
  const isFinal = isRefused || isUnsent;
  return { reason, isTemporary: !isFinal, isUncertain: !isFinal, isForAll: isFinal };
}
