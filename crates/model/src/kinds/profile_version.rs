//! Versions of a profile: what was published when, what is still for use, and what an instance could move to.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Which generation of a profile people launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PublishedVersion {
    /// The spec's generation that was published.
    pub generation: i64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

/// How far a version is in its life. A generation that was never published is a draft and no version yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VersionState {
    /// People launch it.
    Published,
    /// A newer one took its place; its instances go on.
    Deprecated,
    /// It is not to be used any more: its instances go on, and are upgraded before they start again or change.
    Retired,
}

/// A generation that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProfileVersion {
    /// The spec's generation.
    pub generation: i64,
    /// 1 for the first one published, and so on.
    pub number: u32,
    /// How far it is in its life.
    pub state: VersionState,
    /// What changed, for people.
    #[serde(default)]
    pub note: String,
    /// When it was first published.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// When instances of older versions are moved to what is published then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgrade_by: Option<Timestamp>,
}

/// A generation whose author wants it published; by a two-person rule somebody else does that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WaitingVersion {
    /// The spec's generation.
    pub generation: i64,
    /// Since when it waits.
    pub at: Timestamp,
    /// Who wants it published.
    pub by: String,
    /// What changed, for the owners of instances.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When instances of older versions are to be moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgrade_by: Option<Timestamp>,
}

/// What is known about a profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ProfileStatus {
    /// What people launch; absent while it was never published or was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<PublishedVersion>,
    /// Every version, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<ProfileVersion>,
    /// The draft that waits for a second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<WaitingVersion>,
    /// Who is offered it, where a second person had to agree to that; whom the newest spec names otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<super::Sharing>,
}

/// A newer version that an instance could move to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct InstanceUpdate {
    /// The published generation.
    pub generation: i64,
    /// Its number.
    pub number: u32,
    /// What changed, for people.
    #[serde(default)]
    pub note: String,
    /// When the instance is moved if nobody did before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upgrade_by: Option<Timestamp>,
    /// Why it could not be moved when the time had come.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub problem: String,
}

impl ProfileStatus {
    /// The version that a generation became.
    pub fn version(&self, generation: i64) -> Option<&ProfileVersion> {
        self.versions.iter().find(|v| v.generation == generation)
    }

    /// The number of the version that a generation became; 0 where it was never published, or before versions were kept.
    pub fn number(&self, generation: i64) -> u32 {
        self.version(generation).map_or(0, |v| v.number)
    }

    /// Makes `generation` the one that people launch, as a new version or as the one it was already.
    pub fn publish(&mut self, generation: i64, at: Timestamp, by: &str, note: Option<&str>, upgrade_by: Option<Timestamp>) {
        self.remember();
        for version in self.versions.iter_mut().filter(|v| v.state == VersionState::Published) {
            version.state = VersionState::Deprecated;
        }
        let number = self.versions.iter().map(|v| v.number).max().unwrap_or_default() + 1;
        match self.versions.iter_mut().find(|v| v.generation == generation) {
            Some(known) => {
                known.state = VersionState::Published;
                if let Some(note) = note {
                    note.clone_into(&mut known.note);
                }
                known.upgrade_by = upgrade_by.or(known.upgrade_by);
            }
            None => self.versions.push(ProfileVersion {
                generation,
                number,
                state: VersionState::Published,
                note: note.unwrap_or_default().to_owned(),
                at,
                by: by.to_owned(),
                upgrade_by,
            }),
        }
        self.published = Some(PublishedVersion { generation, at, by: by.to_owned() });
    }

    /// Takes the profile out of the catalogue; what was published stays a version.
    pub fn withdraw(&mut self) {
        self.remember();
        for version in self.versions.iter_mut().filter(|v| v.state == VersionState::Published) {
            version.state = VersionState::Deprecated;
        }
        self.published = None;
    }

    /// What was published before versions were kept becomes the first of them.
    pub fn remember(&mut self) {
        if let Some(published) = &self.published
            && self.versions.is_empty()
        {
            self.versions.push(ProfileVersion {
                generation: published.generation,
                number: 1,
                state: VersionState::Published,
                note: String::new(),
                at: published.at,
                by: published.by.clone(),
                upgrade_by: None,
            });
        }
    }

    /// What an instance of `generation` could move to, and by when it will be.
    pub fn update_for(&self, generation: i64) -> Option<InstanceUpdate> {
        let published = self.published.as_ref().filter(|p| p.generation != generation)?;
        let (mine, newest) = (self.number(generation), self.version(published.generation));
        let number = newest.map_or(0, |v| v.number);
        if newest.is_some() && number <= mine {
            return None;
        }
        let deadlines = self.versions.iter().filter(|v| v.number > mine).filter_map(|v| v.upgrade_by);
        Some(InstanceUpdate {
            generation: published.generation,
            number,
            note: newest.map(|v| v.note.clone()).unwrap_or_default(),
            upgrade_by: deadlines.min(),
            problem: String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_follow_each_other() {
        let at = Timestamp::from_millis;
        let mut status = ProfileStatus {
            published: Some(PublishedVersion { generation: 2, at: at(1), by: "a".into() }),
            ..ProfileStatus::default()
        };
        status.publish(5, at(2), "b", Some("bigger disk"), Some(at(9)));
        let told: Vec<(i64, u32, VersionState)> = status.versions.iter().map(|v| (v.generation, v.number, v.state)).collect();
        assert_eq!(told, [(2, 1, VersionState::Deprecated), (5, 2, VersionState::Published)]);
        let update = status.update_for(2).unwrap();
        assert_eq!((update.generation, update.number, update.upgrade_by), (5, 2, Some(at(9))));
        assert_eq!(status.update_for(5), None);
        // A deadline that was set stands when something newer is published without one.
        status.publish(7, at(3), "b", None, None);
        assert_eq!(status.update_for(2).unwrap().upgrade_by, Some(at(9)));
        assert_eq!(status.update_for(5).unwrap().upgrade_by, None);
        status.withdraw();
        assert_eq!(status.update_for(2), None);
        status.publish(7, at(4), "c", None, None);
        assert_eq!(status.versions.len(), 3, "the same generation is the same version");
        assert_eq!(status.version(7).map(|v| v.state), Some(VersionState::Published));
    }
}
