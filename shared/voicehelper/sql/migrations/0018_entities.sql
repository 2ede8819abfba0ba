-- The names of chunks, by which other chunks mention them: what graph retrieval follows. What a chunk mentions is in
-- `chunk_lex`; `terms` are in it where it has the name, `key` is one of them. Chunks from before have no names until
-- their document is indexed again.
create table chunk_entity (
  chunk_id    uuid not null references chunk on delete cascade,
  tenant_id   uuid not null,
  kb_id       uuid not null,
  document_id uuid not null,
  phrase      text not null,
  key         int not null,
  terms       int[] not null,
  is_title    boolean not null,
  primary key (chunk_id, phrase)
);
create index chunk_entity_key on chunk_entity (kb_id, key);

alter table chunk_entity enable row level security;
alter table chunk_entity force row level security;
create policy own_tenant on chunk_entity to voicehelper_app using (tenant_id = (select app.current_tenant()))
  with check (tenant_id = (select app.current_tenant()));
