//! Lists: pages, order, filters, and what each row's viewer may see.

use crate::{acme, labels, name, seed, user, vision};
use std::collections::BTreeSet;
use warpyard_model::kinds::{Project, RoleBinding, User, Workspace};
use warpyard_model::meta::NewMetadata;
use warpyard_model::permission::Role;
use warpyard_model::{ErrorCode, ScopePath, Spec};
use warpyard_policy::{Binding, Principal};
use warpyard_store::{ListQuery, NewObject, SortBy};
use warpyard_testkit::TestStore;

warpyard_testkit::on_each_database!(
    pages_hold_everything_once,
    pages_go_on_while_things_change,
    filters_and_search,
    rows_are_for_those_who_may_see_them,
);

async fn names<S: Spec>(db: &TestStore, who: &Principal, query: &ListQuery) -> (Vec<String>, Option<String>, u64) {
    let page = db.store.list::<S>(&db.policy.viewer(who), query).await.unwrap();
    (page.items.iter().map(|o| o.metadata.name.to_string()).collect(), page.next_cursor, page.total)
}

fn in_vision() -> ListQuery {
    ListQuery { scope: vision(), limit: 50, ..ListQuery::default() }
}

async fn add(db: &TestStore, called: &str, display_name: &str, pairs: &[(&str, &str)]) {
    let metadata = NewMetadata { display_name: display_name.to_owned(), labels: labels(pairs), ..TestStore::named(called) };
    db.create(NewObject::new(vision(), metadata, Workspace::default())).await.unwrap();
}

async fn pages_hold_everything_once(db: TestStore) {
    seed(&db).await;
    // Pairs made at the same moment, so that the order needs more than the time.
    let order = ["w04", "w01", "w07", "w10", "w02", "w09", "w03", "w06", "w05", "w08", "w00"];
    for (i, called) in order.iter().enumerate() {
        add(&db, called, "", &[("all", "yes")]).await;
        db.clock.advance(i64::from(i % 2 == 1));
    }
    let sorted: Vec<String> = order.iter().map(|n| (*n).to_owned()).collect::<BTreeSet<_>>().into_iter().collect();
    for sort in [SortBy::Name, SortBy::CreatedAt, SortBy::UpdatedAt] {
        for (descending, by_label) in [(false, false), (true, false), (false, true), (true, true)] {
            for limit in [1, 3, 4, 11, 50] {
                // Labels are looked at row by row, which pages another way.
                let labels = if by_label { vec![("all".to_owned(), "yes".to_owned())] } else { Vec::new() };
                let mut query = ListQuery { sort, descending, limit, labels, ..in_vision() };
                let mut seen = Vec::new();
                loop {
                    let (page, next, total) = names::<Workspace>(&db, &TestStore::root(), &query).await;
                    assert_eq!(total, 11);
                    assert!(page.len() <= limit as usize && (!page.is_empty() || total == 0));
                    seen.extend(page);
                    match next {
                        Some(next) => query.cursor = Some(next),
                        None => break,
                    }
                }
                let mut expected = if sort == SortBy::Name { sorted.clone() } else { order.map(str::to_owned).to_vec() };
                if descending {
                    expected.reverse();
                }
                assert_eq!(seen, expected, "{sort:?} descending {descending} limit {limit}");
            }
        }
    }
    let bad = ListQuery { cursor: Some("bm9uc2Vuc2U".to_owned()), ..in_vision() };
    let refused = db.store.list::<Workspace>(&db.policy.viewer(&TestStore::root()), &bad).await.unwrap_err();
    assert_eq!((refused.code, refused.fields[0].path.as_str()), (ErrorCode::Invalid, "cursor"));
}

async fn pages_go_on_while_things_change(db: TestStore) {
    seed(&db).await;
    for called in ["b", "d", "f", "h"] {
        add(&db, called, "", &[]).await;
    }
    let first = ListQuery { limit: 2, ..in_vision() };
    let (page, next, _) = names::<Workspace>(&db, &TestStore::root(), &first).await;
    assert_eq!(page, ["b", "d"]);
    // The last row of the page goes, another comes before it and one after: the next page begins after where it was.
    let last = db.view::<Workspace>(&vision(), &name("d")).await.unwrap();
    db.delete(&last, false).await.unwrap();
    add(&db, "a", "", &[]).await;
    add(&db, "e", "", &[]).await;
    let second = ListQuery { cursor: next, ..first };
    assert_eq!(names::<Workspace>(&db, &TestStore::root(), &second).await.0, ["e", "f"]);
}

async fn filters_and_search(db: TestStore) {
    seed(&db).await;
    db.make(&acme(), "speech", Project::default()).await;
    db.make(&ScopePath::project(name("acme"), name("speech")), "elsewhere", Workspace::default()).await;
    add(&db, "lidar", "Point clouds", &[("team", "perception"), ("stage", "prod")]).await;
    add(&db, "radar", "100% weather_proof", &[("team", "perception")]).await;
    add(&db, "maps", "Käuzchen und Straße", &[("team", "maps")]).await;
    let root = TestStore::root();
    let search = async |text: &str| {
        let query = ListQuery { search: Some(text.to_owned()), ..in_vision() };
        names::<Workspace>(&db, &root, &query).await.0
    };
    assert_eq!(search("CLOUD").await, ["lidar"]);
    assert_eq!(search("ar").await, ["lidar", "radar"]);
    // Wildcards of the database are letters like others.
    assert_eq!(search("100%").await, ["radar"]);
    assert_eq!(search("r_proof").await, ["radar"]);
    assert_eq!(search("%").await, ["radar"]);
    assert_eq!(search("\\").await, [""; 0]);
    assert_eq!(search("' OR 1=1 --").await, [""; 0]);
    assert_eq!(search("käuz").await, ["maps"]);
    assert_eq!(search("KÄUZ").await, ["maps"], "letters beyond ASCII have cases too");
    let labelled = async |pairs: &[(&str, &str)]| {
        let labels = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        names::<Workspace>(&db, &root, &ListQuery { labels, ..in_vision() }).await
    };
    assert_eq!(labelled(&[("team", "perception")]).await.0, ["lidar", "radar"]);
    let both = labelled(&[("team", "perception"), ("stage", "prod")]).await;
    assert_eq!((both.0, both.2), (vec!["lidar".to_owned()], 1));
    assert_eq!(labelled(&[("team", "")]).await.2, 0);
    // Below a scope, or exactly at it.
    let everywhere = ListQuery { limit: 50, ..ListQuery::default() };
    assert_eq!(names::<Workspace>(&db, &root, &everywhere).await.2, 4);
    let exact = ListQuery { scope: acme(), exact: true, ..everywhere.clone() };
    assert_eq!(names::<Workspace>(&db, &root, &exact).await.2, 0);
    assert_eq!(names::<Project>(&db, &root, &exact).await.2, 2);
    user(&db, "ada").await;
    db.make(&vision(), "ada", RoleBinding::of(name("ada"), Role::Developer)).await;
    let hers = ListQuery { owner: Some("ada".to_owned()), ..everywhere };
    assert_eq!(names::<RoleBinding>(&db, &root, &hers).await.0, ["ada"]);
}

async fn rows_are_for_those_who_may_see_them(db: TestStore) {
    seed(&db).await;
    for called in ["one", "two", "three"] {
        add(&db, called, "", &[]).await;
    }
    let one = ScopePath::workspace(name("acme"), name("vision"), name("one"));
    let reader = Principal::new("ada", vec![Binding { role: Role::WorkspaceReader, scope: one }]);
    let everything = ListQuery { limit: 1, ..ListQuery::default() };
    // The total counts what they see and not what is there.
    assert_eq!(names::<Workspace>(&db, &reader, &everything).await, (vec!["one".to_owned()], None, 1));
    assert_eq!(names::<Project>(&db, &reader, &everything).await.0, ["vision"], "a foot in it shows that it is there");
    let stranger = Principal::new("eve", Vec::new());
    assert_eq!(names::<Workspace>(&db, &stranger, &everything).await.2, 0);
    let owner = Principal::new("olga", vec![Binding { role: Role::OrgAdmin, scope: acme() }]);
    assert_eq!(names::<Workspace>(&db, &owner, &ListQuery { limit: 50, ..everything.clone() }).await.2, 3);
    // People see themselves and those they work with.
    for who in ["ada", "eve", "olga"] {
        user(&db, who).await;
    }
    db.make(&acme(), "olga", RoleBinding::of(name("olga"), Role::OrgAdmin)).await;
    let people = ListQuery { limit: 50, ..ListQuery::default() };
    assert_eq!(names::<User>(&db, &stranger, &people).await.0, ["eve"]);
    assert_eq!(names::<User>(&db, &reader, &people).await.0, ["ada", "olga"]);
    assert_eq!(names::<User>(&db, &TestStore::root(), &people).await.2, 3);
}
