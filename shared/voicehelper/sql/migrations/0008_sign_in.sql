-- Failed sign-ins and registrations, counted by account and by address of the network. The key is a hash: what somebody
-- typed as an e-mail address need not be one, and is kept nowhere. Rows expire when they are read or written; a
-- successful sign-in removes what has expired.
create table attempt_window (
  key          bytea primary key,
  -- the newest attempts, oldest first, as many as the limit allows: the limit is reached while the oldest of them is
  -- younger than the window
  attempted_at timestamptz[] not null,
  expires_at   timestamptz not null
);
create index attempt_window_expires on attempt_window (expires_at);

-- A sign-in ends at `ends_at`, however often it is refreshed. The default is for code that does not know the column.
alter table refresh_family
  add column user_agent   text,
  add column last_used_at timestamptz not null default now(),
  add column ends_at      timestamptz not null default now() + interval '30 days';
update refresh_family set last_used_at = least(now(), expires_at - interval '7 days'),
                          ends_at = created_at + interval '30 days';

-- Addresses are stored and compared in one Unicode form (NFKC). One whose form another user has is left as it is.
update app_user as u set email = normalize(u.email, NFKC)
 where u.email is not NFKC normalized
   and not exists (select from app_user as o
                    where o.id <> u.id and lower(normalize(o.email, NFKC)) = lower(normalize(u.email, NFKC)));
