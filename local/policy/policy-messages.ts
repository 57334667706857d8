import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as messages from "@pulumi/pulumi/proto/analyzer_pb";
import type { PolicyViolation } from "../values/events";
import type { AnalyzedResource } from "./analyzed-resource";
import type { EnforcementLevel, PackConfig, RuleConfig, RuleInfo } from "./policy-config";
import type { PropertyMap, PropertyValue } from "../values/property-value";
import { isMap, mapValues } from "../values/property-operations";
import { toWire } from "../values/wire-values";

const levels: Record<EnforcementLevel, messages.EnforcementLevel> = {
  advisory: messages.EnforcementLevel.ADVISORY,
  mandatory: messages.EnforcementLevel.MANDATORY,
  remediate: messages.EnforcementLevel.REMEDIATE,
  disabled: messages.EnforcementLevel.DISABLED,
};

const severities: Partial<Record<messages.PolicySeverity, PolicyViolation["severity"]>> = {
  [messages.PolicySeverity.POLICY_SEVERITY_LOW]: "low",
  [messages.PolicySeverity.POLICY_SEVERITY_MEDIUM]: "medium",
  [messages.PolicySeverity.POLICY_SEVERITY_HIGH]: "high",
  [messages.PolicySeverity.POLICY_SEVERITY_CRITICAL]: "critical",
};

export function levelOf(level: messages.EnforcementLevel): EnforcementLevel {
  const found = (Object.keys(levels) as EnforcementLevel[]).find((name) => levels[name] === level);
  if (found === undefined) throw new Error(`The policy pack sent the enforcement level ${level}`);
  return found;
}

export const severityOf = (severity: messages.PolicySeverity) => severities[severity];

/** Unknowns and secrets stay marked, so that the SDK's checks recognise them. Internal values that providers store in
 *  the inputs are removed. */
function properties(map: PropertyMap): Struct {
  return toWire(withoutInternals(map), { unknowns: true, secrets: true, resources: false });
}

function withoutInternals(map: PropertyMap): PropertyMap {
  const visible = Object.entries(map).filter(([key]) => !key.startsWith("__"));
  const nested = (value: PropertyValue): PropertyValue => {
    if (Array.isArray(value)) return value.map(nested);
    return isMap(value) ? withoutInternals(value) : value;
  };
  return mapValues(Object.fromEntries(visible), nested);
}

export function analyzeRequest(resource: AnalyzedResource): messages.AnalyzeRequest {
  return new messages.AnalyzeRequest()
    .setUrn(resource.urn)
    .setType(resource.type)
    .setName(resource.name)
    .setProperties(properties(resource.properties))
    .setOptions(options(resource))
    .setProvider(provider(resource));
}

export function analyzeStackRequest(
  resources: readonly AnalyzedResource[],
): messages.AnalyzeStackRequest {
  return new messages.AnalyzeStackRequest().setResourcesList(
    resources.map((resource) => {
      const message = new messages.AnalyzerResource()
        .setUrn(resource.urn)
        .setType(resource.type)
        .setName(resource.name)
        .setProperties(properties(resource.properties))
        .setOptions(options(resource))
        .setProvider(provider(resource))
        .setParent(resource.parent ?? "")
        .setDependenciesList(resource.dependencies);
      for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
        if (urns.length === 0) continue;
        message
          .getPropertydependenciesMap()
          .set(property, new messages.AnalyzerPropertyDependencies().setUrnsList(urns));
      }
      return message;
    }),
  );
}

function options({ options, parent }: AnalyzedResource): messages.AnalyzerResourceOptions {
  const { create, update, delete: remove } = options.customTimeouts;
  return new messages.AnalyzerResourceOptions()
    .setProtect(options.protect)
    .setIgnorechangesList(options.ignoreChanges)
    .setDeletebeforereplace(options.deleteBeforeReplace ?? false)
    .setDeletebeforereplacedefined(options.deleteBeforeReplace !== undefined)
    .setAdditionalsecretoutputsList(options.additionalSecretOutputs)
    .setAliasesList(options.aliases)
    .setCustomtimeouts(
      new messages.AnalyzerResourceOptions.CustomTimeouts()
        .setCreate(create)
        .setUpdate(update)
        .setDelete(remove),
    )
    .setParent(parent ?? "");
}

function provider(resource: AnalyzedResource): messages.AnalyzerProviderResource | undefined {
  if (resource.provider === undefined) return undefined;
  const { urn, type, name } = resource.provider;
  return new messages.AnalyzerProviderResource()
    .setUrn(urn)
    .setType(type)
    .setName(name)
    .setProperties(properties(resource.provider.properties));
}

export function configureRequest(
  config: Record<string, Required<RuleConfig>>,
): messages.ConfigureAnalyzerRequest {
  const request = new messages.ConfigureAnalyzerRequest();
  for (const [rule, { enforcement, properties: given }] of Object.entries(config)) {
    request
      .getPolicyconfigMap()
      .set(
        rule,
        new messages.PolicyConfig()
          .setEnforcementlevel(levels[enforcement])
          .setProperties(
            Struct.fromJavaScript(given as Parameters<typeof Struct.fromJavaScript>[0]),
          ),
      );
  }
  return request;
}

export interface PackInfo {
  name: string;
  version: string;
  rules: (RuleInfo & { severity: PolicyViolation["severity"] })[];
  initialConfig: PackConfig;
}

export function packInfo(info: messages.AnalyzerInfo, fileVersion: string | undefined): PackInfo {
  const initial = [...info.getInitialconfigMap().entries()] as [string, messages.PolicyConfig][];
  return {
    name: info.getName(),
    // The version in PulumiPolicy.yaml has priority over the one in package.json.
    version: fileVersion ?? info.getVersion(),
    rules: info.getPoliciesList().map((policy) => {
      const schema = policy.getConfigschema();
      return {
        name: policy.getName(),
        enforcement: levelOf(policy.getEnforcementlevel()),
        properties: schema?.getProperties()?.toJavaScript() ?? {},
        required: schema?.getRequiredList() ?? [],
        severity: severityOf(policy.getSeverity()),
      };
    }),
    initialConfig: Object.fromEntries(
      initial.map(([rule, config]) => [
        rule,
        {
          enforcement: levelOf(config.getEnforcementlevel()),
          properties: config.getProperties()?.toJavaScript() ?? {},
        },
      ]),
    ),
  };
}
