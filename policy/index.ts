import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

new PolicyPack("queuefleet", { policies: rules });
