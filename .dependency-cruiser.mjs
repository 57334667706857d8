/** The arrows of the house: what a folder may import besides itself and npm packages. Types count as well. */
const arrows = {
  contracts: [],
  components: ["contracts"],
  systems: ["components", "contracts"],
  policy: [],
  worker: ["contracts"],
  local: ["contracts"],
  rehearsal: ["contracts", "local", "systems"],
  bench: ["contracts", "worker", "local"],
  tests: ["contracts", "components", "systems", "policy", "worker", "local", "rehearsal"],
  "local/tests": [
    "contracts",
    "components",
    "systems",
    "policy",
    "worker",
    "local",
    "rehearsal",
    "tests",
  ],
};

/** Inside `local/`: the steps of an operation. */
const steps = {
  "local/process": [],
  "local/values": [],
  "local/state": ["process", "values"],
  "local/provider-client": ["process", "values", "state"],
  "local/steps": ["process", "values", "state", "provider-client"],
  "local/policy": ["process", "values"],
  "local/decide": ["process", "values", "state", "provider-client", "steps", "policy"],
  "local/program": ["process", "values", "state", "provider-client", "steps", "decide"],
  "local/operation": [
    "process",
    "values",
    "state",
    "provider-client",
    "steps",
    "policy",
    "decide",
    "program",
  ],
  "local/provider": ["process", "values"],
  "local/cloud": ["process"],
  "local/alarms": ["process", "cloud"],
  "local/fleet": ["process", "cloud"],
  "local/keeper": ["process", "cloud", "alarms", "fleet"],
  "local/cli": ["process", "values", "state", "policy", "program", "operation", "cloud", "keeper"],
  "local/bin": ["cli"],
};

const any = (folders) => `^(${folders.join("|")})/`;

/** A folder may reach itself and what its arrows name; nothing else of `among`. */
const rule = (folder, allowed, among, exceptFrom) => ({
  name: `arrow-from-${folder.replace("/", "-")}`,
  severity: "error",
  from: { path: any([folder]), ...exceptFrom },
  to: { path: any(among), pathNot: any([folder, ...allowed]) },
});

const house = Object.keys(arrows);

export default {
  forbidden: [
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    ...Object.entries(arrows).map(([folder, allowed]) =>
      rule(folder, allowed, house, folder === "local" ? { pathNot: any(["local/tests"]) } : {}),
    ),
    ...Object.entries(steps).map(([folder, allowed]) =>
      rule(
        folder,
        allowed.map((name) => `local/${name}`),
        ["local"],
      ),
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
  },
};
