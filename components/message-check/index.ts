export { MessageCheck } from "./message-check";
