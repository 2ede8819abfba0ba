create table conversation (
  id         uuid primary key,
  tenant_id  uuid not null references tenant on delete cascade,
  owner_id   uuid not null references app_user on delete cascade,
  -- null: the conversation searches every base of its tenant
  kb_id      uuid references knowledge_base on delete cascade,
  title      text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index conversation_owner on conversation (owner_id, updated_at desc);

create table message (
  id              uuid primary key,
  tenant_id       uuid not null references tenant on delete cascade,
  conversation_id uuid not null references conversation on delete cascade,
  role            text not null check (role in ('user', 'assistant')),
  content         text not null,
  -- [{"document_id", "title", "page"}]: links are made when the message is read, with a fresh signature
  sources         jsonb not null default '[]',
  created_at      timestamptz not null default now()
);
-- Keys are UUIDv7, so their order is the order of writing.
create index message_conversation on message (conversation_id, id desc);

do $$ declare t text; begin
  foreach t in array array['conversation', 'message'] loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy own_tenant on %I to voicehelper_app using (tenant_id = (select app.current_tenant()))
                    with check (tenant_id = (select app.current_tenant()))', t);
  end loop;
end $$;
