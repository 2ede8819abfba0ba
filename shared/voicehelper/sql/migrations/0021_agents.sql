-- Tasks of agents. State machines only drive them: what a task is, where it is and what it found is here.
create table agent_task (
  id             uuid primary key,
  tenant_id      uuid not null references tenant on delete cascade,
  owner_id       uuid not null references app_user on delete cascade,
  session_id     text not null default '',
  task           text not null,
  language       text not null,
  mode           text not null,
  tools          text[] not null,
  kb_ids         uuid[],                      -- null: every base of the tenant
  max_steps      int not null,
  reflects       boolean not null,
  max_tokens     int,                         -- null bounds nothing
  max_cost_usd   numeric,
  status         text not null default 'running'
                 check (status in ('running', 'completed', 'failed', 'cancelled', 'timed_out')),
  attempt        int not null default 1,      -- the execution that may go on; those before it stop
  plan           jsonb,                       -- null until it is planned
  revisions      int not null default 0,
  report         jsonb,
  stopped_by     text not null default '',    -- the bound that ended it early
  failure        text not null default '',    -- a code with a sentence for users
  planning       jsonb not null default '{"tokens": 0, "cost_usd": 0}',  -- of plans and reflections by a model
  created_at     timestamptz not null default now(),
  ends_by        timestamptz not null,
  ended_at       timestamptz
);
-- Keys are UUIDv7, so their order is the order of asking.
create index agent_task_owner on agent_task (owner_id, id desc);

-- The trace: one row an item, written once however often a step is repeated.
create table agent_item (
  task_id    uuid not null references agent_task on delete cascade,
  number     int not null,
  tenant_id  uuid not null,
  kind       text not null check (kind in ('tool_call', 'reflection', 'approval', 'synthesis')),
  planned    int not null default 0,          -- the step of the plan that it carries out
  content    jsonb not null,
  tokens     int not null default 0,
  cost_usd   numeric not null default 0,
  created_at timestamptz not null default now(),
  primary key (task_id, number)
);

-- A call that a person decides on, with the arguments it will have.
create table agent_approval (
  id         uuid primary key,
  tenant_id  uuid not null references tenant on delete cascade,
  task_id    uuid not null references agent_task on delete cascade,
  planned    int not null,
  tool       text not null,
  arguments  jsonb not null,
  status     text not null default 'pending' check (status in ('pending', 'approved', 'denied')),
  comment    text not null default '',
  decided_by uuid,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  unique (task_id, planned)
);

do $$ declare t text; begin
  foreach t in array array['agent_task', 'agent_item', 'agent_approval'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to voicehelper_app using (tenant_id = (select app.current_tenant()))
                    with check (tenant_id = (select app.current_tenant()))', t);
  end loop;
end $$;
