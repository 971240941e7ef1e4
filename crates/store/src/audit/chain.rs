//! What makes a chain of audit entries: their hashes, signed checkpoints, and the check that finds what was edited, removed
//! or reordered. Pure: the same check runs over the database and over an exported file.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use warpyard_model::kinds::AuditEntry;
use warpyard_model::{Error, Result, Timestamp};

/// The action that records what retention took away.
pub(crate) const PRUNE: &str = "audit_entry.prune";

/// A signed statement that a chain ended with this hash at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Checkpoint {
    /// The chain: the organization's name, empty for the platform's own.
    pub org: String,
    /// The last entry that it covers.
    pub sequence: i64,
    /// When it was signed.
    pub at: Timestamp,
    /// The hash of that entry.
    pub hash: String,
    /// The public key, Ed25519, in base64.
    pub public_key: String,
    /// The signature in base64.
    pub signature: String,
}

impl Checkpoint {
    /// What is signed.
    pub(crate) fn text(org: &str, sequence: i64, at: Timestamp, hash: &str) -> String {
        format!("warpyard-audit-checkpoint-v1\n{org}\n{sequence}\n{}\n{hash}\n", at.as_millis())
    }

    /// Whether the signature is the key's.
    pub fn is_signed(&self) -> bool {
        let (Ok(key), Ok(signature)) = (STANDARD.decode(&self.public_key), STANDARD.decode(&self.signature)) else {
            return false;
        };
        let text = Self::text(&self.org, self.sequence, self.at, &self.hash);
        UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).is_ok()
    }
}

/// The hash of an entry that follows `previous`.
pub(crate) fn hash_of(previous: &str, entry: &AuditEntry) -> Result<String> {
    let unhashed = AuditEntry { hash: String::new(), ..entry.clone() };
    let text = serde_json::to_string(&unhashed).map_err(Error::internal)?;
    Ok(crate::fingerprint(&format!("{previous}\n{text}")))
}

/// Why a chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// The entry was edited, or does not follow from the one before.
    Edited,
    /// The entry is missing, or another one is in its place.
    Missing,
    /// Entries before this one are gone and no signed checkpoint and record of retention say why.
    Unexplained,
    /// A signed checkpoint says that the entry was another one.
    Replaced,
    /// A checkpoint's signature is not that of the chain's key.
    Forged,
    /// Signed entries at the end are missing.
    CutOff,
    /// The entry is from another chain.
    Foreign,
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Flaw::Edited => "it was edited, or does not follow from the entry before it",
            Flaw::Missing => "it is missing, or another entry is in its place",
            Flaw::Unexplained => "entries before it are gone, and no signed checkpoint with a record of retention says why",
            Flaw::Replaced => "a signed checkpoint says that this entry was another one",
            Flaw::Forged => "the signature of the checkpoint at this entry is not valid",
            Flaw::CutOff => "a signed checkpoint covers it, but it is not there",
            Flaw::Foreign => "it belongs to another chain",
        })
    }
}

/// The first entry where a chain does not hold, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// The entry.
    pub at: i64,
    /// Why.
    pub flaw: Flaw,
}

/// What checking a chain found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditVerdict {
    /// The first entry there is; earlier ones were taken away by retention. 0 where there is none.
    pub first: i64,
    /// The last entry that holds.
    pub last: i64,
    /// Signed checkpoints that agree.
    pub checkpoints: u64,
    /// Where it does not hold.
    pub broken: Option<Broken>,
}

impl AuditVerdict {
    /// Entries that hold.
    pub fn entries(&self) -> i64 {
        if self.first == 0 { 0 } else { self.last - self.first + 1 }
    }
}

/// Checks a chain entry by entry, oldest first.
pub struct ChainCheck {
    org: Option<String>,
    /// Not yet reached, in order of their entries.
    checkpoints: std::collections::VecDeque<Checkpoint>,
    keys: BTreeSet<String>,
    previous: String,
    verdict: AuditVerdict,
    /// The end of what is missing at the beginning, until its record is found.
    pruned_through: Option<i64>,
}

impl ChainCheck {
    /// A check of a chain whose checkpoints are these. `key` is the public key that must have signed them, where it is known
    /// from elsewhere; otherwise all must have been signed by one.
    pub fn new(mut checkpoints: Vec<Checkpoint>, key: Option<&str>) -> Self {
        checkpoints.sort_by_key(|c| c.sequence);
        let mut check = Self {
            org: None,
            checkpoints: std::collections::VecDeque::new(),
            keys: key.map(str::to_owned).into_iter().collect(),
            previous: String::new(),
            verdict: AuditVerdict::default(),
            pruned_through: None,
        };
        for checkpoint in &checkpoints {
            check.accept(checkpoint);
        }
        check.checkpoints = checkpoints.into();
        check
    }

    fn accept(&mut self, checkpoint: &Checkpoint) {
        if self.keys.is_empty() {
            self.keys.insert(checkpoint.public_key.clone());
        }
        let org = self.org.get_or_insert_with(|| checkpoint.org.clone());
        if *org != checkpoint.org || !self.keys.contains(&checkpoint.public_key) || !checkpoint.is_signed() {
            self.fail(checkpoint.sequence, Flaw::Forged);
        }
    }

    fn fail(&mut self, at: i64, flaw: Flaw) {
        if self.verdict.broken.is_none_or(|known| at < known.at) {
            self.verdict.broken = Some(Broken { at, flaw });
        }
    }

    /// Looks at the next entry; `false` when there is no need to look at more.
    pub fn entry(&mut self, entry: &AuditEntry) -> Result<bool> {
        if self.verdict.broken.is_some_and(|broken| broken.flaw != Flaw::Forged) {
            return Ok(false);
        }
        let at = entry.sequence;
        if *self.org.get_or_insert_with(|| entry.org.clone()) != entry.org {
            self.fail(at, Flaw::Foreign);
            return Ok(false);
        }
        if self.verdict.first == 0 {
            self.begin(at);
        } else if at != self.verdict.last + 1 {
            self.fail(self.verdict.last + 1, Flaw::Missing);
            return Ok(false);
        }
        let unexplained = self.verdict.broken.is_some_and(|broken| broken.flaw == Flaw::Unexplained);
        if !unexplained && hash_of(&self.previous, entry)? != entry.hash {
            self.fail(at, Flaw::Edited);
        }
        while let Some(checkpoint) = self.checkpoints.front()
            && checkpoint.sequence <= at
        {
            if checkpoint.sequence == at {
                if checkpoint.hash == entry.hash {
                    self.verdict.checkpoints += 1;
                } else {
                    self.fail(at, Flaw::Replaced);
                }
            }
            self.checkpoints.pop_front();
        }
        if self.verdict.broken.is_some_and(|broken| broken.flaw != Flaw::Forged) {
            return Ok(false);
        }
        if let Some(through) = self.pruned_through
            && entry.action == PRUNE
            && entry.after.as_ref().and_then(|a| a["through"].as_i64()) == Some(through)
        {
            self.pruned_through = None;
        }
        self.previous.clone_from(&entry.hash);
        self.verdict.last = at;
        Ok(true)
    }

    /// What comes before the first entry must have been taken away by retention: up to a signed checkpoint, and recorded.
    fn begin(&mut self, at: i64) {
        self.verdict.first = at;
        self.verdict.last = at - 1;
        if at == 1 {
            return;
        }
        while self.checkpoints.front().is_some_and(|c| c.sequence < at - 1) {
            self.checkpoints.pop_front();
        }
        match self.checkpoints.front() {
            Some(base) if base.sequence == at - 1 => {
                self.previous.clone_from(&base.hash);
                self.pruned_through = Some(base.sequence);
                self.checkpoints.pop_front();
                self.verdict.checkpoints += 1;
            }
            _ => self.fail(at, Flaw::Unexplained),
        }
    }

    /// The verdict, after the last entry.
    pub fn finish(mut self) -> AuditVerdict {
        if self.verdict.broken.is_none_or(|broken| broken.flaw == Flaw::Forged) {
            if self.pruned_through.is_some() {
                self.fail(self.verdict.first, Flaw::Unexplained);
            }
            if self.checkpoints.iter().any(|c| c.sequence > self.verdict.last) {
                self.fail(self.verdict.last + 1, Flaw::CutOff);
            }
        }
        self.verdict
    }
}

/// JSON that reads back as what it was written from: a number with a fraction may need a second look. Hashes are over what
/// is read back.
pub(crate) fn settled(mut value: serde_json::Value) -> Result<serde_json::Value> {
    fn has_fraction(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::Number(number) => number.is_f64(),
            serde_json::Value::Array(all) => all.iter().any(has_fraction),
            serde_json::Value::Object(all) => all.values().any(has_fraction),
            _ => false,
        }
    }
    if has_fraction(&value) {
        for _ in 0..4 {
            let again: serde_json::Value = serde_json::from_str(&value.to_string()).map_err(Error::internal)?;
            if again == value {
                break;
            }
            value = again;
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{Ed25519KeyPair, KeyPair as _};
    use warpyard_model::kinds::AuditOutcome;

    fn entry(sequence: i64, actor: &str, previous: &str) -> AuditEntry {
        let mut entry = AuditEntry {
            sequence,
            org: "acme".to_owned(),
            at: Timestamp::from_millis(1_000 + sequence),
            actor: actor.to_owned(),
            on_behalf_of: String::new(),
            action: "workspace.update".to_owned(),
            outcome: AuditOutcome::Allowed,
            kind: Some("Workspace".to_owned()),
            object: "/acme/vision/research".to_owned(),
            before: None,
            after: Some(serde_json::json!({ "notes": actor, "share": 0.1 })),
            request_id: "r".to_owned(),
            address: "127.0.0.1".to_owned(),
            hash: String::new(),
        };
        entry.hash = hash_of(previous, &entry).unwrap();
        entry
    }

    fn chain(length: usize) -> Vec<AuditEntry> {
        let mut out: Vec<AuditEntry> = Vec::new();
        for i in 1..=length {
            let previous = out.last().map(|e| e.hash.clone()).unwrap_or_default();
            out.push(entry(i64::try_from(i).unwrap(), ["ana", "bob", "cleo"][i % 3], &previous));
        }
        out
    }

    fn key() -> Ed25519KeyPair {
        Ed25519KeyPair::from_pkcs8(Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref()).unwrap()
    }

    fn sign(key: &Ed25519KeyPair, entry: &AuditEntry) -> Checkpoint {
        let text = Checkpoint::text(&entry.org, entry.sequence, entry.at, &entry.hash);
        Checkpoint {
            org: entry.org.clone(),
            sequence: entry.sequence,
            at: entry.at,
            hash: entry.hash.clone(),
            public_key: STANDARD.encode(key.public_key().as_ref()),
            signature: STANDARD.encode(key.sign(text.as_bytes()).as_ref()),
        }
    }

    fn check(entries: &[AuditEntry], checkpoints: Vec<Checkpoint>) -> AuditVerdict {
        let mut check = ChainCheck::new(checkpoints, None);
        for entry in entries {
            if !check.entry(entry).unwrap() {
                break;
            }
        }
        check.finish()
    }

    /// Recomputes every hash from an entry on, as somebody does who knows how chains are made.
    fn forge(entries: &mut [AuditEntry]) {
        let mut previous = String::new();
        for entry in entries {
            entry.hash = hash_of(&previous, entry).unwrap();
            previous.clone_from(&entry.hash);
        }
    }

    #[derive(Debug, Clone)]
    enum Tampering {
        Actor,
        Outcome,
        Time,
        OnBehalf,
        Value,
        Address,
        Kind,
        Hash,
        Remove,
        Swap(usize),
        Repeat(usize),
    }

    fn tampering() -> impl Strategy<Value = Tampering> {
        prop_oneof![
            Just(Tampering::Actor),
            Just(Tampering::Outcome),
            Just(Tampering::Time),
            Just(Tampering::OnBehalf),
            Just(Tampering::Value),
            Just(Tampering::Address),
            Just(Tampering::Kind),
            Just(Tampering::Hash),
            Just(Tampering::Remove),
            any::<usize>().prop_map(Tampering::Swap),
            any::<usize>().prop_map(Tampering::Repeat),
        ]
    }

    fn tamper(entries: &mut Vec<AuditEntry>, at: usize, how: &Tampering) {
        match how {
            Tampering::Actor => entries[at].actor.push('x'),
            Tampering::Outcome => entries[at].outcome = AuditOutcome::Denied,
            Tampering::Time => entries[at].at = Timestamp::from_millis(entries[at].at.as_millis() + 1),
            Tampering::OnBehalf => entries[at].on_behalf_of = "mallory".to_owned(),
            Tampering::Value => entries[at].after = Some(serde_json::json!({ "notes": "other" })),
            Tampering::Address => entries[at].address.clear(),
            Tampering::Kind => entries[at].kind = None,
            Tampering::Hash => entries[at].hash = "0".repeat(64),
            Tampering::Remove => drop(entries.remove(at)),
            Tampering::Swap(with) => {
                let other = (at + 1 + with % (entries.len() - 1)) % entries.len();
                entries.swap(at, other);
            }
            Tampering::Repeat(to) => {
                let copy = entries[at].clone();
                entries.insert(to % entries.len(), copy);
            }
        }
    }

    proptest! {
        #[test]
        fn tampering_is_always_found(length in 2_usize..40, at in any::<usize>(), how in tampering(), knowing in any::<bool>()) {
            let key = key();
            let honest = chain(length);
            let checkpoints = vec![sign(&key, &honest[length / 2]), sign(&key, &honest[length - 1])];
            let verdict = check(&honest, checkpoints.clone());
            prop_assert_eq!((verdict.broken, verdict.entries()), (None, i64::try_from(length).unwrap()));
            prop_assert_eq!(verdict.checkpoints, 2);

            let mut tampered = honest.clone();
            tamper(&mut tampered, at % length, &how);
            if knowing {
                // Numbers and hashes are put right; only the signature cannot be.
                for (i, entry) in tampered.iter_mut().enumerate() {
                    entry.sequence = i64::try_from(i).unwrap() + 1;
                }
                forge(&mut tampered);
            }
            // What is only added after the last checkpoint cannot be told from what the server would add.
            prop_assume!(tampered.len() < length || tampered[..length] != honest[..]);
            prop_assert!(check(&tampered, checkpoints).broken.is_some(), "{:?} was not found", how);
        }

        #[test]
        fn retention_needs_a_checkpoint_and_its_record(length in 4_usize..30, cut in any::<usize>()) {
            let key = key();
            let mut all = chain(length);
            let cut = 1 + cut % (length - 2);
            let mut record = entry(i64::try_from(length).unwrap() + 1, "retention", "");
            record.action = PRUNE.to_owned();
            record.after = Some(serde_json::json!({ "through": cut }));
            all.push(record);
            forge(&mut all);
            let base = sign(&key, &all[cut - 1]);
            let verdict = check(&all[cut..], vec![base.clone()]);
            prop_assert_eq!((verdict.broken, verdict.first), (None, i64::try_from(cut).unwrap() + 1));
            // Without the signature, with another place cut, without the record, with a forged base.
            prop_assert!(check(&all[cut..], vec![]).broken.is_some());
            prop_assert!(check(&all[cut + 1..], vec![base.clone()]).broken.is_some());
            prop_assert!(check(&all[cut..length], vec![base.clone()]).broken.is_some());
            let forged = Checkpoint { hash: "0".repeat(64), ..base.clone() };
            prop_assert!(check(&all[cut..], vec![forged]).broken.is_some());
            let other_key = sign(&self::key(), &all[length]);
            prop_assert!(check(&all[cut..], vec![base, other_key]).broken.is_some());
        }
    }

    #[test]
    fn numbers_with_a_fraction_settle() {
        for number in [0.1, 1e23, 2.225_073_858_507_201_4e-308, 123_456.789_012_345_67] {
            let value = settled(serde_json::json!({ "deep": [number] })).unwrap();
            let again: serde_json::Value = serde_json::from_str(&value.to_string()).unwrap();
            assert_eq!(again, value);
        }
    }
}
