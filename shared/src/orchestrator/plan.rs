//! What to do for a question, decided by rules before anything is read.

use super::EXTRACTIVE;
use crate::domain::{Ask, Plan};

/// One pass over the lanes that were asked for.
pub(super) fn plan(ask: &Ask) -> Plan {
    Plan {
        pattern: "pipeline".to_owned(),
        lanes: ask.lanes.clone(),
        writers: vec![EXTRACTIVE.to_owned()],
    }
}
