import type { Environment, FunctionConfiguration } from "@aws-sdk/client-lambda";
import { fromApi, toApi } from "../api-case";
import type { TagCalls } from "../resource-type";
import {
  boolean,
  type Infer,
  list,
  map,
  number,
  object,
  output,
  required,
  set,
  string,
} from "../shape";

export const configuration = {
  role: required(string()),
  description: string(),
  handler: string(),
  runtime: string(),
  memorySize: number({ default: 128, range: [128, 32_768] }),
  timeout: number({ default: 3, range: [1, 900] }),
  kmsKeyArn: string(),
  layers: list(string()),
  environment: object({ variables: map(string()) }),
  deadLetterConfig: object({ targetArn: required(string()) }),
  ephemeralStorage: object({ size: number({ computed: true }) }, { computed: true }),
  tracingConfig: object({ mode: required(string()) }, { computed: true }),
  loggingConfig: object(
    {
      logFormat: required(string()),
      logGroup: string({ computed: true }),
      applicationLogLevel: string(),
      systemLogLevel: string(),
    },
    { computed: true },
  ),
  vpcConfig: object({
    securityGroupIds: required(set(string())),
    subnetIds: required(set(string())),
    ipv6AllowedForDualStack: boolean({ default: false }),
    vpcId: output(string()),
  }),
};

/** Of functions and of event source mappings. */
export const lambdaTags: TagCalls = {
  remove: (_id, TagKeys, { clients }, Resource) =>
    clients.lambda.untagResource({ Resource, TagKeys }),
  put: (_id, Tags, { clients }, Resource) => clients.lambda.tagResource({ Resource, Tags }),
};

type Configuration = Infer<typeof configuration>;

/** In an update, what the program no longer says is emptied. */
export function configurationRequest(inputs: Configuration, isUpdate = false) {
  const empty = <T>(value: T | undefined, nothing: T) => value ?? (isUpdate ? nothing : undefined);
  const environment: Environment | undefined =
    inputs.environment === undefined ? undefined : { Variables: inputs.environment.variables };
  return {
    Role: inputs.role,
    Handler: inputs.handler,
    Runtime: inputs.runtime as "nodejs22.x" | undefined,
    Description: empty(inputs.description, ""),
    MemorySize: inputs.memorySize,
    Timeout: inputs.timeout,
    KMSKeyArn: empty(inputs.kmsKeyArn, ""),
    Layers: empty(inputs.layers, []),
    Environment: empty(environment, { Variables: {} }),
    DeadLetterConfig: empty(toApi<{ TargetArn?: string } | undefined>(inputs.deadLetterConfig), {
      TargetArn: "",
    }),
    EphemeralStorage: toApi<{ Size: number } | undefined>(inputs.ephemeralStorage),
    TracingConfig: toApi<object | undefined>(inputs.tracingConfig),
    LoggingConfig: toApi<object | undefined>(inputs.loggingConfig),
    VpcConfig: empty(toApi<object | undefined>(inputs.vpcConfig), {
      SecurityGroupIds: [],
      SubnetIds: [],
    }),
  };
}

export function fromConfiguration(now: FunctionConfiguration): Partial<Configuration> {
  const variables = now.Environment?.Variables;
  const isInVpc = (now.VpcConfig?.SubnetIds ?? []).length > 0;
  const deadLetters = now.DeadLetterConfig?.TargetArn ?? "";
  return {
    role: now.Role,
    description: now.Description,
    handler: now.Handler,
    runtime: now.Runtime,
    memorySize: now.MemorySize,
    timeout: now.Timeout,
    kmsKeyArn: now.KMSKeyArn,
    layers: now.Layers?.map(({ Arn = "" }) => Arn),
    environment: Object.keys(variables ?? {}).length === 0 ? undefined : { variables },
    deadLetterConfig: deadLetters === "" ? undefined : { targetArn: deadLetters },
    ephemeralStorage: fromApi(now.EphemeralStorage),
    tracingConfig: fromApi(now.TracingConfig),
    loggingConfig: fromApi(now.LoggingConfig),
    vpcConfig: isInVpc ? fromApi(now.VpcConfig) : undefined,
  };
}
