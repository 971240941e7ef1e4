//! One at a time per key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// Locks that exist while somebody holds or waits for them.
#[derive(Default)]
pub(super) struct Turns {
    keys: Mutex<HashMap<String, Weak<AsyncMutex<()>>>>,
}

impl Turns {
    /// Waits for this key's turn.
    pub(super) async fn take(&self, key: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(turn) = keys.get(key).and_then(Weak::upgrade) {
                turn
            } else {
                keys.retain(|_, turn| turn.strong_count() > 0);
                let turn = Arc::new(AsyncMutex::new(()));
                keys.insert(key.to_owned(), Arc::downgrade(&turn));
                turn
            }
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn the_same_key_waits_and_another_does_not() {
        let turns = Turns::default();
        let first = turns.take("a").now_or_never().unwrap();
        assert!(turns.take("a").now_or_never().is_none());
        assert!(turns.take("b").now_or_never().is_some());
        drop(first);
        assert!(turns.take("a").now_or_never().is_some());
    }
}
