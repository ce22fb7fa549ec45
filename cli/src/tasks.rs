//! Background tasks of one cloud, aborted together when the cloud stops.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;

/// A set of background tasks. Clones share the set; dropping the last clone aborts every task.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    /// Spawns a task. Panics outside a Tokio runtime.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.0);
        // A `JoinSet` keeps finished tasks until they are joined.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Aborts every task at its next await point.
    pub(crate) fn abort_all(&self) {
        lock(&self.0).abort_all();
    }
}

/// Locks a mutex and ignores poisoning: no statement of this crate leaves guarded data inconsistent.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
