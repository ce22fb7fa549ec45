//! Background tasks of one cloud: started anywhere, ended together with it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;

/// A set of tasks that is aborted when the cloud ends. Clones share the set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    /// Starts a task. Needs a Tokio runtime.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = lock(&self.0);
        // Finished tasks stay in the set until someone looks.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Ends every task at its next await point.
    pub(crate) fn abort_all(&self) {
        lock(&self.0).abort_all();
    }
}

/// Locks, also after a panic elsewhere: what is guarded here is whole between any two statements.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
