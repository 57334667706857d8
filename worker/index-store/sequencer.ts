/** S3 says: compare sequencers of one key as hexadecimal text after padding the shorter with zeros on
 *  the right. Padded to one length, the database compares them as they are.
 *  Source: S3 user guide, "Event message structure". */
export function normaliseSequencer(sequencer: string | undefined): string {
  return (sequencer ?? "").toUpperCase().padEnd(64, "0");
}
