export { account } from "./account";
export { resetCloud, startCloud, stopCloud, type StartOptions } from "./control";
export { cloudStatus, type CloudStatus, type RunningCloud } from "./status";
