-- Deliveries of a message that ended before its work had started: a worker that stops gives back what waits.
-- The queue counts them, but they are no attempts.
create table unstarted_deliveries (
  message_id text primary key,
  count integer not null,
  last_at timestamptz not null default now()
);

create index unstarted_deliveries_last_at on unstarted_deliveries (last_at);
