export type { RehearsalFile } from "./rehearsal-file";
export { rehearsalFiles } from "./create-files";
