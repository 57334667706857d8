export { BackPressure } from "./back-pressure";
