-- Chinese or not: a multilingual embedding prefers its own language, so the other one is ranked apart. What is already
-- there is told by the same rule as `language.is_chinese`.
alter table chunk_vec add column han boolean;
update chunk_vec as v
   set han = 4 * length(regexp_replace(c.title || c.content, '[^㐀-鿿]', '', 'g'))
             >= regexp_count(c.title || E'\n' || c.content, '[A-Za-z]+')
  from chunk as c where c.id = v.chunk_id;
alter table chunk_vec alter column han set not null;

-- How often a sentence found its own chunk by its vector, of how many tried: what switches a base's vector leg.
alter table document add column vector_found int not null default 0, add column vector_tried int not null default 0;
