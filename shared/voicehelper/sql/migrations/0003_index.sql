-- What is searched: text, vectors and lexical weights in three narrow tables. In one wide table the vectors move
-- to TOAST and an exact scan takes three to six times as long.
create table chunk (
  id          uuid primary key,
  tenant_id   uuid not null,
  kb_id       uuid not null,
  document_id uuid not null references document on delete cascade,
  seq         int not null,
  title       text not null,
  content     text not null,
  page        int,
  place       jsonb not null default '{}',
  meta        jsonb not null default '{}'
);
create index chunk_document on chunk (document_id, seq);
create index chunk_kb on chunk (kb_id);

alter table chunk enable row level security;
create policy own_tenant on chunk to voicehelper_app using (tenant_id = (select app.current_tenant()))
  with check (tenant_id = (select app.current_tenant()));

-- No policy below: these hold numbers only, and under a policy PostgreSQL may not use the GIN index. What is shown
-- is joined from `chunk`, behind its policy.
create table chunk_vec (
  chunk_id  uuid primary key references chunk on delete cascade,
  tenant_id uuid not null,
  kb_id     uuid not null,
  embedding halfvec not null
);
alter table chunk_vec alter embedding set storage plain;
create index chunk_vec_kb on chunk_vec (kb_id);

create table chunk_lex (
  chunk_id    uuid primary key references chunk on delete cascade,
  tenant_id   uuid not null,
  kb_id       uuid not null,
  document_id uuid not null,
  lex         sparsevec not null
);
-- main, not plain: more than a thousand distinct terms would not fit a page.
alter table chunk_lex alter lex set storage main;
create index chunk_lex_kb on chunk_lex (kb_id);
create index chunk_lex_document on chunk_lex (document_id);

-- How many chunks of a base hold a term, by the term's low 16 bits: 65,536 counters lose a thousandth of MRR.
create table lex_df (
  tenant_id uuid not null,
  kb_id     uuid not null references knowledge_base on delete cascade,
  bucket    int not null,
  df        int not null,
  primary key (kb_id, bucket)
);
create table lex_stats (
  kb_id     uuid primary key references knowledge_base on delete cascade,
  tenant_id uuid not null,
  chunks    bigint not null
);

create function lex_terms(v sparsevec) returns int[] language sql immutable strict parallel safe as $$
  select array_agg(split_part(x, ':', 1)::int)
    from unnest(string_to_array(btrim(split_part(v::text, '/', 1), '{}'), ',')) as x
$$;
