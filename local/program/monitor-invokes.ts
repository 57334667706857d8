import { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import * as rpc from "@pulumi/pulumi/proto/resource_pb";
import type { DefaultProviders } from "../provider-client/default-providers";
import { providerRequestOf } from "./monitor-goals";
import type { ProviderChoice } from "../provider-client/provider-choice";
import type { ProviderRegistry } from "../provider-client/provider-registry";
import type { InvokeTransforms } from "./transforms/invoke-transforms";
import { fromWire, toWire } from "../values/wire-values";

/** Calls of provider functions by the program. */
export class Invokes {
  constructor(
    private readonly options: {
      providers: ProviderRegistry;
      defaults: DefaultProviders;
      choice: ProviderChoice;
      transforms: InvokeTransforms;
      dryRun: boolean;
    },
  ) {}

  /** Calls the function. */
  async run(request: rpc.ResourceInvokeRequest): Promise<rpc.ResourceInvokeResponse> {
    const token = request.getTok();
    request.setProvider(this.options.choice.forInvoke(request));
    await this.options.transforms.apply(request);
    const reference =
      request.getProvider() ||
      (await this.options.defaults.reference(providerRequestOf(token, request)));
    const provider = this.options.providers.get(reference);
    if (provider === undefined) throw new Error(`unknown provider '${reference}' for ${token}`);
    const inputs = fromWire(request.getArgs());
    const answer = await provider
      .invoke({ token, inputs, preview: this.options.dryRun })
      .catch((error: Error) => {
        throw new Error(`invocation of ${token} returned an error: ${error.message}`);
      });
    const response = new rpc.ResourceInvokeResponse();
    response.setReturn(
      toWire(answer.outputs, {
        unknowns: true,
        secrets: true,
        resources: request.getAcceptresources() || token === "pulumi:pulumi:getResource",
      }),
    );
    response.setFailuresList(
      answer.failures.map(({ property, reason }) => {
        const failure = new CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        return failure;
      }),
    );
    return response;
  }
}
