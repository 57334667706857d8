import { createHash } from "node:crypto";
import type { FakeApi } from "../../../rehearsal/watchme/fake-api";

/** This share of the recordings fails at its first attempt. */
const failingPercent = 3;
const failures = ["500", "429", "closes"] as const;

/** Fails some first attempts: of the same recordings in every run, and anywhere in a batch. */
export const failSome: FakeApi["faultOf"] = ({ recording_id: id }, attempt) => {
  const [share = 0, kind = 0] = createHash("sha256").update(id).digest();
  const isFailing = attempt === 1 && share < (failingPercent / 100) * 256;
  return isFailing ? (failures[kind % failures.length] ?? "500") : "none";
};
