import type * as sqliteModule from "node:sqlite";

/** Node's SQLite. Node warns at the first use that the module may change, and nobody who reads our output can do anything
 *  about that. */
export function sqlite(): typeof sqliteModule {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}
