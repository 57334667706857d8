import type { Clients } from "../clients";
import type { Configuration } from "../configuration";
import { type Infer, type Shape, string } from "../shape";

export interface FunctionContext {
  clients: Clients;
  region: string;
  configuration: Configuration;
}

/** A data source: arguments in, a result out, nothing changed. */
export interface FunctionType<S extends Shape = Shape> {
  token: string;
  shape: S;
  /** Results that are secret. */
  secret?: readonly string[];
  run(args: Infer<S>, context: FunctionContext): Promise<object>;
}

export const functionType = <S extends Shape>(definition: FunctionType<S>): FunctionType<S> =>
  definition;

/** `region`, as every function of a regional service takes it since version 7. */
export const inRegion = { region: string() };
