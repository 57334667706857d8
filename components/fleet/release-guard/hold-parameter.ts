import {
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { releaseHoldSchema, withHeld, type ReleaseHold } from "../../../contracts/release";
import type { Holds } from "./guard";

/** The SSM parameter with the hold of a fleet. */
export class HoldParameter implements Holds {
  constructor(
    private readonly ssm: SSMClient,
    private readonly name: string,
  ) {}

  async add(held: ReleaseHold[number]): Promise<void> {
    const Value = JSON.stringify(withHeld(await this.read(), held));
    await this.ssm.send(
      new PutParameterCommand({ Name: this.name, Value, Type: "String", Overwrite: true }),
    );
  }

  private async read(): Promise<ReleaseHold> {
    try {
      const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name: this.name }));
      return releaseHoldSchema.parse(JSON.parse(Parameter?.Value ?? "[]"));
    } catch (error) {
      // What is no hold refuses every `up` already. It is replaced, so that only this bundle is refused.
      if (error instanceof ParameterNotFound || !isOfService(error)) return [];
      throw error;
    }
  }
}

const isOfService = (error: unknown): boolean => error instanceof Error && "$metadata" in error;
