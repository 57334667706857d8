import { execa } from "execa";
