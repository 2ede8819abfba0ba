-- How many attempts run is bounded for the whole deployment, so these two tables span tenants: they have ids only, and
-- no policy. An attempt that has no turn yet is a document's row with the stage 'queued'.
create table running_attempt (
  document_id uuid primary key references document on delete cascade,
  attempt     integer not null,
  since       timestamptz not null default now()
);

-- Bases with queued documents that found no turn; the one that waits the longest (`since`) is next.
create table waiting_base (
  kb_id     uuid primary key references knowledge_base on delete cascade,
  tenant_id uuid not null,
  began     timestamptz not null default now(),
  since     timestamptz not null default now()
);
