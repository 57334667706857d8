export { BackPressure } from "./back-pressure";
export { pauseAlarmRange } from "./back-pressure-arguments";
