create table knowledge_base (
  id              uuid primary key,
  tenant_id       uuid not null references tenant on delete cascade,
  name            text not null,
  display_name    text not null,
  description     text not null default '',
  status          text not null default 'active' check (status in ('active', 'deleting')),
  embedding_model text not null,
  -- null until the self-check has seen enough text; false switches the vector leg off
  vector_leg      boolean,
  -- grows with every change of what can be found: part of every cache key
  revision        bigint not null default 0,
  created_at      timestamptz not null default now()
);
-- A base that is being removed gives its name free at once.
create unique index knowledge_base_name on knowledge_base (tenant_id, name) where status = 'active';
create index knowledge_base_tenant_status on knowledge_base (tenant_id, status);

create table document (
  id              uuid primary key,
  tenant_id       uuid not null references tenant on delete cascade,
  kb_id           uuid not null references knowledge_base on delete cascade,
  filename        text not null,
  size_bytes      bigint not null,
  sha256          bytea,           -- null until the bytes of a direct upload were seen
  metadata        jsonb not null default '{}',
  status          text not null default 'processing' check (status in ('processing', 'indexed', 'failed', 'deleting')),
  stage           text not null default 'queued',
  attempt         int not null default 1,
  error_code      text,
  error_details   jsonb not null default '{}',
  warnings        text[] not null default '{}',
  pages_total     int,
  pages_with_text int,
  characters      int,
  chunk_count     int not null default 0,
  vector_count    int not null default 0,
  started_at      timestamptz not null default now(),
  finished_at     timestamptz,
  created_at      timestamptz not null default now()
);
create unique index document_content on document (kb_id, sha256) where status <> 'deleting';
create index document_kb on document (kb_id, created_at desc);
create index document_tenant_status on document (tenant_id, status);

do $$ declare t text; begin
  foreach t in array array['knowledge_base', 'document'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy own_tenant on %I to voicehelper_app using (tenant_id = (select app.current_tenant()))
                    with check (tenant_id = (select app.current_tenant()))', t);
  end loop;
end $$;
