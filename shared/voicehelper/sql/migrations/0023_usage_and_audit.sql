-- When a key was used last is in the table that the authorizer reads, which never wakes the database.
alter table api_key drop column last_used_at;

-- Who did what in a workspace. Nobody's rows, of sign-ins to addresses without an account, have the nil tenant. There is
-- no reference to users or tenants: what was done stays known when they are gone.
create table audit_entry (
  id        uuid primary key,
  tenant_id uuid not null,
  at        timestamptz not null default now(),
  actor_id  uuid,
  key_id    uuid,
  action    text not null,
  target    text not null,
  ip        text,
  details   jsonb not null default '{}'
);
create index audit_entry_time on audit_entry (tenant_id, at desc, id desc);
create index audit_entry_action on audit_entry (tenant_id, action, at desc, id desc);
create index audit_entry_actor on audit_entry (tenant_id, actor_id, at desc, id desc);
create index audit_entry_actor_action on audit_entry (tenant_id, actor_id, action, at desc, id desc);

-- What was used on one day (UTC); the nil id stands where there is no key, or more than one base.
create table usage_day (
  tenant_id  uuid not null references tenant on delete cascade,
  day        date not null,
  user_id    uuid not null,
  key_id     uuid not null,
  kb_id      uuid not null,
  model      text not null,
  questions  bigint not null default 0,
  tokens_in  bigint not null default 0,
  tokens_out bigint not null default 0,
  cost_usd   numeric(16, 8) not null default 0,
  documents  bigint not null default 0,
  pages      bigint not null default 0,
  primary key (tenant_id, day, user_id, key_id, kb_id, model)
);

do $$ declare t text; begin
  foreach t in array array['audit_entry', 'usage_day'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to voicehelper_app using (tenant_id = (select app.current_tenant()))
                    with check (tenant_id = (select app.current_tenant()))', t);
  end loop;
end $$;

-- Append-only: entries are added and read.
revoke update, delete, truncate on audit_entry from voicehelper_app;

-- Who is charged for what a document takes, however late it is processed. Null where code from before took it.
alter table document add column uploaded_by uuid, add column uploaded_with uuid;
