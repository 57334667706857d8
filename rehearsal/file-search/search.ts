import { expectAll } from "../steps/step";
import type { FileSearchRun, FileSearchStep } from "./run";

export const search: FileSearchStep = {
  name: "a search finds every indexed file",
  async run(run) {
    const files = run.get("files").filter((file) => file.expect === "indexed");
    const japanese = files.find((file) => /[ぁ-ん一-龠]/.test(file.contains));
    const english = files.find((file) => /^[ -~]+$/.test(file.contains));
    const found: string[] = [];
    for (const file of [english, japanese]) {
      if (file === undefined) throw new Error("The files have no phrase to search for.");
      const keys = await keysWith(run, file.contains);
      expectAll({ [`"${file.contains}" finds ${file.key}`]: keys.includes(file.key) });
      found.push(`"${file.contains}" is in ${keys.length} ${keys.length === 1 ? "file" : "files"}`);
    }
    const missing: string[] = [];
    for (const file of files) {
      if (!(await keysWith(run, file.contains)).includes(file.key)) missing.push(file.key);
    }
    expectAll({
      [`every file is found by its phrase; not found: ${missing.join(", ")}`]: missing.length === 0,
    });
    return `${found.join(", ")}; each of ${files.length} files is found by a phrase that only it contains`;
  },
};

async function keysWith(run: FileSearchRun, phrase: string): Promise<string[]> {
  const { rows } = await run.database.query<{ key: string }>(
    "select key from search_documents($1, 1000)",
    [phrase],
  );
  return rows.map(({ key }) => key);
}
