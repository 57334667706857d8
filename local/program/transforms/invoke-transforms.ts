import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as rpc from "@pulumi/pulumi/proto/resource_pb";
import type { CallbackClients } from "../../steps/hooks/callback-clients";

/** Functions of the program that change its invokes. Only the stack has them. */
export class InvokeTransforms {
  private readonly ofStack: Callback[] = [];

  constructor(private readonly callbacks: CallbackClients) {}

  addToStack(transform: Callback): void {
    this.ofStack.push(transform);
  }

  /** Applies the transforms to the request. */
  async apply(request: rpc.ResourceInvokeRequest): Promise<void> {
    const what = `invoke transform of ${request.getTok()}`;
    for (const transform of this.ofStack) {
      const bytes = subjectOf(request).serializeBinary();
      const answer = rpc.TransformInvokeResponse.deserializeBinary(
        await this.callbacks.invoke(transform, bytes, what),
      );
      if (answer.hasArgs()) request.setArgs(answer.getArgs());
      const options = answer.getOptions();
      if (options === undefined) continue;
      request.setProvider(options.getProvider());
      request.setVersion(options.getVersion());
      request.setPlugindownloadurl(options.getPluginDownloadUrl());
    }
  }
}

function subjectOf(request: rpc.ResourceInvokeRequest): rpc.TransformInvokeRequest {
  const options = new rpc.TransformInvokeOptions();
  options.setProvider(request.getProvider());
  options.setVersion(request.getVersion());
  options.setPluginDownloadUrl(request.getPlugindownloadurl());
  const subject = new rpc.TransformInvokeRequest();
  subject.setToken(request.getTok());
  subject.setArgs(request.getArgs());
  subject.setOptions(options);
  return subject;
}
