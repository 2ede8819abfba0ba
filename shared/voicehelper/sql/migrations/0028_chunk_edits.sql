-- What people have changed in a document's chunks, beside the chunks themselves, which every reindexing makes anew: a text
-- or a title of their own, chunks that are not searched, and chunks that the file does not have. `original` is the
-- SHA-256 of the text that the file had, by which an edit finds its chunk again; one that finds none is stale. A chunk
-- that is not enabled stands here only.
create table chunk_edit (
  id          uuid primary key,   -- the chunk's
  tenant_id   uuid not null,
  kb_id       uuid not null,
  document_id uuid not null references document on delete cascade,
  seq         int not null,
  origin      text not null check (origin in ('file', 'added')),
  original    bytea check ((original is null) = (origin = 'added')),
  title       text not null,
  content     text not null,
  page        int,
  place       jsonb not null default '{}',
  enabled     boolean not null default true,
  stale       boolean not null default false,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
create index chunk_edit_document on chunk_edit (document_id, seq);

alter table chunk_edit enable row level security;
alter table chunk_edit force row level security;
create policy own_tenant on chunk_edit to voicehelper_app using (tenant_id = (select app.current_tenant()))
  with check (tenant_id = (select app.current_tenant()));
