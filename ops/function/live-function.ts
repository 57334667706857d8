import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  GetAliasCommand,
  InvokeCommand,
  paginateListVersionsByFunction,
  PreconditionFailedException,
  UpdateAliasCommand,
  type FunctionConfiguration,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { checkEvent, functionCheckAnswerSchema } from "../../contracts/function-check";
import { jsonIn } from "../../contracts/json-in";
import { OpsError } from "../cli/fault";
import { errorIn } from "./called-error";

/** A version starts, loads its code and answers within seconds, or something is wrong with it. */
const answerMs = 60_000;

/** How long an alias may take until its calls reach another version. */
const switchMs = 30_000;

export interface FunctionVersion {
  number: number;
  publishedAt: Date;
  codeSha256: string;
}

export interface AliasState {
  /** Undefined for $LATEST. */
  version: number | undefined;
  /** Versions that get a share of the calls beside it. */
  shares: Record<string, number>;
  /** Of the alias's last change. */
  revision: string | undefined;
}

/** Whether a version works, as far as a call without work can tell. */
export type Check = { answers: true } | { answers: false; fault: string };

/** A Lambda function that is called through an alias. */
export class LiveFunction {
  constructor(
    private readonly lambda: LambdaClient,
    readonly name: string,
    readonly alias: string,
  ) {}

  async state(): Promise<AliasState> {
    const found = await this.lambda.send(
      new GetAliasCommand({ FunctionName: this.name, Name: this.alias }),
    );
    const version = Number(found.FunctionVersion);
    return {
      version: Number.isNaN(version) ? undefined : version,
      shares: found.RoutingConfig?.AdditionalVersionWeights ?? {},
      revision: found.RevisionId,
    };
  }

  /** All that are published, the newest first. */
  async versions(): Promise<FunctionVersion[]> {
    const pages = paginateListVersionsByFunction(
      { client: this.lambda },
      { FunctionName: this.name },
    );
    const versions: FunctionVersion[] = [];
    for await (const { Versions = [] } of pages) versions.push(...Versions.flatMap(toVersion));
    return versions.sort((a, b) => b.number - a.number);
  }

  /** Calls a version with the event of a deployment check, for which it does no work. */
  async check(version: number): Promise<Check> {
    return this.call(String(version), version);
  }

  /** Moves the alias, unless somebody else has done so since `state`. Resolves when its calls reach the version. */
  async move(version: number, { revision }: AliasState, { isChecked = true } = {}): Promise<void> {
    try {
      await this.lambda.send(
        new UpdateAliasCommand({
          FunctionName: this.name,
          Name: this.alias,
          FunctionVersion: String(version),
          RoutingConfig: { AdditionalVersionWeights: {} },
          RevisionId: revision,
        }),
      );
    } catch (error) {
      if (!(error instanceof PreconditionFailedException)) throw error;
      throw new OpsError(
        `Nothing was changed: somebody has changed the alias "${this.alias}" of ${this.name} meanwhile. Look again.`,
      );
    }
    if (!isChecked) return;
    const until = Date.now() + switchMs;
    for (;;) {
      const check = await this.call(this.alias, version);
      if (check.answers) return;
      if (Date.now() > until) {
        throw new OpsError(
          `The alias "${this.alias}" of ${this.name} points to version ${version} now, but a call through it does not reach it: ${check.fault}`,
        );
      }
      await delay(500);
    }
  }

  private async call(qualifier: string, version: number): Promise<Check> {
    try {
      const { Payload, FunctionError } = await this.lambda.send(
        new InvokeCommand({
          FunctionName: this.name,
          Qualifier: qualifier,
          Payload: checkEvent(`ops-${randomUUID()}`),
        }),
        { abortSignal: AbortSignal.timeout(answerMs) },
      );
      const text = Buffer.from(Payload ?? []).toString();
      if (FunctionError !== undefined) return { answers: false, fault: errorIn(text) };
      const answer = functionCheckAnswerSchema.safeParse(jsonIn(text));
      if (!answer.success) return { answers: false, fault: `it answered ${text.slice(0, 200)}` };
      return answer.data.version === String(version)
        ? { answers: true }
        : { answers: false, fault: `version ${answer.data.version} answered` };
    } catch (error) {
      return { answers: false, fault: error instanceof Error ? error.message : String(error) };
    }
  }
}

function toVersion({
  Version = "",
  LastModified = "",
  CodeSha256 = "",
}: FunctionConfiguration): FunctionVersion[] {
  const number = Number(Version);
  // $LATEST is what the next version is made of.
  if (Number.isNaN(number)) return [];
  return [{ number, publishedAt: new Date(LastModified), codeSha256: CodeSha256 }];
}
