import type * as messages from "@pulumi/pulumi/proto/analyzer_pb";
import type { EngineEvent, PolicyViolation } from "../values/events";
import type { AnalyzedResource } from "./analyzed-resource";
import { levelOf, severityOf, type PackInfo } from "./policy-messages";
import { PolicyProcess, type JudgedStack, type PackSettings } from "./policy-process";
import type { PropertyMap } from "../values/property-value";
import { createUrn, rootStackType } from "../values/urn";
import { fromWire } from "../values/wire-values";

/** All policy packs of an operation. Both calls emit `policyViolation` events and return
 *  whether the step (or the whole operation) may continue. */
export interface PolicyHost {
  /** Called before `analyze`. Returns the checked inputs after the remediating rules. These inputs are used from then
   *  on. */
  remediate?(resource: AnalyzedResource): Promise<PropertyMap>;
  /** Before a resource's create, update or same; `properties` are its checked inputs. */
  analyze(resource: AnalyzedResource): Promise<{ mandatoryViolation: boolean }>;
  /** Once at the end; `properties` are the resources' outputs, or their inputs in a preview. */
  analyzeStack(resources: AnalyzedResource[]): Promise<{ mandatoryViolation: boolean }>;
}

/** All policy packs of a command. Their processes start with it and serve its preview and its update. */
export class PolicyPacks {
  private readonly processes: PolicyProcess[];

  constructor(
    packs: readonly PackSettings[],
    private readonly judged: JudgedStack,
    environment: NodeJS.ProcessEnv,
  ) {
    this.processes = packs.map((pack) => new PolicyProcess(pack, judged, environment));
  }

  /** The packs for one operation. */
  forOperation(dryRun: boolean, onEvent: (event: EngineEvent) => void): PolicyHost {
    const ready = Promise.all(
      this.processes.map(async (process) => {
        process.onOutput(({ stream, text }) =>
          onEvent({
            type: "diagnostic",
            severity: stream === "stderr" ? "info#err" : "info",
            message: text,
            ephemeral: false,
          }),
        );
        const info = await process.info;
        await process.configureStack(this.judged, dryRun);
        onEvent({
          type: "policyLoaded",
          pack: info.name,
          version: info.version,
          rules: info.rules.length,
          seconds: process.loadedAfterSeconds,
        });
        return { process, info };
      }),
    );
    ready.catch(() => undefined);
    return new OperationPolicies(ready, this.judged, onEvent);
  }

  close(): void {
    for (const process of this.processes) process.close();
  }
}

type LoadedPack = { process: PolicyProcess; info: PackInfo };

class OperationPolicies implements PolicyHost {
  constructor(
    private readonly ready: Promise<LoadedPack[]>,
    private readonly judged: JudgedStack,
    private readonly onEvent: (event: EngineEvent) => void,
  ) {}

  async remediate(resource: AnalyzedResource): Promise<PropertyMap> {
    let properties = resource.properties;
    for (const { process, info } of await this.ready) {
      if (!info.rules.some(({ enforcement }) => enforcement === "remediate")) continue;
      for (const remediation of await process.remediate({ ...resource, properties })) {
        const failed = remediation.getDiagnostic();
        const changed = remediation.getProperties();
        this.report({
          pack: remediation.getPolicypackname(),
          packVersion: info.version,
          rule: remediation.getPolicyname(),
          description: remediation.getDescription(),
          message: failed === "" ? "The policy corrected the resource's inputs." : failed,
          enforcement: failed === "" ? "remediate" : "advisory",
          urn: resource.urn,
        });
        if (failed === "" && changed !== undefined) properties = fromWire(changed);
      }
    }
    return properties;
  }

  async analyze(resource: AnalyzedResource): Promise<{ mandatoryViolation: boolean }> {
    const packs = await this.ready;
    const found = await Promise.all(
      packs.map(async ({ process, info }) =>
        this.reportAll(await process.analyze(resource), info, () => resource.urn),
      ),
    );
    return { mandatoryViolation: found.some(Boolean) };
  }

  async analyzeStack(
    resources: readonly AnalyzedResource[],
  ): Promise<{ mandatoryViolation: boolean }> {
    const { stack, project } = this.judged;
    const root = createUrn(stack, project, "", rootStackType, `${project}-${stack}`);
    const known = new Set(resources.map((resource) => resource.urn));
    const packs = await this.ready;
    const found = await Promise.all(
      packs.map(async ({ process, info }) =>
        this.reportAll(await process.analyzeStack(resources), info, (urn) =>
          known.has(urn) ? urn : root,
        ),
      ),
    );
    this.onEvent({ type: "policyDecided" });
    return { mandatoryViolation: found.some(Boolean) };
  }

  /** Returns whether a violation stops the operation. */
  private reportAll(
    diagnostics: readonly messages.AnalyzeDiagnostic[],
    info: PackInfo,
    urnOf: (urn: string) => string,
  ): boolean {
    const violations = diagnostics.flatMap((diagnostic) => {
      const level = levelOf(diagnostic.getEnforcementlevel());
      if (level === "disabled") return [];
      const rule = diagnostic.getPolicyname();
      const violation: PolicyViolation = {
        pack: diagnostic.getPolicypackname(),
        packVersion: info.version,
        rule,
        description: diagnostic.getDescription(),
        message: diagnostic.getMessage(),
        // If a remediation did not correct a violation, the violation is mandatory.
        enforcement: level === "advisory" ? "advisory" : "mandatory",
        severity:
          severityOf(diagnostic.getSeverity()) ??
          info.rules.find(({ name }) => name === rule)?.severity,
        urn: urnOf(diagnostic.getUrn()),
      };
      return [violation];
    });
    violations.forEach((violation) => this.report(violation));
    return violations.some(({ enforcement }) => enforcement === "mandatory");
  }

  private report(violation: PolicyViolation): void {
    this.onEvent({ type: "policyViolation", violation });
  }
}
