-- Answers to writes that came with an Idempotency-Key, for a day. `key` is the hash of caller, endpoint and key,
-- `payload` that of the body. A call that has not ended by `ends_at` died, and may be made again.
create table answered_call (
  tenant_id  uuid not null references tenant on delete cascade,
  key        text not null,
  payload    text not null,
  status     text not null check (status in ('INPROGRESS', 'COMPLETED')),
  response   text not null default '',  -- JSON
  ends_at    timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, key)
);
create index answered_call_expires on answered_call (tenant_id, expires_at);

alter table answered_call enable row level security;
alter table answered_call force row level security;
create policy own_tenant on answered_call to voicehelper_app using (tenant_id = (select app.current_tenant()))
  with check (tenant_id = (select app.current_tenant()));
