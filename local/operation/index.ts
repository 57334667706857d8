export { runOperation } from "./run-operation";
