-- What a device heard on a day, and how that compares with the days before. `recordings`: how many it is based on. One of
-- more recordings replaces one of fewer, never the other way round.
create table day_summaries (
  device_id text not null,
  day date not null,
  recordings integer not null,
  summary jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (device_id, day)
);

create table day_analyses (
  device_id text not null,
  day date not null,
  recordings integer not null,
  analysis jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (device_id, day)
);
