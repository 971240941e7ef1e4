//! Passwords, sessions, tokens and one-time secrets, by a clock that the test sets.

use crate::{name, seed, user};
use warpyard_model::kinds::User;
use warpyard_model::permission::Role;
use warpyard_model::{ErrorCode, ScopePath};
use warpyard_policy::action;
use warpyard_store::{Change, FirstAdmin, NewSession, SignIn, TokenWish};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(
    passwords_are_checked,
    sessions_last_and_end,
    app_sessions_hang_below_their_console_session,
    tokens_last_and_end,
    links_are_good_once,
    the_first_admin_is_made_once,
    rights_follow_bindings,
);

const PASSWORD: &str = "correct horse battery";

async fn set_password(db: &TestStore, who: &str, password: &str) -> warpyard_model::Result<()> {
    let platform = ScopePath::platform();
    let proof = db.allow::<action::SetPassword, User>(&TestStore::root(), &platform, &name(who)).await.unwrap();
    db.store.set_password(&proof, &name(who), password).await
}

async fn session(db: &TestStore, who: &str) -> (String, SignIn) {
    let from = NewSession { address: "10.0.0.1".to_owned(), agent: "test".to_owned(), ..NewSession::default() };
    let secret = db.store.open_session(&name(who), &from).await.unwrap();
    let sign_in = db.store.session(&secret).await.unwrap().unwrap();
    (secret, sign_in)
}

async fn passwords_are_checked(db: TestStore) {
    let ada = user(&db, "ada").await;
    let check = async |email: &str, password: &str| db.store.check_sign_in(email, password).await.unwrap();
    assert_eq!(check("ada@example.com", "").await, None, "without a password nobody signs in");
    for bad in ["short", &"x".repeat(257)] {
        assert_eq!(set_password(&db, "ada", bad).await.unwrap_err().fields[0].path, "password");
    }
    set_password(&db, "ada", PASSWORD).await.unwrap();
    assert_eq!(check("Ada@Example.com", PASSWORD).await, Some(name("ada")));
    for (email, password) in
        [("ada@example.com", "wrong"), ("eve@example.com", PASSWORD), ("ada@example.com", &"x".repeat(9_999))]
    {
        assert_eq!(check(email, password).await, None);
    }
    db.update(&ada, Change::to(User { email: "ada@example.org".to_owned(), active: true })).await.unwrap();
    assert_eq!(check("ada@example.com", PASSWORD).await, None);
    assert_eq!(check("ada@example.org", PASSWORD).await, Some(name("ada")));
    db.update(&ada, Change::to(User { email: "ada@example.org".to_owned(), active: false })).await.unwrap();
    assert_eq!(check("ada@example.org", PASSWORD).await, None);
}

async fn sessions_last_and_end(db: TestStore) {
    user(&db, "ada").await;
    set_password(&db, "ada", PASSWORD).await.unwrap();
    let (here, me) = session(&db, "ada").await;
    let (there, _) = session(&db, "ada").await;
    assert_eq!(db.store.session("nonsense").await.unwrap(), None);
    let listed = db.store.sessions(&me).await.unwrap();
    assert_eq!(listed.iter().map(|s| s.current).filter(|c| *c).count(), 1);
    assert_eq!(listed.len(), 2);
    // Used now and then it lasts a week at most.
    for _ in 0..15 {
        db.clock.advance(11 * 3600);
        assert!(db.store.session(&here).await.unwrap().is_some());
    }
    assert_eq!(db.store.session(&there).await.unwrap(), None, "not used for twelve hours");
    db.clock.advance(7 * 24 * 3600 - 15 * 11 * 3600 - 1);
    assert!(db.store.session(&here).await.unwrap().is_some());
    db.clock.advance(1);
    assert_eq!(db.store.session(&here).await.unwrap(), None, "a week is over, to the second");

    let (here, me) = session(&db, "ada").await;
    let (there, you) = session(&db, "ada").await;
    let wrong = db.store.change_password(&me, "wrong", "another good one").await.unwrap_err();
    assert_eq!(wrong.fields[0].path, "current_password");
    db.store.change_password(&me, PASSWORD, "another good one").await.unwrap();
    assert!(db.store.session(&here).await.unwrap().is_some());
    assert_eq!(db.store.session(&there).await.unwrap(), None);
    assert_eq!(db.store.end_session(&you, "nonsense").await.unwrap_err().code, ErrorCode::NotFound);
    db.store.end_session(&me, me.session.as_deref().unwrap()).await.unwrap();
    assert_eq!(db.store.session(&here).await.unwrap(), None);
    // An admin's new password ends them all.
    let (here, _) = session(&db, "ada").await;
    set_password(&db, "ada", PASSWORD).await.unwrap();
    assert_eq!(db.store.session(&here).await.unwrap(), None);
}

async fn app_sessions_hang_below_their_console_session(db: TestStore) {
    user(&db, "ada").await;
    let (_, me) = session(&db, "ada").await;
    let app = "web--0123456789ab";
    let code = db.store.app_code(&me, app).await.unwrap();
    assert_eq!(db.store.redeem_app_code("web--other", &code).await.unwrap(), None, "a code is for one app");
    let code = db.store.app_code(&me, app).await.unwrap();
    let (one, two) = tokio::join!(db.store.redeem_app_code(app, &code), db.store.redeem_app_code(app, &code));
    let granted: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
    assert_eq!(granted.len(), 1, "a code is for one use");
    let secret = granted[0].secret.clone();
    assert_eq!(db.store.app_session(&secret, app).await.unwrap().unwrap().user, name("ada"));
    assert_eq!(db.store.app_session(&secret, "web--other").await.unwrap(), None);
    assert_eq!(db.store.session(&secret).await.unwrap(), None, "an app's session opens no console");
    let late = db.store.app_code(&me, app).await.unwrap();
    db.clock.advance(61);
    assert_eq!(db.store.redeem_app_code(app, &late).await.unwrap(), None, "a code is for a minute");
    db.store.end_session(&me, me.session.as_deref().unwrap()).await.unwrap();
    assert_eq!(db.store.app_session(&secret, app).await.unwrap(), None);
    let by_token = SignIn::of(name("ada"));
    assert_eq!(db.store.app_code(&by_token, app).await.unwrap_err().code, ErrorCode::Forbidden);
}

async fn tokens_last_and_end(db: TestStore) {
    let ada = user(&db, "ada").await;
    let me = SignIn::of(name("ada"));
    for (called, seconds, at) in [("", 600, "name"), ("ci", 59, "expires_in_seconds"), ("ci", 367 * 86_400, "expires_in_seconds")]
    {
        assert_eq!(db.store.create_token(&me.user, &TokenWish::full(called, seconds)).await.unwrap_err().fields[0].path, at);
    }
    let token = db.store.create_token(&me.user, &TokenWish::full("ci", 600)).await.unwrap();
    assert_eq!(db.store.token(&token.token).await.unwrap().unwrap().user, me.user);
    assert_eq!(db.store.token("wyd_nonsense").await.unwrap(), None);
    let listed = db.store.tokens(&me.user).await.unwrap();
    assert_eq!((listed[0].name.as_str(), listed[0].last_used_at), ("ci", Some(db.store.now())));
    db.clock.advance(599);
    assert!(db.store.token(&token.token).await.unwrap().is_some());
    db.clock.advance(1);
    assert_eq!(db.store.token(&token.token).await.unwrap(), None, "over, to the second");
    let token = db.store.create_token(&me.user, &TokenWish::full("ci", 600)).await.unwrap();
    assert!(db.store.token(&token.token).await.unwrap().is_some());
    let other = SignIn::of(name("eve"));
    assert_eq!(db.store.revoke_token(&other.user, &token.id).await.unwrap_err().code, ErrorCode::NotFound);
    db.store.revoke_token(&me.user, &token.id).await.unwrap();
    assert_eq!(db.store.token(&token.token).await.unwrap(), None);
    let token = db.store.create_token(&me.user, &TokenWish::full("ci", 600)).await.unwrap();
    db.update(&ada, Change::to(User { email: "ada@example.com".to_owned(), active: false })).await.unwrap();
    assert_eq!(db.store.token(&token.token).await.unwrap(), None, "who may not sign in has no token");
}

async fn links_are_good_once(db: TestStore) {
    user(&db, "ada").await;
    let proof = db.allow::<action::SetPassword, User>(&TestStore::root(), &ScopePath::platform(), &name("ada")).await.unwrap();
    let (first, _) = db.store.sign_in_link(&proof, &name("ada")).await.unwrap();
    let (second, until) = db.store.sign_in_link(&proof, &name("ada")).await.unwrap();
    assert_eq!(until, db.store.now().plus_seconds(3 * 86_400));
    assert_eq!(db.store.redeem_sign_in_link(&first, PASSWORD).await.unwrap(), None, "a new link ends the one before");
    assert!(db.store.redeem_sign_in_link(&second, "short").await.is_err());
    let redeem = (0..4).map(|_| db.store.redeem_sign_in_link(&second, PASSWORD));
    let redeemed = futures::future::join_all(redeem).await;
    assert_eq!(redeemed.into_iter().filter(|r| *r.as_ref().unwrap() == Some(name("ada"))).count(), 1);
    assert!(db.view::<User>(&ScopePath::platform(), &name("ada")).await.unwrap().status.has_password);
    let (late, _) = db.store.sign_in_link(&proof, &name("ada")).await.unwrap();
    db.clock.advance(3 * 86_400);
    assert_eq!(db.store.redeem_sign_in_link(&late, PASSWORD).await.unwrap(), None);
}

async fn the_first_admin_is_made_once(db: TestStore) {
    let setup = db.store.controller(db.policy.controller("sign-in").unwrap());
    let admin = |email: &str, password: &str| FirstAdmin {
        email: email.to_owned(),
        display_name: "Ana".to_owned(),
        password: password.to_owned(),
    };
    let old = setup.first_admin_secret().await.unwrap();
    let secret = setup.first_admin_secret().await.unwrap();
    let refused = setup.redeem_first_admin(&old, &admin("ana@example.com", PASSWORD)).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Unauthenticated);
    assert_eq!(setup.redeem_first_admin(&secret, &admin("no address", PASSWORD)).await.unwrap_err().fields[0].path, "email");
    assert_eq!(
        setup.redeem_first_admin(&secret, &admin("ana@example.com", "short")).await.unwrap_err().fields[0].path,
        "password"
    );
    assert!(db.store.needs_first_admin().await.unwrap());
    let secret = setup.first_admin_secret().await.unwrap();
    assert_eq!(setup.redeem_first_admin(&secret, &admin("ana@example.com", PASSWORD)).await.unwrap(), name("ana"));
    assert!(!db.store.needs_first_admin().await.unwrap());
    assert!(setup.redeem_first_admin(&secret, &admin("eve@example.com", PASSWORD)).await.is_err());
    assert_eq!(db.store.check_sign_in("ana@example.com", PASSWORD).await.unwrap(), Some(name("ana")));
    assert_eq!(db.store.person(&name("ana")).await.unwrap().bindings()[0].role, Role::PlatformAdmin);
}

async fn rights_follow_bindings(db: TestStore) {
    use warpyard_model::kinds::RoleBinding;
    seed(&db).await;
    user(&db, "ada").await;
    let roles = async || {
        let principal = db.store.person(&name("ada")).await.unwrap();
        principal.bindings().iter().map(|b| b.role).collect::<Vec<_>>()
    };
    assert!(roles().await.is_empty());
    let bound = db.make(&crate::vision(), "ada", RoleBinding::of(name("ada"), Role::Developer)).await;
    assert_eq!(roles().await, [Role::Developer]);
    db.update(&bound, Change::to(RoleBinding::of(name("ada"), Role::ProjectAdmin))).await.unwrap();
    assert_eq!(roles().await, [Role::ProjectAdmin]);
    // Bindings in a place go with it.
    let vision = db.view::<warpyard_model::kinds::Project>(&crate::acme(), &name("vision")).await.unwrap();
    db.delete(&vision, false).await.unwrap();
    assert!(roles().await.is_empty());
}
