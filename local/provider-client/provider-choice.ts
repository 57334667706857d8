import type {
  RegisterResourceRequest,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import type { Goal } from "../state/goal";
import { packageOf } from "../values/urn";

/** The provider of a resource or an invoke that does not name one. */
export class ProviderChoice {
  /** The providers of each component, by package. */
  private readonly handedDown = new Map<string, Map<string, string>>();

  /** The provider that the resource names, or else that of its parent, or one that a component passes on. Empty
   *  when only the default provider is left. */
  forResource(request: RegisterResourceRequest, parent: Goal | undefined): string {
    const name = packageOf(request.getType());
    const inherited = parent?.provider ?? "";
    return (
      request.getProvider() ||
      (inherited.includes(`pulumi:providers:${name}::`) ? inherited : "") ||
      (request.getProvidersMap().get(name) ?? "") ||
      this.from(request.getParent(), name)
    );
  }

  forInvoke(request: ResourceInvokeRequest): string {
    return request.getProvider() || this.from(request.getParent(), packageOf(request.getTok()));
  }

  /** A component passes on its own providers and those of its parent. */
  handDown(urn: string, component: RegisterResourceRequest): void {
    const providers = new Map(this.handedDown.get(component.getParent()) ?? []);
    component.getProvidersMap().forEach((reference, name) => providers.set(name, reference));
    this.handedDown.set(urn, providers);
  }

  private from(component: string, packageName: string): string {
    return this.handedDown.get(component)?.get(packageName) ?? "";
  }
}
