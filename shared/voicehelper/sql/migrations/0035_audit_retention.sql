-- How long entries of the audit log are kept; the deployment writes the one row (sql/retention.py). None, and 0, are for
-- ever.
create table audit_retention (
  is_only boolean primary key default true check (is_only),
  days    int not null check (days >= 0),
  due_at  timestamptz not null default now()  -- when entries that have become too old are looked for
);
revoke all on audit_retention from voicehelper_app;

-- The first entry of a day removes those that have become too old, of all workspaces and of none. No clock does, which
-- would wake a database that sleeps; while nobody makes entries, nobody reads any. A thousand at most, as a sign-in may
-- wait for it; what is left goes with the next entries. Of entries at the same time, one looks.
-- The index of ages is read however few entries the planner expects to be old.
create function app.remove_old_audit_entries() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare
  before  timestamptz;
  removed int;
begin
  select now() - make_interval(days => r.days) into before
    from audit_retention as r where r.days > 0 and r.due_at <= now() for update skip locked;
  if not found then return null; end if;
  delete from audit_entry where id = any (array(select a.id from audit_entry as a where a.at < before limit 1000));
  get diagnostics removed = row_count;
  if removed < 1000 then
    update audit_retention set due_at = now() + interval '1 day';
  end if;
  return null;
end $$;
create trigger remove_old after insert on audit_entry for each statement execute function app.remove_old_audit_entries();

-- Whoever owns the table, as whom the function runs, is subject to its policies: what is too old is all that it sees.
create policy too_old on audit_entry to current_user
  using (at < (select now() - make_interval(days => r.days) from audit_retention as r where r.days > 0));
