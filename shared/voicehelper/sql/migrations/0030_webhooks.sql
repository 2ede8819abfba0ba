-- Where a workspace wants to be told of what happens. No secret is stored: it follows from the deployment's key for
-- webhooks (`key_version`), the webhook's id and `secret_number`. The secret before the current one signs as well
-- until `previous_until`.
create table webhook (
  id                   uuid primary key,
  tenant_id            uuid not null references tenant on delete cascade,
  url                  text not null,
  events               text[] not null,
  bases                uuid[],              -- null: every base; a base that is gone matches nothing
  description          text not null default '',
  enabled              boolean not null default true,
  disabled_reason      text not null default '',
  secret_number        int not null default 1,
  key_version          int not null,
  previous_key_version int,
  previous_until       timestamptz,
  created_by           uuid references app_user on delete set null,
  created_at           timestamptz not null default now(),
  updated_at           timestamptz not null default now()
);
create index webhook_tenant on webhook (tenant_id, created_at desc);

-- One event for one webhook, written in the transaction that makes it true. While it is sent, `due_at` is when it may
-- be sent again should nobody hear how that ended.
create table webhook_delivery (
  id          uuid primary key,
  tenant_id   uuid not null,
  webhook_id  uuid not null references webhook on delete cascade,
  event_id    uuid not null,                -- the same for all webhooks that are told
  event       text not null,
  kb_id       uuid references knowledge_base on delete cascade,
  content     jsonb not null,
  status      text not null default 'pending' check (status in ('pending', 'delivered', 'dead')),
  attempts    int not null default 0,
  last_status int,
  last_error  text not null default '',
  created_at  timestamptz not null default now(),
  due_at      timestamptz not null default now(),
  ends_by     timestamptz not null default now() + interval '24 hours',
  ended_at    timestamptz
);
create index webhook_delivery_hook on webhook_delivery (webhook_id, created_at desc, id desc);
create index webhook_delivery_due on webhook_delivery (tenant_id, due_at) where status = 'pending';
create index webhook_delivery_ended on webhook_delivery (tenant_id, ended_at) where status <> 'pending';
create index webhook_delivery_base on webhook_delivery (kb_id);

-- When the workspace's pending deliveries are looked at next; a message of the queue comes then.
create table webhook_clock (
  tenant_id uuid primary key references tenant on delete cascade,
  wakes_at  timestamptz not null
);

do $$ declare t text; begin
  foreach t in array array['webhook', 'webhook_delivery', 'webhook_clock'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to voicehelper_app using (tenant_id = (select app.current_tenant()))
                    with check (tenant_id = (select app.current_tenant()))', t);
  end loop;
end $$;

-- Triggers, so that whatever ends a document or a task tells of it, and nothing does so without ending it.
create function app.tell_webhooks(tenant uuid, told text, base uuid, about uuid[], said jsonb) returns void
language sql as $$
  with one as (select gen_random_uuid() as event_id)
  insert into webhook_delivery (id, tenant_id, webhook_id, event_id, event, kb_id, content)
  select gen_random_uuid(), tenant, w.id, one.event_id, told, base, said
    from webhook as w cross join one
   where w.tenant_id = tenant and w.enabled and told = any(w.events) and (w.bases is null or about <@ w.bases)
$$;

create function app.tell_of_document() returns trigger language plpgsql as $$ begin
  perform app.tell_webhooks(new.tenant_id, 'document.' || new.status, new.kb_id, array[new.kb_id], jsonb_build_object(
    'document_id', 'doc-' || new.id, 'kb_id', 'kb-' || new.kb_id, 'filename', new.filename, 'status', new.status,
    'chunk_count', new.chunk_count, 'error_code', new.error_code, 'superseded', new.superseded_by is not null));
  return null;
end $$;
create trigger tell_webhooks after update of status on document for each row
  when (new.status in ('indexed', 'failed') and old.status is distinct from new.status)
  execute function app.tell_of_document();

create function app.tell_of_task(task agent_task, told text) returns void language sql as $$
  select app.tell_webhooks(task.tenant_id, 'task.' || told, null, task.kb_ids, jsonb_build_object(
    'task_id', 'task-' || task.id, 'session_id', task.session_id, 'status', task.status,
    'error_code', nullif(task.failure, '')))
$$;

create function app.tell_of_ended_task() returns trigger language plpgsql as $$ begin
  perform app.tell_of_task(new, new.status);
  return null;
end $$;
create trigger tell_webhooks after update of status on agent_task for each row
  when (new.status <> 'running' and old.status is distinct from new.status)
  execute function app.tell_of_ended_task();

create function app.tell_of_approval() returns trigger language plpgsql as $$ begin
  perform app.tell_of_task(t, 'waiting') from agent_task as t
    where t.id = new.task_id and t.tenant_id = new.tenant_id;
  return null;
end $$;
create trigger tell_webhooks after insert on agent_approval for each row execute function app.tell_of_approval();

-- The client reads this notice with the statement's result, and sends the queue a message before and after its commit
-- (adapters/database.py). Who tells no webhook sends nothing, and no statement is needed to find out.
create function app.wake_webhooks() returns trigger language plpgsql set client_min_messages = notice as $$ begin
  raise notice 'voicehelper: webhook deliveries are due';
  return null;
end $$;
create trigger wake after insert on webhook_delivery for each row execute function app.wake_webhooks();
create trigger wake_again after update of status on webhook_delivery for each row
  when (new.status = 'pending' and old.status <> 'pending') execute function app.wake_webhooks();
create trigger wake after update of enabled on webhook for each row
  when (new.enabled and not old.enabled) execute function app.wake_webhooks();
