/** At most this many values are kept between two reports; a busy queue would fill the log otherwise. */
const capacity = 500;

/** A fair sample of all values added: averages and percentiles stay right when there are too many. */
export class Sample {
  private values: number[] = [];
  private seen = 0;

  add(value: number): void {
    this.seen += 1;
    const rounded = Math.round(value * 1000) / 1000;
    if (this.values.length < capacity) {
      this.values.push(rounded);
    } else {
      const place = Math.floor(Math.random() * this.seen);
      if (place < capacity) {
        this.values[place] = rounded;
      }
    }
  }

  /** Hands out the sample and starts a new one. */
  take(): number[] {
    const { values } = this;
    this.values = [];
    this.seen = 0;
    return values;
  }
}
