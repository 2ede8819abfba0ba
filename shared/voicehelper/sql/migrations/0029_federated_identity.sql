-- Who signs in with an identity provider: issuer and subject name a person for good, an e-mail address does not. Of one
-- issuer a user is one person. Read before a tenant is known, so it carries no policy, as the other tables of identity;
-- statements filter.
create table oidc_identity (
  issuer     text not null,
  subject    text not null,
  user_id    uuid not null references app_user on delete cascade,
  created_at timestamptz not null default now(),
  primary key (issuer, subject),
  unique (user_id, issuer)
);
