-- Where the next attempt begins: a base's documents are queued by one statement and started one after the other.
alter table document add column resume_from text not null default 'ParseDocument'
  check (resume_from in ('ParseDocument', 'ChunkDocument'));
-- The queue of a base: what waits to be started.
create index document_queued on document (kb_id, id) where status = 'processing' and stage = 'queued';
