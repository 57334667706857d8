import { itSeesDrifts } from "./drift";
import { machines } from "./";

itSeesDrifts(machines);
