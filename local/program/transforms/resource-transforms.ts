import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as rpc from "@pulumi/pulumi/proto/resource_pb";
import { parseWire } from "../../values/wire-values";
import type { CallbackClients } from "../../steps/hooks/callback-clients";
import { withOutputValues } from "./output-values";
import { optionsOf, takeOptions } from "./resource-options";

/** Functions of the program that change registrations before anything else reads them: first those of the resource,
 *  then those of its parents (innermost first), then those of the stack. */
export class ResourceTransforms {
  private readonly ofStack: Callback[] = [];
  private readonly ofResources = new Map<string, Callback[]>();

  constructor(private readonly callbacks: CallbackClients) {}

  addToStack(transform: Callback): void {
    this.ofStack.push(transform);
  }

  /** For the children of the resource. */
  remember(urn: string, transforms: Callback[]): void {
    this.ofResources.set(urn, transforms);
  }

  /** Applies the transforms to the request. */
  async apply(request: rpc.RegisterResourceRequest, parents: string[]): Promise<void> {
    const own = request.getTransformsList();
    const inherited = parents.flatMap((urn) => this.ofResources.get(urn) ?? []);
    const transforms = [...own, ...inherited, ...this.ofStack];
    if (transforms.length === 0) return;

    const subject = new rpc.TransformRequest();
    subject.setType(request.getType());
    subject.setName(request.getName());
    subject.setCustom(request.getCustom());
    subject.setParent(request.getParent());
    const dependencies = own.length > 0 ? dependenciesOf(request) : new Map<string, string[]>();
    subject.setProperties(withOutputValues(request.getObject(), dependencies));
    subject.setOptions(optionsOf(request));
    for (const transform of transforms) {
      const bytes = subject.serializeBinary();
      const answer = rpc.TransformResponse.deserializeBinary(
        await this.callbacks.invoke(transform, bytes, "invoke transform"),
      );
      if (answer.hasProperties()) subject.setProperties(answer.getProperties());
      if (answer.hasOptions()) subject.setOptions(answer.getOptions());
    }

    request.setObject(subject.getProperties());
    const options = subject.getOptions() ?? new rpc.TransformResourceOptions();
    takeOptions(request, options);
    // Pulumi's engine computes dependencies again only if the resource has its own transforms.
    if (own.length > 0) takeDependencies(request, options.getDependsOnList());
  }
}

function dependenciesOf(request: rpc.RegisterResourceRequest): Map<string, string[]> {
  const found = new Map<string, string[]>();
  request.getPropertydependenciesMap().forEach((urns, key) => found.set(key, urns.getUrnsList()));
  return found;
}

/** The result of the transforms decides, whether it is in the options or in a value. */
function takeDependencies(request: rpc.RegisterResourceRequest, dependsOn: string[]): void {
  const { properties, dependencies } = parseWire(request.getObject());
  const all = new Set(dependsOn);
  request.clearPropertydependenciesMap();
  for (const key of Object.keys(properties)) {
    const urns = new rpc.RegisterResourceRequest.PropertyDependencies();
    urns.setUrnsList([...(dependencies[key] ?? [])]);
    request.getPropertydependenciesMap().set(key, urns);
    for (const urn of urns.getUrnsList()) all.add(urn);
  }
  request.setDependenciesList([...all]);
}
