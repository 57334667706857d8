export { buildBundle, type Bundle } from "./esbuild-bundle";
