-- Text is compared and searched by character, not by byte: any other encoding would store Japanese
-- as bytes that no index understands.
do $$
begin
  if current_setting('server_encoding') <> 'UTF8' then
    raise exception 'The index needs a database with the encoding UTF8; this one has %. Create it with "create database … encoding ''UTF8'' template template0".',
      current_setting('server_encoding');
  end if;
end
$$;

create extension if not exists pg_trgm;

-- A tsvector holds at most 1 MiB. 200,000 characters nearly always stay below it; where they do not
-- (compound words are indexed whole and in parts), a quarter of them does. What lies behind them is
-- still found by trigrams and pairs.
create function document_words(name text, text text) returns tsvector
language plpgsql immutable
as $$
declare
  of_name constant tsvector := setweight(
    to_tsvector('english', regexp_replace(name, '[^[:alnum:]]+', ' ', 'g')), 'A'
  );
begin
  return of_name || to_tsvector('english', left(text, 200000));
exception when program_limit_exceeded then
  return of_name || to_tsvector('english', left(text, 50000));
end
$$;

-- One row per object: what its newest known version says. A removed object leaves a row with
-- removed_at, so that an event of an older version that arrives late does not bring it back.
create table documents (
  bucket text not null,
  key text not null,
  version_id text,
  etag text,
  -- S3's order of events on one key: hexadecimal, padded on the right, compared by byte.
  sequencer text collate "C" not null,
  size bigint not null,
  content_type text not null,
  title text,
  -- Key and title in Unicode's NFKC form, as the text and the search have it: file names from a Mac
  -- come decomposed.
  name text not null,
  text text not null,
  metadata jsonb not null,
  -- Pairs of neighbouring characters of Chinese, Japanese and Korean words: trigrams cannot find
  -- words of two characters, which is what most Japanese words are.
  pairs text[] not null,
  words tsvector not null generated always as (document_words(name, text)) stored,
  indexed_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (bucket, key)
);

create index documents_words on documents using gin (words);
create index documents_pairs on documents using gin (pairs);
create index documents_text_trigrams on documents using gin (text gin_trgm_ops);
create index documents_name_trigrams on documents using gin (name gin_trgm_ops);
