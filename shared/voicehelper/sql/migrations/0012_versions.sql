-- Versions of a file: documents of one name in one base, numbered in the order of their uploads. `superseded_by` is the
-- version that answers in a document's place; one with it has no chunks in the index.
alter table document add column version int not null default 1,
                     add column superseded_by uuid references document on delete set null;
create index document_file on document (kb_id, filename);
create index document_superseded on document (superseded_by) where superseded_by is not null;

-- What was uploaded before under one name: the newest that was indexed goes on answering, the others become its versions.
update document as d set version = n.version
  from (select id, row_number() over (partition by kb_id, filename order by created_at, id) as version
          from document where status <> 'deleting') as n
 where n.id = d.id and n.version > 1;
update document as d set superseded_by = c.id, chunk_count = 0, vector_count = 0
  from (select distinct on (kb_id, filename) id, kb_id, filename, version from document
         where status = 'indexed' order by kb_id, filename, version desc) as c
 where c.kb_id = d.kb_id and c.filename = d.filename and d.version < c.version and d.status <> 'deleting';

update lex_df_page as p set df = p.df - gone.df
  from (select kb_id, bucket / 256 as page,
               ('{' || string_agg((bucket % 256 + 1) || ':' || df, ',' order by bucket) || '}/256')::sparsevec::vector as df
          from (select l.kb_id, x & 65535 as bucket, count(distinct l.chunk_id) as df
                  from chunk_lex as l
                  join document as d on d.id = l.document_id and d.superseded_by is not null
                 cross join unnest(lex_terms(l.lex)) as x
                 group by l.kb_id, x & 65535) as counted
         group by kb_id, bucket / 256) as gone
 where gone.kb_id = p.kb_id and gone.page = p.page;
update lex_stats as s set chunks = s.chunks - gone.chunks
  from (select l.kb_id, count(*) as chunks from chunk_lex as l
          join document as d on d.id = l.document_id and d.superseded_by is not null
         group by l.kb_id) as gone
 where gone.kb_id = s.kb_id;
delete from chunk as c using document as d where d.id = c.document_id and d.superseded_by is not null;
