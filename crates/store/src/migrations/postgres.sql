CREATE TABLE meta (key TEXT PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO meta (key, value) VALUES ('sequence', 0);

-- Every object of every kind. Scope columns are '' where the object lives higher up.
CREATE TABLE object (
  uid TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  org TEXT NOT NULL,
  project TEXT NOT NULL,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  description TEXT NOT NULL,
  labels TEXT NOT NULL,
  generation BIGINT NOT NULL,
  resource_version BIGINT NOT NULL,
  -- The version of the last change that was no mere status.
  written_version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  modified_by TEXT NOT NULL,
  deletion_requested_at BIGINT,
  -- What lists filter on beside the scope: whose it is, its phase, the id in its host names.
  owner TEXT NOT NULL,
  phase TEXT NOT NULL,
  short_id TEXT NOT NULL,
  spec TEXT NOT NULL,
  status TEXT NOT NULL,
  UNIQUE (kind, org, project, workspace, name)
);
CREATE INDEX object_owner ON object (kind, owner);
CREATE INDEX object_phase ON object (kind, phase);
CREATE INDEX object_short_id ON object (short_id);

CREATE TABLE revision (
  uid TEXT NOT NULL,
  generation BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  spec TEXT NOT NULL,
  PRIMARY KEY (uid, generation)
);

-- The ordered feed that watchers and reconcilers read; its number is the object's resource version.
CREATE TABLE change (
  sequence BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  uid TEXT NOT NULL,
  org TEXT NOT NULL,
  project TEXT NOT NULL,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  operation TEXT NOT NULL
);

-- Who mentions whom: what is referenced cannot vanish.
CREATE TABLE reference (
  uid TEXT NOT NULL,
  target_uid TEXT NOT NULL,
  field TEXT NOT NULL,
  PRIMARY KEY (uid, target_uid, field)
);
CREATE INDEX reference_target ON reference (target_uid);

-- A hash chain per organization. What an entry is about lies in `place`, the path above its object.
CREATE TABLE audit (
  org TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  on_behalf_of TEXT NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
  kind TEXT,
  object TEXT NOT NULL,
  place TEXT NOT NULL,
  before_spec TEXT,
  after_spec TEXT,
  request_id TEXT NOT NULL,
  address TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (org, sequence)
);
CREATE INDEX audit_at ON audit (org, at, sequence);
CREATE INDEX audit_actor ON audit (org, actor, sequence);
CREATE INDEX audit_action ON audit (org, action, sequence);
CREATE INDEX audit_kind ON audit (org, kind, sequence);
CREATE INDEX audit_place ON audit (org, place, sequence, object);
CREATE INDEX audit_denied ON audit (org, sequence) WHERE outcome = 'denied';
-- What filters look at and no more: walking it is cheap where no other index fits.
CREATE INDEX audit_narrow ON audit (org, sequence, outcome, actor, action, kind, object, place);

-- Signed ends of chains; the oldest of a chain is where its kept part begins.
CREATE TABLE audit_checkpoint (
  org TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  at BIGINT NOT NULL,
  hash TEXT NOT NULL,
  public_key TEXT NOT NULL,
  signature TEXT NOT NULL,
  delivered_at BIGINT,
  PRIMARY KEY (org, sequence)
);

CREATE TABLE event (
  uid TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  at BIGINT NOT NULL,
  severity TEXT NOT NULL,
  reason TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (uid, sequence)
);

-- Sealed values: a row key encrypts the value, the installation's key wraps the row key.
CREATE TABLE sealed (
  uid TEXT NOT NULL,
  path TEXT NOT NULL,
  key_id TEXT NOT NULL,
  wrapped_key TEXT NOT NULL,
  ciphertext TEXT NOT NULL,
  PRIMARY KEY (uid, path)
);
CREATE INDEX sealed_key ON sealed (key_id);

CREATE TABLE account (
  user_name TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT,
  active BIGINT NOT NULL,
  last_signed_in_at BIGINT
);

-- Console sessions, and app sessions that hang below one.
CREATE TABLE session (
  hash TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  user_name TEXT NOT NULL,
  parent TEXT,
  app TEXT,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL,
  -- Opened with a second factor, or one was shown since.
  strong BIGINT NOT NULL DEFAULT 0,
  -- Opened by an identity provider's word: which, of which organization, about which identity and which of its sessions,
  -- when it was asked last and when it last said yes, and its tokens, sealed.
  provider TEXT,
  provider_org TEXT,
  own_link BIGINT,
  subject TEXT,
  provider_session TEXT,
  checked_at BIGINT,
  word_at BIGINT,
  tokens TEXT
);
CREATE INDEX session_of_user ON session (user_name);
CREATE INDEX session_of_provider ON session (provider);

-- Who a person is to an identity provider. What the person linked while signed in counts everywhere; what the provider's
-- word linked counts while the person has rights in its organization alone.
CREATE TABLE identity (
  id TEXT PRIMARY KEY,
  provider TEXT NOT NULL,
  org TEXT NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_name TEXT NOT NULL,
  own_link BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  UNIQUE (provider, issuer, subject)
);
CREATE INDEX identity_of_user ON identity (user_name);

-- What providers write by SCIM: their tokens, the people they wrote into an organization, what they call them and groups.
CREATE TABLE scim_token (
  provider TEXT PRIMARY KEY,
  org TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  last_used_at BIGINT
);
CREATE TABLE scim_user (
  org TEXT NOT NULL,
  user_name TEXT NOT NULL,
  scim_name TEXT NOT NULL,
  external_id TEXT,
  active BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (org, user_name)
);
CREATE TABLE scim_group (
  uid TEXT PRIMARY KEY,
  org TEXT NOT NULL,
  external_id TEXT NOT NULL
);

-- One-time secrets: sign-in links, the first admin's link, codes that open an app, tickets of a sign-in that goes on with
-- what it needs to remember meanwhile and how often it was tried.
CREATE TABLE one_time (
  hash TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  user_name TEXT NOT NULL,
  session TEXT,
  app TEXT,
  expires_at BIGINT NOT NULL,
  state TEXT,
  attempts BIGINT NOT NULL DEFAULT 0
);

-- What somebody shows beside or instead of a password. An authenticator app's secret is among the sealed values; a passkey
-- has a public key, in `state`. A code counts once: `last_step` is the time step of the newest one that was used.
CREATE TABLE factor (
  id TEXT PRIMARY KEY,
  user_name TEXT NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  credential TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  confirmed BIGINT NOT NULL,
  last_step BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);
CREATE INDEX factor_of_user ON factor (user_name);
CREATE TABLE recovery_code (
  hash TEXT PRIMARY KEY,
  user_name TEXT NOT NULL
);
CREATE INDEX recovery_code_of_user ON recovery_code (user_name);

-- Tokens. `scopes` and `places` limit what one may do of what its owner may (JSON, empty: nothing is left out). While a
-- token is rotated, the value before it is good until `old_until`.
CREATE TABLE token (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  user_name TEXT NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  places TEXT NOT NULL,
  -- Made from a session in which a second factor was shown.
  strong BIGINT NOT NULL,
  lifetime_seconds BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  last_used_at BIGINT,
  rotated_at BIGINT,
  old_hash TEXT,
  old_until BIGINT,
  -- Made in a session that an identity provider's word opened: which, and the organization it is good in alone, where it is.
  provider TEXT,
  only_org TEXT
);
CREATE INDEX token_of_user ON token (user_name);
CREATE INDEX token_by_old_hash ON token (old_hash);

-- What instances hold. The primary key of allocation_gpu is what makes double booking impossible.
CREATE TABLE allocation (
  instance_uid TEXT PRIMARY KEY,
  target TEXT NOT NULL,
  node TEXT NOT NULL,
  cpu_millis BIGINT NOT NULL,
  memory_bytes BIGINT NOT NULL
);
CREATE TABLE allocation_gpu (
  target TEXT NOT NULL,
  node TEXT NOT NULL,
  gpu TEXT NOT NULL,
  gpu_index BIGINT NOT NULL,
  simulated BIGINT NOT NULL,
  instance_uid TEXT NOT NULL,
  PRIMARY KEY (target, node, gpu)
);
CREATE INDEX allocation_gpu_instance ON allocation_gpu (instance_uid);

CREATE TABLE lease (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE idempotency (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (actor, key)
);

-- What happened that concerns a person; numbered by the feed, so that whoever listens hears of it in order. What it is
-- about and since which generation tells what was told already.
CREATE TABLE notification (
  sequence BIGINT PRIMARY KEY,
  user_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  link TEXT NOT NULL,
  uid TEXT NOT NULL,
  generation BIGINT NOT NULL,
  seen BIGINT NOT NULL
);
CREATE INDEX notification_of_user ON notification (user_name, sequence);

-- What people asked for: a role in a place, and what became of it.
CREATE TABLE access_request (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL,
  project TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_name TEXT NOT NULL,
  role TEXT NOT NULL,
  custom_role TEXT NOT NULL,
  reason TEXT NOT NULL,
  duration_seconds BIGINT,
  created_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at BIGINT,
  note TEXT NOT NULL,
  binding TEXT NOT NULL
);
CREATE INDEX access_request_of_org ON access_request (org, state, created_at);
CREATE INDEX access_request_of_user ON access_request (user_name);

-- What the console remembers for a person.
CREATE TABLE preferences (
  user_name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- How often a profile was launched and failed, by day since 1970 in UTC.
CREATE TABLE profile_usage (
  profile_uid TEXT NOT NULL,
  day BIGINT NOT NULL,
  launches BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  last_reason TEXT NOT NULL,
  PRIMARY KEY (profile_uid, day)
);
