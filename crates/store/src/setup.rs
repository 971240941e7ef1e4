//! The first admin, and what the server itself makes: shipped templates and profiles, this machine as a target.

use crate::batch::{Change, NewObject};
use crate::change::Operation;
use crate::db::args;
use crate::{ControllerStore, fingerprint};
use warpyard_model::kinds::{Organization, Project, RoleBinding, User};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Role;
use warpyard_model::{Error, FieldError, Name, Object, Result, ScopePath, Spec, Timestamp};

/// How long the first admin's link is good for.
const SETUP_SECONDS: i64 = 24 * 3600;

/// Who becomes the first admin.
#[derive(Clone)]
pub struct FirstAdmin {
    /// Their mail address.
    pub email: String,
    /// What people read.
    pub display_name: String,
    /// Their password.
    pub password: String,
}

impl ControllerStore {
    /// A one-time secret for the first admin's page; any made before ends.
    pub async fn first_admin_secret(&self) -> Result<String> {
        let mut conn = self.store.inner.db.begin().await?;
        conn.run("DELETE FROM one_time WHERE purpose = 'setup'", &[]).await?;
        conn.commit().await?;
        let nobody = Name::parse("first-admin").map_err(Error::internal)?;
        self.store.one_time("setup", &nobody, None, None, SETUP_SECONDS).await
    }

    /// Makes the first admin for whoever holds the secret.
    pub async fn redeem_first_admin(&self, secret: &str, admin: &FirstAdmin) -> Result<Name> {
        let mut conn = self.store.inner.db.read().await?;
        let row = conn
            .one(
                "SELECT hash FROM one_time WHERE hash = $1 AND purpose = 'setup' AND expires_at > $2",
                args![fingerprint(secret), self.store.now().as_millis()],
            )
            .await?;
        drop(conn);
        if row.is_none() {
            return Err(Error::unauthenticated(
                "This link is not valid any more. Restart the server to get a new one; it is printed when the server is ready.",
            ));
        }
        self.make_first_admin(admin).await
    }

    /// Makes the first admin, and an organization and project to begin with. Refused once there is one.
    pub async fn make_first_admin(&self, admin: &FirstAdmin) -> Result<Name> {
        if !self.store.needs_first_admin().await? {
            return Err(Error::conflict("This installation has an administrator already."));
        }
        let user = User { email: admin.email.trim().to_owned(), active: true };
        let errors: Vec<FieldError> =
            user.validate().into_iter().map(|e| FieldError { path: e.path.replace("spec.", ""), ..e }).collect();
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        let local = admin.email.split('@').next().unwrap_or_default();
        let name = Name::slug(local).map_or_else(|| Name::parse("admin"), Ok).map_err(Error::internal)?;
        let default = Name::parse("default").map_err(Error::internal)?;
        let named = |name: &Name, display_name: &str| NewMetadata {
            name: name.clone(),
            display_name: display_name.to_owned(),
            description: String::new(),
            labels: std::collections::BTreeMap::default(),
        };
        let mut batch = self.store.begin(crate::Context { actor: name.to_string(), ..self.context() }).await?;
        let platform = ScopePath::platform();
        batch.make(NewObject::new(platform.clone(), named(&name, admin.display_name.trim()), user)).await?;
        let binding_name = Name::parse(&format!("{name}-platform-admin")).unwrap_or_else(|_| default.clone());
        let binding = RoleBinding::of(name.clone(), Role::PlatformAdmin);
        batch.make(NewObject::new(platform.clone(), named(&binding_name, ""), binding)).await?;
        if batch.locate::<Organization>(&platform, &default).await?.is_none() {
            let organization = Organization::default();
            batch.make(NewObject::new(platform, named(&default, "My organization"), organization)).await?;
            let scope = ScopePath::org(default.clone());
            batch.make(NewObject::new(scope, named(&default, "Default project"), Project::default())).await?;
        }
        batch.conn.run("DELETE FROM one_time WHERE purpose = 'setup'", &[]).await?;
        batch.commit().await?;
        if let Err(error) = self.store.write_password(&name, &admin.password, "password", None, None).await {
            // A password that is not acceptable must not leave an admin behind whom nobody can be.
            self.undo_first_admin(&name, &binding_name).await?;
            return Err(error);
        }
        Ok(name)
    }

    /// Lets somebody sign in anew, for whoever owns the server's machine: their second factors, password and sessions end, and a
    /// one-time link sets a new password. `person` is a name or mail address. Tells who it was, the link's secret and its end.
    pub async fn reset_sign_in(&self, person: &str) -> Result<(Name, String, Timestamp)> {
        let mut conn = self.store.inner.db.read().await?;
        let sql = "SELECT user_name, active FROM account WHERE user_name = $1 OR email = $1";
        let row = conn.one(sql, args![person.trim().to_lowercase()]).await?;
        drop(conn);
        let row = row.ok_or_else(|| Error::not_found(format!("Nobody here has the name or mail address {person:?}.")))?;
        if row.int("active")? != 1 {
            return Err(Error::conflict(format!("{person} is deactivated; activate them first, as another administrator.")));
        }
        let user = crate::row::name_of(&row.text("user_name")?)?;
        self.store.clear_factors(&self.context(), &user, "user.reset_sign_in").await?;
        let mut conn = self.store.inner.db.begin().await?;
        conn.run("UPDATE account SET password_hash = NULL WHERE user_name = $1", args![user.as_str()]).await?;
        self.store.patch_user_status(&mut conn, &user, "has_password", false.into()).await?;
        conn.commit().await?;
        let (secret, expires_at) = self.store.link_for(&user).await?;
        Ok((user, secret, expires_at))
    }

    async fn undo_first_admin(&self, user: &Name, binding: &Name) -> Result<()> {
        let mut batch = self.store.begin(self.context()).await?;
        // Nobody was in charge before this half-made admin.
        batch.in_charge = Some(std::collections::BTreeSet::new());
        for (kind, name) in [(RoleBinding::KIND, binding), (User::KIND, user)] {
            let Some(mut object) = crate::read::find(&mut batch.conn, kind, &ScopePath::platform(), name).await? else {
                continue;
            };
            object.metadata.resource_version = batch.next_sequence().await?;
            batch.remove(&object).await?;
            batch.settle(&object, Operation::Deleted, &format!("{}.delete", kind.snake()), None, None).await?;
        }
        batch.commit().await
    }

    /// Makes an object the server brings with it, or brings it up to date. Unchanged objects stay untouched.
    pub async fn bring<S: Spec>(&self, new: NewObject<S>) -> Result<Object<S>> {
        let mut batch = self.store.begin(self.context()).await?;
        let found = batch.locate::<S>(&new.scope, &new.metadata.name).await?;
        let object = match found {
            None => batch.make(new).await?,
            Some(located) => {
                let change = Change { metadata: Some(new.metadata), ..Change::to(new.spec) };
                batch.rewrite(located.object, change, &format!("{}.update", S::KIND.snake())).await?
            }
        };
        batch.commit().await?;
        Ok(object)
    }

    /// Removes objects of a kind at the platform that the server no longer brings and nobody uses.
    pub async fn withdraw_unused<S: Spec>(&self, keep: &[Name]) -> Result<()> {
        for object in self.all::<S>(&[]).await? {
            if object.metadata.scope == ScopePath::platform() && !keep.contains(&object.metadata.name) {
                self.finish_delete(None, &object.metadata.uid).await?;
            }
        }
        Ok(())
    }
}
