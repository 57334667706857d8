import { Option, type Command } from "commander";

export interface CommonOptions {
  local?: boolean;
  json?: boolean;
}

/** For a command about one system of one environment. */
export const systemArguments = (command: Command): Command =>
  commonOptions(
    command
      .argument("<environment>", "stack, such as dev or prod")
      .argument("<system>", "folder in systems/, such as file-search"),
  );

export const commonOptions = (command: Command): Command =>
  command
    .addOption(
      new Option("--local", "the embedded cloud on this machine instead of AWS").env("OPS_LOCAL"),
    )
    .option("--json", "answer with JSON");
