-- Other names that documents give to a thing, each pair in both directions. A name goes with the chunk that declares it,
-- and so with its document's version.
create table declared_name (
  chunk_id  uuid not null references chunk on delete cascade,
  tenant_id uuid not null,
  kb_id     uuid not null,
  key       text not null,                 -- of the name that a question may use
  other     text not null                  -- as it is written
);
create index declared_name_key on declared_name (kb_id, key);
create index declared_name_chunk on declared_name (chunk_id);

alter table declared_name enable row level security;
alter table declared_name force row level security;
create policy own_tenant on declared_name to voicehelper_app using (tenant_id = (select app.current_tenant()))
  with check (tenant_id = (select app.current_tenant()));
