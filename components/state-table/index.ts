export { stateTable, type StateTable } from "./state-table";
