import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { jsonIn } from "../../contracts/json-in";
import { releaseHoldSchema, type ReleaseHold } from "../../contracts/release";
import { OpsError } from "../cli/fault";

/** The SSM parameter with the bundles that `up` refuses. */
export class HoldParameter {
  constructor(
    private readonly ssm: SSMClient,
    readonly name: string,
  ) {}

  async read(): Promise<ReleaseHold> {
    const text = await this.value();
    if (text === undefined) return [];
    const hold = releaseHoldSchema.safeParse(jsonIn(text));
    if (hold.success) return hold.data;
    throw new OpsError(
      `The SSM parameter ${this.name} is no release hold: ${text.slice(0, 200)}. Delete it: aws ssm delete-parameter --name ${this.name}`,
    );
  }

  /** An empty hold deletes the parameter. */
  async write(hold: ReleaseHold): Promise<void> {
    const Name = this.name;
    if (hold.length === 0) {
      await this.ssm.send(new DeleteParameterCommand({ Name }));
      return;
    }
    const Value = JSON.stringify(releaseHoldSchema.parse(hold));
    await this.ssm.send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite: true }));
  }

  private async value(): Promise<string | undefined> {
    try {
      const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name: this.name }));
      return Parameter?.Value;
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  }
}
