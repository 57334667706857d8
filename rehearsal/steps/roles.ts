import { parseUrn } from "../../local/values/urn";
import { serviceSession } from "../../local/cloud/role-session";
import { deployerRole } from "../deployer";
import { readResources } from "../material";
import { isRefusal, probes, type ProbeName } from "../probes";
import type { SystemRun } from "../system-run";
import { expectAll, type Step } from "./step";

/** Of a system's roles, by their names in the program, the probes that are their work. All others must be refused. */
export type Roles = Readonly<Record<string, readonly ProbeName[]>>;

/** It deletes and replaces what the system has, and asks a new version of a function whether it works. */
const deployerMay: readonly ProbeName[] = ["delete a queue", "delete a log", "call a function"];

const leastRefused = 3;

/** The rest of the rehearsal shows that the roles may do their work. */
export const roles = (table: Roles): Step => ({
  name: "every role is refused what is not its work",
  async run(run) {
    const deployed = (await readResources(run))
      .filter(({ type }) => type === "aws:iam/role:Role")
      .map(({ urn, id = "" }) => ({ name: parseUrn(urn).name, roleName: id }));
    const known = deployed.map(({ name }) => name);
    const missing = known.filter((name) => table[name] === undefined);
    const gone = Object.keys(table).filter((name) => !known.includes(name));
    expectAll({
      [`the table has the roles that are deployed; missing: ${missing.join()}; gone: ${gone.join()}`]:
        missing.length + gone.length === 0,
    });
    const all = [
      ...deployed.map((role) => ({ ...role, may: table[role.name] ?? [] })),
      { name: "the deployer", roleName: deployerRole(run), may: deployerMay },
    ];
    const tried = (await Promise.all(all.map((role) => tryAll(run, role)))).flat();
    const wrong = tried.filter(({ result }) => result !== "refused");
    const counts = all.map(({ name }) => ({
      name,
      count: tried.filter((one) => one.name === name).length,
    }));
    expectAll({
      [`all are refused; not: ${wrong.map(({ name, what, result }) => `${name}: ${what} (${result})`).join("; ")}`]:
        wrong.length === 0,
      [`each role is refused ${leastRefused} calls or more`]: counts.every(
        ({ count }) => count >= leastRefused,
      ),
    });
    return `${all.length} roles, ${tried.length} calls refused, of each role at least ${Math.min(...counts.map(({ count }) => count))}`;
  },
});

interface Tried {
  name: string;
  what: string;
  result: string;
}

async function tryAll(
  run: SystemRun,
  { name, roleName, may }: { name: string; roleName: string; may: readonly ProbeName[] },
): Promise<Tried[]> {
  const { endpoint, accountId } = run.cloud;
  const system = run.get("system");
  const { region } = system;
  const credentials = await serviceSession({ endpoint, accountId, region }, roleName);
  const calls = Object.entries(probes).filter(([what]) => !may.includes(what as ProbeName));
  const tried = await Promise.all(
    calls.map(async ([what, call]) => {
      const result = await resultOf(call({ endpoint, region, credentials }, system, roleName));
      return result === undefined ? [] : [{ name, what, result }];
    }),
  );
  return tried.flat();
}

/** Undefined: the system has nothing of this kind. */
async function resultOf(call: Promise<unknown> | undefined): Promise<string | undefined> {
  if (call === undefined) return undefined;
  try {
    await call;
    return "it succeeded";
  } catch (error) {
    return isRefusal(error) ? "refused" : String(error);
  }
}
