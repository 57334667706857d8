/** Names the work on a day of a device, based on so many recordings. */
export const dayKey = ({
  deviceId,
  day,
  recordings,
}: {
  deviceId: string;
  day: string;
  recordings: number;
}): string => `${deviceId}/${day}/${recordings}`;
