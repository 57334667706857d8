import { serveExtraction } from "./thread";

serveExtraction();
