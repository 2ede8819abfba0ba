-- Who signs in to serve requests owns nothing and inherits nothing: outside a transaction that has taken the role
-- voicehelper_app and named its tenant, there is no right at all, and RESET ROLE leads back to none.
do $$ declare login text; begin
  foreach login in array array['voicehelper_api', 'voicehelper_pipeline'] loop
    begin
      execute format('create role %I login noinherit', login);
    exception when duplicate_object or unique_violation then null;  -- of another database of the same cluster
    end;
    if not pg_has_role(login, 'voicehelper_app', 'set') then
      execute format('grant voicehelper_app to %I', login);
    end if;
    -- Of Aurora and RDS: signs in by a token of IAM in place of a password.
    if exists (select from pg_roles where rolname = 'rds_iam') then
      execute format('grant rds_iam to %I', login);
    end if;
  end loop;
end $$;

-- The policies hold for the tables' owner as well. A migration that changes rows of tenants must say so:
-- `alter table … no force row level security` before, and `force` after.
do $$ declare t regclass; begin
  for t in select oid::regclass from pg_class where relrowsecurity and relnamespace = 'public'::regnamespace loop
    execute format('alter table %s force row level security', t);
  end loop;
end $$;
