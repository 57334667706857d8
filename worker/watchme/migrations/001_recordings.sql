-- One row per recording that was uploaded. The audio processor writes it before it sends the messages.
create table recordings (
  -- <device>/<day>/<time>
  recording_id text primary key,
  device_id text not null,
  -- Day and time are the device's local ones.
  day date not null,
  time text not null,
  bucket text not null,
  key text not null,
  created_at timestamptz not null default now(),
  -- When a summary that counts this recording was asked for.
  summary_requested_at timestamptz
);

create index recordings_of_a_day on recordings (device_id, day);
-- What the aggregator looks at every minute.
create index recordings_not_summed_up on recordings (created_at) where summary_requested_at is null;

-- What the APIs found out. They write here themselves, also about recordings that are not in the table above.
create table features (
  recording_id text not null,
  feature text not null check (feature in ('asr', 'sed', 'ser')),
  result jsonb not null,
  completed_at timestamptz not null default now(),
  primary key (recording_id, feature)
);
