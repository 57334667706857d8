-- Work that has ended, so that it is never done again: an object's version (written in the transaction
-- of its document) and a message of the queue.
create table finished_work (
  key text primary key,
  outcome text not null check (outcome in ('done', 'dead-lettered')),
  finished_at timestamptz not null default now()
);

create index finished_work_finished_at on finished_work (finished_at);
