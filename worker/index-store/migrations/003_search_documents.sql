-- Finds documents by words (English is stemmed) or by every term as a part of the text, the title or
-- the key. A function, so that psql and any other program search exactly as the worker's own code.
create function search_documents(query text, max_rows integer default 20)
returns table (bucket text, key text, version_id text, title text, excerpt text, score real)
language plpgsql stable
as $$
#variable_conflict use_column
declare
  phrase constant text := trim(normalize(query, NFKC));
  terms constant text[] := array_remove(regexp_split_to_array(phrase, '\s+'), '');
  patterns constant text[] := array(
    select '%' || regexp_replace(term, '([\\%_])', '\\\1', 'g') || '%' from unnest(terms) as term
  );
  -- The most selective one opens the index; all of them decide.
  longest constant text := (select p from unnest(patterns) as p order by length(p) desc, p limit 1);
  wanted_pairs constant text[] := array(
    select distinct pair from unnest(terms) as term, generate_series(1, length(term) - 1) as at,
      lateral (select lower(substr(term, at, 2)) as pair) as two
    where pair ~ '^[々〆ぁ-ヿ㐀-鿿豈-﫿가-힯]{2}$'
  );
  by_words constant tsquery := websearch_to_tsquery('english', phrase);
begin
  if longest is null then
    return;
  end if;
  return query
    select d.bucket, d.key, d.version_id, d.title,
      trim(substr(d.text, greatest(1, strpos(lower(d.text), lower(terms[1])) - 40), 160)),
      (ts_rank(d.words, by_words, 32)
        + word_similarity(phrase, d.name)
        + case when strpos(lower(d.text), lower(phrase)) > 0 then 1 else 0 end)::real as score
    from documents d
    where d.removed_at is null
      and (
        d.words @@ by_words
        or (
          (cardinality(wanted_pairs) = 0 or d.pairs @> wanted_pairs)
          and (d.text ilike longest or d.name ilike longest)
          and not exists (
            select from unnest(patterns) as pattern
            where not (d.text ilike pattern or d.name ilike pattern)
          )
        )
      )
    order by score desc, d.bucket, d.key
    limit max_rows;
end
$$;
