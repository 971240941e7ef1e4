// Single sign-on on the wire.
import type { Obj } from "./types";

export interface GroupMapping {
  value: string;
  group: string;
}

export interface IdentityProviderSpec {
  issuer: string;
  client_id: string;
  /** Empty on reading; empty on writing keeps what is stored. */
  client_secret: string;
  scopes: string[];
  prompt?: string;
  claim_email: string;
  claim_name: string;
  claim_groups: string;
  group_mapping: GroupMapping[];
  just_in_time: boolean;
  domains: string[];
  vouches_for_email: boolean;
}

export type IdentityProvider = Obj<IdentityProviderSpec, { has_client_secret: boolean }>;

export interface ProviderReport {
  works: boolean;
  problems: string[];
  notes: string[];
  redirect_uri: string;
  back_channel_logout_uri: string;
}

export interface ScimState {
  url: string;
  token?: { created_at: string; created_by: string; last_used_at?: string };
}

export interface SignInChoices {
  providers: { name: string; title: string }[];
}

export interface Identity {
  id: string;
  org: string;
  provider: string;
  subject: string;
  own_link: boolean;
  created_at: string;
  last_used_at: string;
}
