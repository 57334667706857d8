export { lockHome, resetCloud, startCloud, stopCloud, type StartOptions } from "./control";
export { cloudStatus, type CloudStatus, type RunningCloud } from "../cloud/status";
