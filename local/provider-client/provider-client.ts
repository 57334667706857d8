import * as grpc from "@grpc/grpc-js";
import { restoreElidedAssets } from "./elided-assets";
import { ResourceProviderService as service } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { call, connect, initFailure, isServiceError } from "../process/grpc";
import { Secret, type PropertyMap } from "../values/property-value";
import {
  annotateSecrets,
  containsSecrets,
  containsUnknowns,
  mapValues,
  withoutSecrets,
} from "../values/property-operations";
import {
  DiffUnavailableError,
  noDiff,
  ResourceInitError,
  type CheckConfigRequest,
  type CheckRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffConfigRequest,
  type ReadRequest,
  type UpdateRequest,
  type CheckResult,
  type DiffRequest,
  type DiffResult,
  type PackageProvider,
  type ReadResult,
} from "./provider";
import { parseUrn, providerPackage } from "../values/urn";
import { diffResult, failures, isUnimplemented, name, plain } from "./provider-messages";
import { fromWire, toWire, type WireOptions } from "../values/wire-values";

/** The features that the provider reported. */
interface Protocol {
  secrets: boolean;
  resources: boolean;
  previews: boolean;
}

/** A client of a provider plugin, over pulumirpc.ResourceProvider. */
export class ProviderClient implements PackageProvider {
  private readonly client: grpc.Client;
  private protocol: Protocol = { secrets: false, resources: false, previews: false };
  private didHandshake = false;
  /** False if the configuration has unknowns. The provider is not called then. */
  private configured = false;

  constructor(
    private readonly address: string,
    private readonly onClose: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.client = connect(address);
  }

  async handshake(engineAddress: string): Promise<void> {
    const request = new rpc.ProviderHandshakeRequest();
    request.setEngineAddress(engineAddress);
    request.setConfigureWithUrn(true);
    request.setInvokeWithPreview(true);
    try {
      const response = await call(this.client, service.handshake, request);
      this.didHandshake = true;
      this.protocol = {
        secrets: response.getAcceptSecrets(),
        resources: response.getAcceptResources(),
        previews: true,
      };
    } catch (error) {
      if (!isUnimplemented(error)) throw error;
    }
  }

  async checkConfig(request: CheckConfigRequest): Promise<CheckResult> {
    const message = new rpc.CheckRequest();
    name(message, request.urn);
    message.setOlds(toWire(request.olds ?? {}, { ...plain, unknowns: true }));
    message.setNews(toWire(request.news, { ...plain, unknowns: true }));
    try {
      const response = await this.ask(service.checkConfig, message);
      const inputs = fromWire(response.getInputs());
      return { inputs: annotateSecrets(inputs, request.news), failures: failures(response) };
    } catch (error) {
      if (isUnimplemented(error)) return { inputs: request.news, failures: [] };
      throw error;
    }
  }

  async diffConfig(request: DiffConfigRequest): Promise<DiffResult> {
    const message = new rpc.DiffRequest();
    name(message, request.urn);
    const options = { ...plain, unknowns: true };
    message.setOldInputs(toWire(request.oldInputs, options));
    message.setOlds(toWire(request.oldOutputs, options));
    message.setNews(toWire(request.newInputs, options));
    message.setIgnorechangesList(request.ignoreChanges);
    try {
      return diffResult(await this.ask(service.diffConfig, message));
    } catch (error) {
      if (isUnimplemented(error)) return { ...noDiff, changes: "unknown" };
      throw error;
    }
  }

  async configure(request: { urn: string; id: string; inputs: PropertyMap }): Promise<void> {
    if (Object.values(request.inputs).some(containsUnknowns)) return;
    const { type, name: resourceName } = parseUrn(request.urn);
    const message = new rpc.ConfigureRequest();
    message.setName(resourceName);
    if (this.didHandshake) {
      message.setUrn(request.urn);
      message.setType(type);
      message.setId(request.id);
    }
    message.setAcceptsecrets(true);
    message.setAcceptresources(true);
    message.setSendsOldInputs(true);
    message.setSendsOldInputsToDelete(true);
    message.setArgs(toWire(request.inputs, { unknowns: true, secrets: true, resources: true }));
    const variables = message.getVariablesMap();
    for (const [key, value] of Object.entries(request.inputs)) {
      if (key === "version") continue;
      const bare = withoutSecrets(value);
      variables.set(
        `${providerPackage(type)}:config:${key}`,
        typeof bare === "string" ? bare : JSON.stringify(bare),
      );
    }
    const response = await this.ask(service.configure, message);
    if (!this.didHandshake) {
      this.protocol = {
        secrets: response.getAcceptsecrets(),
        resources: response.getAcceptresources(),
        previews: response.getSupportspreview(),
      };
    }
    this.configured = true;
  }

  async check(request: CheckRequest): Promise<CheckResult> {
    if (!this.configured) return { inputs: request.news, failures: [] };
    const message = new rpc.CheckRequest();
    name(message, request.urn);
    message.setOlds(toWire(request.olds ?? {}, this.wire(request.allowUnknowns)));
    message.setNews(toWire(request.news, this.wire(request.allowUnknowns)));
    message.setRandomseed(request.randomSeed);
    const response = await this.ask(service.check, message);
    const inputs = fromWire(response.getInputs());
    return { inputs: this.withSecrets(inputs, request.news), failures: failures(response) };
  }

  async diff(request: DiffRequest): Promise<DiffResult> {
    if (!this.configured) throw new DiffUnavailableError();
    const message = new rpc.DiffRequest();
    name(message, request.urn);
    message.setId(request.id);
    const wire = { ...this.wire(request.allowUnknowns), elideAssets: true };
    message.setOldInputs(toWire(request.oldInputs, wire));
    message.setOlds(toWire(request.oldOutputs, wire));
    message.setNews(toWire(request.newInputs, wire));
    message.setIgnorechangesList(request.ignoreChanges);
    return diffResult(await this.ask(service.diff, message));
  }

  async create(request: CreateRequest): Promise<{ id: string; outputs: PropertyMap }> {
    if (request.preview) {
      if (!this.configured) return { id: "", outputs: {} };
      if (!this.protocol.previews) return { id: "", outputs: request.inputs };
    }
    const message = new rpc.CreateRequest();
    name(message, request.urn);
    message.setProperties(toWire(request.inputs, this.wire(request.preview)));
    message.setTimeout(request.timeoutSeconds);
    message.setPreview(request.preview);
    const response = await this.ask(service.create, message, request.inputs);
    const id = response.getId();
    if (id === "" && !request.preview) {
      throw new Error(`The provider returned no id from create '${request.urn}'`);
    }
    const outputs = fromWire(response.getProperties());
    return { id, outputs: this.withSecrets(outputs, request.inputs) };
  }

  async read(request: ReadRequest): Promise<ReadResult> {
    if (!this.configured) return { id: request.id, inputs: {}, outputs: {} };
    const message = new rpc.ReadRequest();
    name(message, request.urn);
    message.setId(request.id);
    const wire = { ...this.wire(false), elideAssets: true };
    if (request.inputs !== undefined) message.setInputs(toWire(request.inputs, wire));
    if (request.outputs !== undefined) message.setProperties(toWire(request.outputs, wire));
    message.setTimeout(request.timeoutSeconds);
    const response = await this.ask(service.read, message, request.inputs);
    const inputs = response.getInputs();
    const outputs = response.getProperties();
    const answered = (value: typeof inputs, before: PropertyMap = {}) =>
      value === undefined
        ? undefined
        : restoreElidedAssets(request.inputs ?? {}, this.withSecrets(fromWire(value), before));
    return {
      id: response.getId(),
      inputs: answered(inputs, request.inputs),
      outputs: answered(outputs, request.outputs),
    };
  }

  async update(request: UpdateRequest): Promise<{ outputs: PropertyMap }> {
    if (request.preview) {
      if (!this.configured) return { outputs: {} };
      if (!this.protocol.previews) return { outputs: request.newInputs };
    }
    const message = new rpc.UpdateRequest();
    name(message, request.urn);
    message.setId(request.id);
    const old = { ...this.wire(false), elideAssets: true };
    message.setOldInputs(toWire(request.oldInputs, old));
    message.setOlds(toWire(request.oldOutputs, old));
    message.setNews(toWire(request.newInputs, this.wire(request.preview)));
    message.setTimeout(request.timeoutSeconds);
    message.setIgnorechangesList(request.ignoreChanges);
    message.setPreview(request.preview);
    const response = await this.ask(service.update, message, request.newInputs);
    const outputs = fromWire(response.getProperties());
    return { outputs: this.withSecrets(outputs, request.newInputs) };
  }

  async delete(request: DeleteRequest): Promise<void> {
    const message = new rpc.DeleteRequest();
    name(message, request.urn);
    message.setId(request.id);
    const wire = { ...this.wire(false), elideAssets: true };
    message.setOldInputs(toWire(request.inputs, wire));
    message.setProperties(toWire(request.outputs, wire));
    message.setTimeout(request.timeoutSeconds);
    await this.ask(service.delete, message);
  }

  async invoke(request: { token: string; inputs: PropertyMap; preview: boolean }) {
    if (!this.configured) return { outputs: {}, failures: [] };
    const message = new rpc.InvokeRequest();
    message.setTok(request.token);
    message.setArgs(toWire(request.inputs, this.wire(false)));
    message.setPreview(request.preview);
    const response = await this.ask(service.invoke, message);
    const outputs = fromWire(response.getReturn());
    const hide = !this.protocol.secrets && Object.values(request.inputs).some(containsSecrets);
    return {
      outputs: hide
        ? mapValues(outputs, (value) => (value instanceof Secret ? value : new Secret(value)))
        : outputs,
      failures: failures(response),
    };
  }

  async close(): Promise<void> {
    this.client.close();
    await this.onClose();
  }

  private wire(unknowns: boolean): WireOptions {
    return { unknowns, secrets: this.protocol.secrets, resources: this.protocol.resources };
  }

  private withSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
    return this.protocol.secrets ? outputs : annotateSecrets(outputs, inputs);
  }

  private async ask<Request, Response>(
    method: grpc.MethodDefinition<Request, Response>,
    request: Request,
    inputs: PropertyMap = {},
  ): Promise<Response> {
    try {
      return await call(this.client, method, request);
    } catch (error) {
      if (!isServiceError(error) || isUnimplemented(error)) throw error;
      const failure = initFailure(error);
      if (failure !== undefined) {
        const live = failure.getInputs();
        throw new ResourceInitError(failure.getReasonsList(), {
          id: failure.getId(),
          outputs: this.withSecrets(fromWire(failure.getProperties()), inputs),
          ...(live === undefined ? {} : { inputs: fromWire(live) }),
        });
      }
      throw new Error(
        error.code === grpc.status.UNAVAILABLE
          ? `The provider at ${this.address} has ended: ${error.details}`
          : error.details,
        { cause: error },
      );
    }
  }
}
