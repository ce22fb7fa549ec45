//! The AWS region and account that the local cloud reports to functions.

/// The region in the functions' environment and ARNs.
pub const REGION: &str = "us-east-1";
/// The account in the functions' ARNs and events.
pub const ACCOUNT_ID: &str = "000000000000";
