import * as grpc from "@grpc/grpc-js";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import type { PropertyDiff } from "../values/events";
import { isServiceError } from "../process/grpc";
import type { DiffResult } from "./provider";
import { parseUrn } from "../values/urn";
import type { WireOptions } from "../values/wire-values";

/** Plain values only. */
export const plain: WireOptions = { unknowns: false, secrets: false, resources: false };

export function isUnimplemented(error: unknown): boolean {
  return isServiceError(error) && error.code === grpc.status.UNIMPLEMENTED;
}

export function name(
  message: {
    setUrn(urn: string): unknown;
    setName(name: string): unknown;
    setType(type: string): unknown;
  },
  urn: string,
): void {
  const parts = parseUrn(urn);
  message.setUrn(urn);
  message.setName(parts.name);
  message.setType(parts.type);
}

export function failures(response: { getFailuresList(): rpc.CheckFailure[] }) {
  return response
    .getFailuresList()
    .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
}

const diffKinds: Record<rpc.PropertyDiff.Kind, PropertyDiff["kind"]> = {
  [rpc.PropertyDiff.Kind.ADD]: "add",
  [rpc.PropertyDiff.Kind.ADD_REPLACE]: "add-replace",
  [rpc.PropertyDiff.Kind.DELETE]: "delete",
  [rpc.PropertyDiff.Kind.DELETE_REPLACE]: "delete-replace",
  [rpc.PropertyDiff.Kind.UPDATE]: "update",
  [rpc.PropertyDiff.Kind.UPDATE_REPLACE]: "update-replace",
};

export function diffResult(response: rpc.DiffResponse): DiffResult {
  const detailedDiff: Record<string, PropertyDiff> = {};
  response.getDetaileddiffMap().forEach((diff, path) => {
    detailedDiff[path] = { kind: diffKinds[diff.getKind()], inputDiff: diff.getInputdiff() };
  });
  const changes = { 0: "unknown", 1: "none", 2: "some" } as const;
  return {
    changes: changes[response.getChanges()],
    replaceKeys: response.getReplacesList(),
    changedKeys: response.getDiffsList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    ...(response.getHasdetaileddiff() ? { detailedDiff } : {}),
  };
}
