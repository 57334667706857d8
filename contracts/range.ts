/** Whole numbers from `min` to `max`, both included. */
export interface Range {
  min: number;
  max: number;
}
