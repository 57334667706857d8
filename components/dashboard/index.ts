export { systemDashboard } from "./system-dashboard";
