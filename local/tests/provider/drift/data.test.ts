import { itSeesDrifts } from "./drift";
import { data } from "./";

itSeesDrifts(data);
