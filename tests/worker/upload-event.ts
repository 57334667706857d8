/** The body of the message that S3 sends for an upload. */
export function uploadEvent(bucket: string, key: string): string {
  return JSON.stringify({
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: "ap-northeast-1",
        eventTime: "2026-11-21T00:00:00.000Z",
        eventName: "ObjectCreated:Put",
        s3: {
          bucket: { name: bucket },
          object: { key: encodeURIComponent(key).replaceAll("%20", "+"), size: 6 },
        },
      },
    ],
  });
}
