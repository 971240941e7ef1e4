//! Organizations: suspending one and letting it go on, how one looks.

use crate::any_object::AnyObject;
use crate::error::Result;
use crate::http::Client;
use serde_json::{Value, json};

impl Client {
    /// Suspends an organization: what runs is stopped, and nothing in it can be changed.
    pub async fn suspend_organization(&self, name: &str, reason: &str) -> Result<AnyObject> {
        self.post_json(self.url(&["orgs", name, "suspend"]), &json!({ "reason": reason })).await
    }

    /// How an organization looks, as its sign-in page takes it; empty where there is none.
    pub async fn look(&self, name: &str) -> Result<Value> {
        self.get_json(self.url(&["orgs", name, "look"])).await
    }

    /// Lets it go on; nothing is started by that.
    pub async fn resume_organization(&self, name: &str) -> Result<AnyObject> {
        self.post_json(self.url(&["orgs", name, "resume"]), &json!({})).await
    }
}
