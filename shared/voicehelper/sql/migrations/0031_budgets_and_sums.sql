-- Usage by one thing at a time. `usage_day` has a row for each user, key, base and model that met on a day; a page shows
-- the sums of one of them, which are few however many rows there are. `id` is the day, a name or an id, as text.
create table usage_sum (
  tenant_id  uuid not null references tenant on delete cascade,
  by         text not null check (by in ('day', 'user', 'key', 'base', 'model')),
  day        date not null,
  id         text not null,
  questions  bigint not null default 0,
  tokens_in  bigint not null default 0,
  tokens_out bigint not null default 0,
  cost_usd   numeric(16, 8) not null default 0,
  documents  bigint not null default 0,
  pages      bigint not null default 0,
  primary key (tenant_id, by, day, id)
);

-- Adds what a transaction has charged. It runs at the commit, so that the rows which every charge of a workspace meets
-- are locked for a moment, and after all other locks; each takes them in the same order.
create function app.sum_usage() returns trigger language plpgsql as $$
declare
  before usage_day;
begin
  if tg_op = 'UPDATE' then before := old; end if;
  insert into usage_sum as s (tenant_id, by, day, id, questions, tokens_in, tokens_out, cost_usd, documents, pages)
  select new.tenant_id, place.by, new.day, place.id,
         new.questions - coalesce(before.questions, 0), new.tokens_in - coalesce(before.tokens_in, 0),
         new.tokens_out - coalesce(before.tokens_out, 0), new.cost_usd - coalesce(before.cost_usd, 0),
         new.documents - coalesce(before.documents, 0), new.pages - coalesce(before.pages, 0)
    from (values ('day', new.day::text), ('model', new.model), ('base', new.kb_id::text),
                 ('key', new.key_id::text), ('user', new.user_id::text)) as place (by, id)
  on conflict (tenant_id, by, day, id) do update
     set questions = s.questions + excluded.questions, tokens_in = s.tokens_in + excluded.tokens_in,
         tokens_out = s.tokens_out + excluded.tokens_out, cost_usd = s.cost_usd + excluded.cost_usd,
         documents = s.documents + excluded.documents, pages = s.pages + excluded.pages;
  return null;
end $$;
create constraint trigger sum_usage after insert or update on usage_day deferrable initially deferred
  for each row execute function app.sum_usage();

-- What was charged before. The owner of the tables is subject to their policies, too.
alter table usage_day no force row level security;
insert into usage_sum
select u.tenant_id, place.by, u.day, place.id, sum(u.questions), sum(u.tokens_in), sum(u.tokens_out), sum(u.cost_usd),
       sum(u.documents), sum(u.pages)
  from usage_day as u
 cross join lateral (values ('day', u.day::text), ('model', u.model), ('base', u.kb_id::text), ('key', u.key_id::text),
                            ('user', u.user_id::text)) as place (by, id)
 group by u.tenant_id, place.by, u.day, place.id;
alter table usage_day force row level security;

-- What an administrator allows the workspace (the nil id), a member or a key to spend in a month.
create table budget (
  tenant_id  uuid not null references tenant on delete cascade,
  subject_id uuid not null,
  kind       text not null check (kind in ('workspace', 'user', 'key')),
  limit_usd  numeric not null check (limit_usd >= 0),
  set_at     timestamptz not null default now(),
  primary key (tenant_id, subject_id)
);

-- The sums of months are kept for each of them, the workspace's under the nil id as before.
alter table model_budget add column subject_id uuid not null default '00000000-0000-0000-0000-000000000000';
alter table model_budget drop constraint model_budget_pkey;
alter table model_budget add primary key (tenant_id, month, subject_id);
alter table model_reservation
  add column subject_ids uuid[] not null default '{00000000-0000-0000-0000-000000000000}';

do $$ declare t text; begin
  foreach t in array array['usage_sum', 'budget'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to voicehelper_app using (tenant_id = (select app.current_tenant()))
                    with check (tenant_id = (select app.current_tenant()))', t);
  end loop;
end $$;

-- Asked where a transaction begins, so that calls of a workspace without budgets need no statement more.
create function app.has_budgets(tenant uuid) returns boolean language sql stable as $$
  select exists (select from budget as b where b.tenant_id = tenant)
      or exists (select from model_budget as m
                  where m.tenant_id = tenant and m.month = date_trunc('month', now() at time zone 'UTC')::date)
$$;

-- The digest of the text, and of the hosted model, that whoever uploaded the document was charged for last.
alter table document add column embedding_charged bytea;

-- Entries are in the order of their time, so few blocks are read to find those that have become too old.
create index audit_entry_age on audit_entry using brin (at);
