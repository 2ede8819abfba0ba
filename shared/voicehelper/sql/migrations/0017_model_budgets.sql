-- What a tenant's calls of hosted models cost in a month (UTC), and the most that those under way may cost.
create table model_budget (
  tenant_id    uuid not null references tenant on delete cascade,
  month        date not null,
  reserved_usd numeric not null default 0,
  used_usd     numeric not null default 0,
  primary key (tenant_id, month)
);

-- A call under way; that of a caller that died gives its part back after expires_at.
create table model_reservation (
  id         uuid primary key,
  tenant_id  uuid not null references tenant on delete cascade,
  month      date not null,
  usd        numeric not null,
  expires_at timestamptz not null
);
create index model_reservation_expiry on model_reservation (tenant_id, expires_at);

do $$ declare t text; begin
  foreach t in array array['model_budget', 'model_reservation'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to voicehelper_app using (tenant_id = (select app.current_tenant()))
                    with check (tenant_id = (select app.current_tenant()))', t);
  end loop;
end $$;
