import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ResourceMonitorService as monitor } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/resource_pb";
import { call, connect } from "../process/grpc";
import { createUrn, packageOf, parentTypeOf, rootStackType } from "../values/urn";
import type { ProgramHost } from "./program-host";

/** A resource that exists in the cloud and comes under the stack. */
export interface Imported {
  type: string;
  name: string;
  id: string;
  /** URN of the parent. Undefined: the stack. */
  parent?: string;
}

interface ImportOptions {
  project: string;
  stack: string;
  resources: readonly Imported[];
  protect: boolean;
  /** Version of the provider of a package, as the program's SDK asks for it. */
  versionOf(packageName: string): string;
}

export const importedUrn = (
  { project, stack }: { project: string; stack: string },
  { type, name, parent = "" }: Imported,
): string => createUrn(stack, project, parentTypeOf(parent), type, name);

/** A program that imports resources as they are and registers nothing else. It runs in an update that is limited to
 *  them. */
export function importProgram(options: ImportOptions): ProgramHost {
  return {
    async run({ monitorAddress }) {
      const client = connect(monitorAddress);
      const register = (request: rpc.RegisterResourceRequest) =>
        call<rpc.RegisterResourceRequest, rpc.RegisterResourceResponse>(
          client,
          monitor.registerResource,
          request,
        );
      try {
        const { project, stack } = options;
        const root = await register(requestOf(rootStackType, `${project}-${stack}`, false));
        for (const { type, name, id, parent } of options.resources) {
          const request = requestOf(type, name, true);
          request.setParent(parent ?? root.getUrn());
          request.setImportid(id);
          request.setProtect(options.protect);
          request.setVersion(options.versionOf(packageOf(type)));
          // What the provider reads is what the stack has.
          request.setIgnorechangesList(["*"]);
          await register(request);
        }
      } finally {
        client.close();
      }
    },
  };
}

function requestOf(type: string, name: string, custom: boolean): rpc.RegisterResourceRequest {
  const request = new rpc.RegisterResourceRequest();
  request.setType(type);
  request.setName(name);
  request.setCustom(custom);
  request.setObject(Struct.fromJavaScript({}));
  request.setAcceptsecrets(true);
  return request;
}
