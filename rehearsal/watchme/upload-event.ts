/** What S3 sends about uploaded objects. */
export const uploadEvent = (bucket: string, keys: readonly string[]) => ({
  Records: keys.map((key) => ({
    eventVersion: "2.1",
    eventSource: "aws:s3",
    eventTime: new Date().toISOString(),
    eventName: "ObjectCreated:Put",
    s3: { bucket: { name: bucket }, object: { key } },
  })),
});
