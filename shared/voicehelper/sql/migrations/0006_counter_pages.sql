-- BM25's counters in pages of 256 buckets, one vector each: a document changes thousands of counters, and as rows of
-- their own they took half of an index transaction. pgvector adds vectors element by element; a float holds every
-- count up to 16,777,216 exactly. Room is left in each block, so that a change stays beside what it replaces.
create table lex_df_page (
  tenant_id uuid not null,
  kb_id     uuid not null references knowledge_base on delete cascade,
  page      int not null,
  df        vector(256) not null,
  primary key (kb_id, page)
) with (fillfactor = 50);

insert into lex_df_page (tenant_id, kb_id, page, df)
select tenant_id, kb_id, bucket / 256,
       ('{' || string_agg((bucket % 256 + 1) || ':' || df, ',' order by bucket) || '}/256')::sparsevec::vector
  from lex_df where df <> 0 group by tenant_id, kb_id, bucket / 256;
drop table lex_df;

-- One index for both questions that are asked: by base, and by document of a base.
create index chunk_lex_kb_document on chunk_lex (kb_id, document_id);
drop index chunk_lex_kb, chunk_lex_document;
